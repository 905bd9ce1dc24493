using System.Buffers.Binary;
using MizarLab.Engine;
using MizarLab.Harness.Inputs;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Reports;
using MizarLab.Scenarios;
using MizarLab.Studies;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Inputs;

/// <summary>A capture file as a workload: what is played of it, and what is said of one that cannot be.</summary>
public sealed class CaptureKeyTests : IDisposable
{
    private const string Head = "name: t\ndialect: lab\ntopology: { generate: { droplets: 4, endpoints: 24, endpoints_per_network: 6, networks_per_vpc: 2 } }\nexpect: []\ntimeline:\n";

    private readonly TemporaryFolder folder = new();

    public CaptureKeyTests() => Put(WebCapture.Bytes());

    public void Dispose() => folder.Dispose();

    /// <summary><c>UPDATE_GENERATED=1</c> writes it anew.</summary>
    [Fact]
    public void The_librarys_capture_is_the_one_that_is_made_here()
    {
        string kept = Path.Combine(Repository.Root, "scenarios", "library", WebCapture.Name);
        byte[] made = WebCapture.Bytes();
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
        {
            File.WriteAllBytes(kept, made);
        }
        Assert.Equal(made, File.ReadAllBytes(kept));
    }

    [Fact]
    public void Packets_between_endpoints_of_the_VPC_are_sent_at_their_times_and_as_long_as_they_were()
    {
        TrafficStep step = Play("capture: { file: captures/web.pcapng }");
        Assert.Equal(WebCapture.Own, step.Packets.Length);
        (long Nanoseconds, byte[] Frame)[] own = [.. WebCapture.Packets().Where(p => p.Frame[12] == 8 && p.Frame[13] == 0 && p.Frame[26] == 10 && p.Frame[30] == 10).OrderBy(p => p.Nanoseconds)];
        Assert.Equal(own.Select(p => SimTime.FromNanoseconds(p.Nanoseconds)), step.Packets.Select(p => p.After));
        for (int i = 0; i < own.Length; i++)
        {
            // A datagram's header is eight bytes; the fourth byte of 10.0.0.2 to .7 and of .18 to .23 says who it is.
            Assert.Equal(BinaryPrimitives.ReadUInt16BigEndian(own[i].Frame.AsSpan(16)) - 28, step.Packets[i].Bytes);
            Assert.Equal((NumberOf(own[i].Frame[29]), NumberOf(own[i].Frame[33])), (step.Packets[i].From.Index, step.Packets[i].To.Index));
        }
        Assert.Equal(30, step.Packets.Select(p => (p.From, p.To, p.Flow)).Distinct().Count() - 10); // ten pages of two ways, ten queries of two
        Assert.Equal("capture captures/web.pcapng (2 of others, 3 no IPv4 left out)", step.Law);

        static int NumberOf(byte last) => last < 16 ? last - 2 : last - 18 + 6;
    }

    [Fact]
    public void A_capture_from_elsewhere_is_laid_over_a_VPCs_endpoints_in_the_order_of_its_addresses()
    {
        TrafficStep step = Play("capture: { file: captures/web.pcapng, addresses: folded, vpc: v1, speed: 0.5 }");
        Assert.Equal(WebCapture.Own + WebCapture.Foreign, step.Packets.Length);
        // Ascending: 10.0.0.2, .3, .4, .18, 192.0.2.9.
        Assert.Equal([12, 13, 14, 15, 16], step.Packets.SelectMany(p => new[] { p.From.Index, p.To.Index }).Distinct().Order());
        Assert.Equal(SimTime.FromNanoseconds(2 * 100_000), step.Packets[0].After);
        Assert.Equal((12, 14), (step.Packets[0].From.Index, step.Packets[0].To.Index));
        Assert.Equal("capture captures/web.pcapng (3 no IPv4 left out)", step.Law);

        // More addresses than endpoints: again from the first, and what would be to itself is left out.
        TrafficStep few = Play("capture: { file: captures/web.pcapng, addresses: folded }", "generate: { droplets: 2, endpoints: 4, endpoints_per_network: 2, networks_per_vpc: 1 }");
        Assert.Equal([0, 1], few.Packets.Select(p => p.From.Index).Distinct().Order());
        Assert.True(few.Packets.Length < WebCapture.Own && few.Packets.Length > 20);
    }

