using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

/// <summary>
/// tshark as an oracle that knows nothing of us: hundreds of frames of all kinds in one capture of ours, every field of every
/// layer, tunnels and quotes included, must read the same in both decoders.
/// </summary>
public class TsharkTests
{
    private const string Ethernet = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01";

    /// <summary>Our field, tshark's, and how ours is written there.</summary>
    private static readonly ImmutableArray<(string Layer, string Field, string Theirs, Func<DecodedField, string> Write)> Pairs =
    [
        ("eth", "dst", "eth.dst", Same),
        ("eth", "src", "eth.src", Same),
        ("eth", "type", "eth.type", EtherTypeHex),
        ("vlan", "pcp", "vlan.priority", Same),
        ("vlan", "dei", "vlan.dei", Same),
        ("vlan", "id", "vlan.id", Same),
        ("vlan", "type", "vlan.etype", EtherTypeHex),
        ("arp", "htype", "arp.hw.type", Same),
        ("arp", "ptype", "arp.proto.type", EtherTypeHex),
        ("arp", "hlen", "arp.hw.size", Same),
        ("arp", "plen", "arp.proto.size", Same),
        ("arp", "op", "arp.opcode", Named(("request", 1), ("reply", 2))),
        ("arp", "sha", "arp.src.hw_mac", Same),
        ("arp", "spa", "arp.src.proto_ipv4", Same),
        ("arp", "tha", "arp.dst.hw_mac", Same),
        ("arp", "tpa", "arp.dst.proto_ipv4", Same),
        ("ipv4", "version", "ip.version", Same),
        ("ipv4", "ihl", "ip.hdr_len", TimesFour),
        ("ipv4", "tos", "ip.dsfield", Same),
        ("ipv4", "len", "ip.len", Same),
        ("ipv4", "id", "ip.id", Same),
        ("ipv4", "flags", "ip.flags", Bits(("mf", 1), ("df", 2), ("reserved", 4))),
        ("ipv4", "frag", "ip.frag_offset", Same),
        ("ipv4", "ttl", "ip.ttl", Same),
        ("ipv4", "proto", "ip.proto", Named(("icmp", 1), ("tcp", 6), ("udp", 17), ("sctp", 132))),
        ("ipv4", "csum", "ip.checksum", Same),
        ("ipv4", "csum", "ip.checksum.status", Status),
        ("ipv4", "src", "ip.src", Same),
        ("ipv4", "dst", "ip.dst", Same),
        ("icmp", "type", "icmp.type", Named(
            ("echo_reply", 0), ("unreachable", 3), ("redirect", 5), ("echo_request", 8), ("time_exceeded", 11), ("parameter_problem", 12))),
        ("icmp", "code", "icmp.code", Same),
        ("icmp", "csum", "icmp.checksum", Same),
        ("icmp", "csum", "icmp.checksum.status", Status),
        ("icmp", "id", "icmp.ident", HexToDecimal),
        ("icmp", "seq", "icmp.seq", Same),
        ("icmp", "mtu", "icmp.mtu", Same),
        ("udp", "sport", "udp.srcport", Same),
        ("udp", "dport", "udp.dstport", Same),
        ("udp", "len", "udp.length", Same),
        ("udp", "csum", "udp.checksum", Same),
        ("udp", "csum", "udp.checksum.status", Status),
        ("tcp", "sport", "tcp.srcport", Same),
        ("tcp", "dport", "tcp.dstport", Same),
        ("tcp", "seq", "tcp.seq_raw", Same),
        ("tcp", "ack", "tcp.ack_raw", Same),
        ("tcp", "doff", "tcp.hdr_len", TimesFour),
        ("tcp", "flags", "tcp.flags.fin", Bit("fin")),
        ("tcp", "flags", "tcp.flags.syn", Bit("syn")),
        ("tcp", "flags", "tcp.flags.reset", Bit("rst")),
        ("tcp", "flags", "tcp.flags.push", Bit("psh")),
        ("tcp", "flags", "tcp.flags.ack", Bit("ack")),
        ("tcp", "flags", "tcp.flags.urg", Bit("urg")),
        ("tcp", "flags", "tcp.flags.ece", Bit("ece")),
        ("tcp", "flags", "tcp.flags.cwr", Bit("cwr")),
        // The lowest of the four reserved bits has had several names.
        ("tcp", "reserved", "tcp.flags.res", static f => Convert.ToInt32(f.Value, 16) > 1 ? "1" : "0"),
        ("tcp", "window", "tcp.window_size_value", Same),
        ("tcp", "csum", "tcp.checksum", Same),
        ("tcp", "csum", "tcp.checksum.status", Status),
        ("tcp", "urgent", "tcp.urgent_pointer", Same),
        ("geneve", "version", "geneve.version", Same),
        ("geneve", "proto", "geneve.proto_type", EtherTypeHex),
        ("geneve", "vni", "geneve.vni", static f => $"0x{int.Parse(f.Value, CultureInfo.InvariantCulture):x6}"),
    ];

    [ToolFact("tshark")]
    public void EveryFieldReadsTheSameInTshark()
    {
        List<byte[]> frames = Frames();
        string file = WriteCapture(frames);
        try
        {
            string[] names = [.. Pairs.Select(static p => p.Theirs), .. OtherNames];
            List<Dictionary<string, string[]>> theirs = Tshark.Read(file, [.. names.Distinct()]);
            Assert.Equal(frames.Count, theirs.Count);
            var problems = new StringBuilder();
            int compared = 0;
            for (int i = 0; i < frames.Count; i++)
            {
                compared += CompareFrame(i, frames[i], theirs[i], problems);
            }
            Assert.True(problems.Length == 0, problems.ToString());
            // The comparison is only worth something while there is much to compare.
            Assert.True(frames.Count > 700 && compared > 25_000, $"{compared} values of {frames.Count} frames");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static readonly string[] OtherNames =
        ["frame.interface_name", "frame.time_epoch", "frame.comment", "tcp.option_kind", "ip.opt.type", "geneve.option.length",
            "geneve.option.class", "geneve.option.type", "geneve.flags.oam", "geneve.flags.critical", "geneve.option.unknown.data"];

    private static int CompareFrame(int index, byte[] frame, Dictionary<string, string[]> theirs, StringBuilder problems)
    {
        ImmutableArray<DecodedField> fields = FrameDecoder.Decode(frame);
        int compared = 0;
        foreach ((string layer, string field, string name, Func<DecodedField, string> write) in Pairs)
        {
            string[] ours = [.. fields.Where(f => LayerOf(f) == layer && f.Field == field).Select(write)];
            Compare(name, ours);
        }
        Compare("frame.interface_name", [InterfaceName(index)]);
        Compare("frame.time_epoch", [$"{index}.{123_456_789 + index:d9}"]);
        Compare("frame.comment", [$"frame {index}"]);
        Compare("tcp.option_kind", Kinds("tcp"));
        Compare("ip.opt.type", Kinds("ipv4"));
        CompareGeneve();
        return compared;

        // The options of a header are told apart by both; the kind is the first byte of each. Of IPv4's tshark stops at the end of the list.
        string[] Kinds(string layer) =>
            [.. fields.Where((f, i) => LayerOf(f) == layer && OptionNames.Contains(f.Field) && !(layer == "ipv4" && f.Field == "eol" && fields[i - 1].Field == "eol"))
                .Select(f => frame[f.Offset].ToString(CultureInfo.InvariantCulture))];

        void CompareGeneve()
        {
            string[] flags = [.. fields.Where(static f => LayerOf(f) == "geneve" && f.Field == "flags").Select(static f => f.Value)];
            Compare("geneve.flags.oam", [.. flags.Select(static f => f.Contains("control") ? "1" : "0")]);
            Compare("geneve.flags.critical", [.. flags.Select(static f => f.Contains("critical") ? "1" : "0")]);
            // Upstream's idle options are no TLVs, so tshark tells the fixed layout's options apart otherwise than its receivers do.
            if (fields.Any(static f => f.Layer.EndsWith("mizar", StringComparison.Ordinal)))
            {
                return;
            }
            DecodedField[] classes = [.. fields.Where(static f => f.Field == "class")];
            Compare("geneve.option.class", [.. classes.Select(static f => f.Value)]);
            Compare("geneve.option.type", [.. fields.Where(f => f.Field == "type" && f.Length == 1 && classes.Any(c => c.Layer == f.Layer && c.Offset == f.Offset - 2)).Select(static f => f.Value)]);
            // tshark lists the length of all options of a header, then of each, in bytes.
            Compare("geneve.option.length", [.. fields
                .Where(f => f.Field == "optlen" || (f.Field == "len" && classes.Any(c => c.Offset == f.Offset - 3)))
                .Select(static f => ((int.Parse(f.Value, CultureInfo.InvariantCulture) * 4) + (f.Field == "len" ? 4 : 0)).ToString(CultureInfo.InvariantCulture))]);
            Compare("geneve.option.unknown.data", [.. classes.Select(c => Convert.ToHexStringLower(frame.AsSpan(c.Offset + 4, (frame[c.Offset + 3] & 31) * 4))).Select(static d => d.Length > 0 ? d : "<MISSING>")]);
        }

        void Compare(string name, string[] ours)
        {
            string[] values = theirs[name];
            compared += ours.Length;
            if (ours.Length != values.Length || !ours.Zip(values).All(static p => p.First.Split('|').Contains(p.Second)))
            {
                problems.AppendLine($"frame {index} {name}: tshark [{string.Join(' ', values)}], ours [{string.Join(' ', ours)}]\n  {PacketText.Format(frame)}");
            }
        }
    }

    private static readonly string[] OptionNames =
        ["nop", "eol", "mss", "wscale", "sackok", "sack", "ts", "router_alert", .. Enumerable.Range(0, 256).Select(static k => $"0x{k:x2}")];

    private static List<byte[]> Frames()
    {
        var frames = new List<byte[]>();
        var random = new RandomFrames(7) { QuietPorts = true };
        for (int i = 0; i < 500; i++)
        {
            frames.Add(random.Valid().ToBytes());
        }
        frames.AddRange(Special.Select(static t => PacketText.Parse($"{Ethernet} / {t}")));
        frames.AddRange(VectorFrames.Named.Where(static f => f.Length >= 14 && IsWhole(f)));
        return frames;
    }

    /// <summary>
    /// Neither cut off nor impossible, where the two decoders show more or less of a header's beginning; nor with an option length
    /// that Mizar's receivers ignore and tshark obeys; nor ARP for something other than IPv4.
    /// </summary>
    private static bool IsWhole(byte[] frame) => !FrameDecoder.Decode(frame).Any(
        static f => (f.Field is "len" or "optlen" or "ihl" && f.Note is not null) || (f.Field == "ptype" && f.Value != "ipv4"));

    /// <summary>What random frames rarely have: wrong checksums, fragments, every ICMP error, odd options.</summary>
    private static readonly ImmutableArray<string> Special =
    [
        "ipv4 src=10.0.0.2 dst=10.0.0.3 csum=0x1234 / udp sport=40000 dport=40001 csum=0x0bad / hex 01020304",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / tcp sport=40000 dport=40001 csum=0x0bad flags=psh,ack / hex 01020304",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / icmp id=1 seq=2 csum=0x0bad / hex 01020304",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / udp sport=40000 dport=40001 csum=0 / hex 01020304",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 flags=mf id=7 proto=udp / udp sport=40000 dport=40001 len=500 csum=0xabcd / zeros 64",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 flags=mf frag=9 id=7 proto=udp / zeros 64",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 flags=reserved frag=8191 id=7 proto=tcp / zeros 7",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 options=router_alert:0,nop,nop,nop,eol / icmp id=1 seq=2",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 options=0x07:0400000000000000000000000000000000000000000000 / udp sport=40000 dport=40001",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / icmp type=unreachable code=4 mtu=1386 / ipv4 src=10.0.0.3 dst=10.0.0.2 len=1500 / udp sport=40000 dport=40001 len=1480 csum=0x1111",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / icmp type=unreachable code=3 / ipv4 src=10.0.0.3 dst=10.0.0.2 / udp sport=40000 dport=40001",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / icmp type=time_exceeded / ipv4 src=10.0.0.3 dst=10.0.0.2 ttl=1 / icmp id=9 seq=10 / hex 0102",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / tcp sport=40000 dport=40001 seq=4294967295 ack=4294967294 flags=cwr,ece,urg,ack,psh,rst,syn,fin reserved=0x1 urgent=99 window=0",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / tcp sport=40000 dport=40001 flags=syn options=mss:1460,sackok,ts:4294967295:0,nop,wscale:14",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / tcp sport=40000 dport=40001 flags=ack options=nop,nop,sack:1:2:3:4:5:6 / hex 01",
        "vlan id=4095 pcp=7 dei=1 / vlan id=0 / arp op=request spa=10.0.0.2 tpa=10.0.0.3 / trailer 00000000",
        "vlan id=1 / ipv4 src=10.0.0.2 dst=10.0.0.3 / udp sport=1209 / geneve vni=16777215 flags=control,critical / eth / vlan id=7 / arp spa=10.0.0.2 tpa=10.0.0.3",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / udp sport=1209 csum=0 / geneve vni=1 / ipv4 src=10.0.0.4 dst=10.0.0.5 / icmp id=1 seq=1 / hex 0102",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / udp sport=1209 / geneve vni=1 / option class=0xffff type=0xff data=000102030405060708090a0b0c0d0e0f / option class=0x0102 type=0x01 / eth / ipv4 src=1.2.3.4 / tcp sport=40000 dport=40001 / hex 00",
        "ipv4 src=10.0.0.2 dst=10.0.0.3 / udp sport=1209 / geneve vni=1 / eth / ipv4 src=1.2.3.4 / udp sport=6000 / geneve vni=2 / mizar / eth / ipv4 / icmp",
    ];

    private static string WriteCapture(List<byte[]> frames)
    {
        string file = Path.Combine(Path.GetTempPath(), $"mizarlab-{Guid.NewGuid():n}.pcapng");
        using FileStream stream = File.Create(file);
        var writer = new PcapngWriter(stream, "mizarlab");
        for (int i = 0; i < 3; i++)
        {
            writer.AddInterface(InterfaceName(i));
        }
        for (int i = 0; i < frames.Count; i++)
        {
            writer.Write(i % 3, (i * 1_000_000_000L) + 123_456_789 + i, frames[i], $"frame {i}");
        }
        return file;
    }

    private static string InterfaceName(int index) => new[] { "left nic", "switch-1 nic", "endpoint a" }[index % 3];

    /// <summary>The layer's own name: behind <c>inner </c> and <c>quoted </c>.</summary>
    private static string LayerOf(DecodedField field) => field.Layer[(field.Layer.LastIndexOf(' ') + 1)..];

    private static string Same(DecodedField field) => field.Value;

    private static string TimesFour(DecodedField field) => (int.Parse(field.Value, CultureInfo.InvariantCulture) * 4).ToString(CultureInfo.InvariantCulture);

    private static string HexToDecimal(DecodedField field) => Convert.ToInt32(field.Value, 16).ToString(CultureInfo.InvariantCulture);

    /// <summary>tshark: 0 bad, 1 good, 2 not checked (a part only), 3 none. Of a part we say nothing, which is 1 or 2.</summary>
    private static string Status(DecodedField field) => field.Note is null ? "1|2" : field.Note == "none" ? "3" : "0";

    private static string EtherTypeHex(DecodedField field) => field.Value switch
    {
        "ipv4" => "0x0800",
        "arp" => "0x0806",
        "eth" => "0x6558",
        "vlan" => "0x8100",
        "ipv6" => "0x86dd",
        "lldp" => "0x88cc",
        _ => field.Value,
    };

    private static Func<DecodedField, string> Named(params (string Name, int Value)[] names) => field =>
        names.Any(n => n.Name == field.Value) ? names.First(n => n.Name == field.Value).Value.ToString(CultureInfo.InvariantCulture) : field.Value;

    private static Func<DecodedField, string> Bit(string name) => field => field.Value.Split(',').Contains(name) ? "1" : "0";

    private static Func<DecodedField, string> Bits(params (string Name, int Value)[] names) => field =>
        $"0x{names.Where(n => field.Value.Split(',').Contains(n.Name)).Sum(static n => n.Value):x2}";
}