    [Fact]
    public void What_comes_after_the_end_is_told()
    {
        TrafficStep step = Play("capture: { file: captures/web.pcapng }", length: "2ms");
        Assert.InRange(step.Packets.Length, 10, 30);
        Assert.Equal($"capture captures/web.pcapng (2 of others, 3 no IPv4 left out) ({WebCapture.Own - step.Packets.Length} later than 'for')", step.Law);
        Scenario whole = Load("capture: { file: captures/web.pcapng }", length: "2ms");
        Assert.StartsWith($"workload {step.Law}: {step.Packets.Length} datagrams", StepText.Of(step, whole, new Names(whole)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_study_plays_it_too_and_counts_what_it_left_out()
    {
        const string Text = "experiment: q?\nstudy:\n  traffic:\n    topology: { droplets: 6, endpoints: 24, endpoints_per_network: 6, networks_per_vpc: 2 }\n    workload: { capture: { file: captures/web.pcapng } }\n    for: 30ms\n";
        Experiment experiment = ExperimentLoader.Load(folder.File("e.yaml"), Text, inputs: InputFiles.Beside(folder.File("e.yaml")));
        StudyResult result = experiment.Source.Make(0).Run(new StudyRun(1, 1, CancellationToken.None));
        Assert.Equal((WebCapture.Own, WebCapture.Own, WebCapture.Foreign + WebCapture.NotIpv4), (Of("sent"), Of("arrived"), Of("left_out")));

        double Of(string measure) => result.Values[experiment.Measures.Select(m => m.Name).ToList().IndexOf(measure)];
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../web.pcapng")]
    [InlineData("captures/../../web.pcapng")]
    [InlineData("captures//web.pcapng")]
    [InlineData(".hidden")]
    [InlineData("-r")]
    [InlineData("\"a b\"")]
    public void A_name_that_could_lead_elsewhere_is_refused(string name) => Assert.Equal(
        $"{folder.File("t.yaml")}:6:45: expected a file beside this one, like captures/web.pcapng, not '{name.Trim('"')}' (letters, digits, '_', '-' and '.', folders with '/'; copy what lies elsewhere)",
        Refused($"capture: {{ file: {name} }}"));

    [Fact]
    public void A_file_that_is_not_there_is_told_with_its_place()
    {
        Assert.Equal($"{Place}captures/none.pcap: there is no such file (looked for {folder.File("captures/none.pcap")})", Refused("capture: { file: captures/none.pcap }"));
        Assert.Equal($"{Place}captures: it is a folder", Refused("capture: { file: captures }"));
        File.CreateSymbolicLink(folder.File("captures/link.pcapng"), folder.File(WebCapture.Name));
        Assert.Equal($"{Place}captures/link.pcapng: {folder.File("captures/link.pcapng")} is a link (a copy is read, a link is not: it may lead anywhere)", Refused("capture: { file: captures/link.pcapng }"));
        Assert.Equal(
            "t.yaml:6:45: captures/web.pcapng: nothing is beside a text that was not read from a file (put it into a file)",
            Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("t.yaml", Text("capture: { file: captures/web.pcapng }", null, "1s"))).Message);
    }

    [Fact]
    public void A_VPC_that_is_not_there_or_holds_none_of_its_addresses_is_told()
    {
        Assert.Equal($"{folder.File("t.yaml")}:6:71: VPC 'v7' is not declared (did you mean 'v0'?)", Refused("capture: { file: captures/web.pcapng, vpc: v7 }"));
        Put(Pcap(Frame("192.0.2.1", "192.0.2.2")));
        Assert.Equal(
            $"{Place}captures/web.pcapng: none of its packets is between endpoints of VPC 'v0': 1 of others (addresses: folded plays captures from elsewhere)",
            Refused("capture: { file: captures/web.pcapng }"));
        Assert.Single(Play("capture: { file: captures/web.pcapng, addresses: folded }").Packets);
        Put(Pcap([1, 2, 3]));
        Assert.Equal($"{Place}captures/web.pcapng: none of its packets is between endpoints of VPC 'v0': 1 no IPv4 (another capture)", Refused("capture: { file: captures/web.pcapng, addresses: folded }"));
        Assert.Equal(
            $"{Place}VPC 'v0' has 1 endpoint then (a capture is played between at least two)",
            Refused("capture: { file: captures/web.pcapng }", "generate: { droplets: 1, endpoints: 1, bouncers: 1, dividers: 1 }"));
    }

    [Fact]
    public void A_hostile_file_is_one_error_with_a_mend()
    {
        const string Again = " (editcap -F pcapng writes what can be read of it into a new file)", One = " (capture on one Ethernet interface, not on 'any')";
        byte[] frame = Frame("10.0.0.2", "10.0.0.3"), whole = Pcap(frame), ours = WebCapture.Bytes();
        Check([], "it is empty, or no ordinary file");
        Check([1, 2, 3], "capture, byte 0: neither a pcapng nor a classic pcap capture" + Again);
        Check("hello, world"u8.ToArray(), "capture, byte 0: neither a pcapng nor a classic pcap capture" + Again);
        Check(whole[..20], "pcap, byte 0: the file's header is cut off" + Again);
        Check(whole[..24], "capture, byte 0: it holds no packet" + Again);
        Check(whole[..30], "pcap, byte 24: the record's header is cut off" + Again);
        Check(whole[..^3], $"pcap, byte 24: the packet is cut off: {frame.Length - 3} bytes of {frame.Length} are there" + Again);
        Check(Pcap(frame, kept: 0x7FFF_FFFF), "pcap, byte 24: a packet of 2147483647 bytes; captures hold at most 262144 of one" + Again);
        Check(Pcap(frame, original: 5), $"pcap, byte 24: {frame.Length} bytes kept of a packet of 5 in a capture that keeps 65535 of each" + Again);
        Check(Pcap(frame, snap: 10), $"pcap, byte 24: {frame.Length} bytes kept of a packet of {frame.Length} in a capture that keeps 10 of each" + Again);
        Check(Pcap(frame, link: 113), "capture, byte 0: packet 1 is of link type 113; only Ethernet (1) can be played" + One);
        Check(ours[..^5], $"pcapng, byte {LastBlock(ours)}: the block is cut off" + Again);
        byte[] lying = [.. ours];
        BinaryPrimitives.WriteUInt32LittleEndian(lying.AsSpan(LastBlock(ours) + 24), 3); // the last packet's length on the wire
        Check(lying, $"pcapng, byte {LastBlock(ours)}: 54 bytes kept of a packet of 3" + Again);
        Check(Simple(frame), "capture, byte 0: packet 1 has no time (a simple packet block)" + Again);

        void Check(byte[] file, string text)
        {
            Put(file);
            Assert.Equal($"{Place}captures/web.pcapng: {text}", Refused("capture: { file: captures/web.pcapng }"));
        }
    }

    /// <summary>Whatever bytes: a step, or one error with the key's place.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Bytes_turned_anywhere_give_a_step_or_one_error(ulong seed)
    {
        RandomStream random = new(seed, "bytes");
        byte[] frame = Frame("10.0.0.2", "10.0.0.3"), classic = [.. Pcap(frame), .. Pcap(frame, fraction: 7)[24..]], ours = WebCapture.Bytes()[..1_500];
        int played = 0, refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] broken = [.. i % 2 == 0 ? classic : ours];
            for (int turns = 1 + (int)random.NextBelow(3); turns > 0; turns--)
            {
                broken[random.NextBelow((uint)broken.Length)] = (byte)random.NextBelow(256);
            }
            Put(broken[..^(int)random.NextBelow(2)]);
            try
            {
                Load("capture: { file: captures/web.pcapng, addresses: folded }");
                played++;
            }
            catch (ScenarioException told)
            {
                Assert.Matches(@":6:(45: captures/web\.pcapng: |26: nobody sends anything in this time \(another speed or time)", Assert.Single(told.Errors).ToString());
                refused++;
            }
        }
        Assert.True(played > 20 && refused > 20, $"{played} played, {refused} refused");
    }

    [Theory]
    [InlineData(0xA1B2_C3D4, 1_000)]
    [InlineData(0xA1B2_3C4D, 1)]
    public void Times_are_read_in_micro_and_nanoseconds(uint magic, int unit)
    {
        byte[] frame = Frame("10.0.0.2", "10.0.0.3");
        Put([.. Pcap(frame, magic: magic, fraction: 5), .. Pcap(frame, magic: magic, fraction: 905)[24..]]);
        TrafficStep step = Play("capture: { file: captures/web.pcapng }");
        Assert.Equal([SimTime.Zero, SimTime.FromNanoseconds(900 * unit)], step.Packets.Select(p => p.After));
    }

    [Fact]
    public void An_IPv4_header_that_says_more_than_the_packet_had_is_no_IPv4()
    {
        byte[] frame = Frame("10.0.0.2", "10.0.0.3"), lying = [.. frame];
        BinaryPrimitives.WriteUInt16BigEndian(lying.AsSpan(16), 60_000);
        Put([.. Pcap(frame), .. Pcap(lying)[24..]]);
        TrafficStep step = Play("capture: { file: captures/web.pcapng }");
        Assert.Equal("capture captures/web.pcapng (1 no IPv4 left out)", step.Law);
        Assert.Single(step.Packets);
    }

    private string Place => $"{folder.File("t.yaml")}:6:45: ";

    private void Put(byte[] bytes)
    {
        Directory.CreateDirectory(folder.File("captures"));
        File.WriteAllBytes(folder.File(WebCapture.Name), bytes);
    }

    private TrafficStep Play(string workload, string? rule = null, string length = "1s") => Assert.IsType<TrafficStep>(Assert.Single(Load(workload, rule, length).Timeline));

    private Scenario Load(string workload, string? rule = null, string length = "1s") =>
        ScenarioLoader.Load(folder.File("t.yaml"), Text(workload, rule, length), inputs: InputFiles.Beside(folder.File("t.yaml")));

    private string Refused(string workload, string? rule = null) => Assert.Throws<ScenarioException>(() => Load(workload, rule)).Message;

    private static string Text(string workload, string? rule, string length) =>
        (rule is null ? Head : $"name: t\ndialect: lab\ntopology: {{ {rule} }}\nexpect: []\ntimeline:\n") + $"  - traffic: {{ workload: {{ {workload} }}, for: {length} }}\n";

    private static byte[] Frame(string from, string to) => new PacketBuilder()
        .Ethernet(new MacAddress(0x0200_0000_0001), new MacAddress(0x0200_0000_0002)).Ipv4(Ipv4Address.Parse(from), Ipv4Address.Parse(to)).Udp(5, 9).Bytes(new byte[20]).ToBytes();

    /// <summary>A classic capture of one packet.</summary>
    private static byte[] Pcap(byte[] frame, uint magic = 0xA1B2_C3D4, uint link = 1, uint snap = 65_535, uint? kept = null, uint? original = null, uint fraction = 0)
    {
        byte[] bytes = new byte[40 + frame.Length];
        uint[] words = [magic, 0x0004_0002, 0, 0, snap, link, 1_000, fraction, kept ?? (uint)frame.Length, original ?? (uint)frame.Length];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        }
        frame.CopyTo(bytes, 40);
        return bytes;
    }

    /// <summary>A pcapng capture whose packet is a simple packet block.</summary>
    private static byte[] Simple(byte[] frame)
    {
        MemoryStream stream = new();
        new PcapngWriter(stream).AddInterface("x");
        uint padded = (uint)((frame.Length + 3) & ~3), length = 16 + padded;
        byte[] block = new byte[length];
        BinaryPrimitives.WriteUInt32LittleEndian(block, 3);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(4), length);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(8), (uint)frame.Length);
        frame.CopyTo(block, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan((int)length - 4), length);
        stream.Write(block);
        return stream.ToArray();
    }

    /// <summary>Where the last block begins: its length stands at its end.</summary>
    private static int LastBlock(byte[] pcapng) => pcapng.Length - (int)BinaryPrimitives.ReadUInt32LittleEndian(pcapng.AsSpan(pcapng.Length - 4));
}
