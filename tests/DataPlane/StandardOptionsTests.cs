using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests.Bpf;
using MizarLab.Tests.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>
/// What the dialect lab puts on the wire is Geneve as RFC 8926 has it, to readers that know nothing of us: a strict parser of the RFC, and tshark. The frames are
/// those agents send, and what a second droplet, in whatever role, makes of them.
/// </summary>
public sealed class StandardOptionsTests
{
    private const int Droplets = 60;
    private static readonly DropletId Sender = new(0);

    [Fact]
    public void A_strict_parser_rejects_none()
    {
        SortedDictionary<Reason, int> seen = [];
        foreach ((Reason reason, byte[] frame) in OnWire())
        {
            Assert.True(StrictGeneve.Complaint(frame) is null, $"{reason}: {StrictGeneve.Complaint(frame)}\n{Convert.ToHexStringLower(frame)}");
            seen[reason] = seen.GetValueOrDefault(reason) + 1;
        }

        // Frames as agents send them, and as every rewrite leaves them.
        Assert.Empty(((Reason[])[
            Reason.ToBouncer, Reason.DirectPath, Reason.ToBridge, Reason.ToHost, Reason.NetworkToBouncer, Reason.ToDivider, Reason.Returned,
        ]).Except(seen.Keys));
    }

    [Fact]
    public void The_strict_parser_rejects_what_upstream_sends()
    {
        Frame frame = Frame.FromBytes(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote));
        ModelDataPlane upstream = new(1);
        BpfWorld.Write(upstream);
        upstream.Run(Sender, ProgramId.Agent, new AgentId(1), ref frame);
        byte[] bytes = frame.ToBytes();
        Assert.Contains("source port", StrictGeneve.Complaint(bytes), StringComparison.Ordinal);
        bytes[34] = 0xC0;
        Assert.Contains("class 1101", StrictGeneve.Complaint(bytes), StringComparison.Ordinal);
    }

    [ToolFact("tshark")]
    public void Tshark_decodes_the_options_without_complaint()
    {
        string file = Path.Combine(Path.GetTempPath(), $"mizarlab-{Guid.NewGuid():N}.pcapng");
        List<byte[]> frames = [.. OnWire().Take(400).Select(sent => sent.Frame)];
        try
        {
            using (FileStream stream = File.Create(file))
            {
                PcapngWriter writer = new(stream);
                int at = writer.AddInterface("wire");
                foreach (byte[] frame in frames)
                {
                    writer.Write(at, 0, frame);
                }
            }
            List<Dictionary<string, string[]>> rows = Tshark.Read(
                file, ["geneve.option.class", "geneve.option.type", "geneve.option.length", "geneve.option.length.invalid", "geneve.version.unknown"]);
            Assert.Equal(frames.Count, rows.Count);
            foreach (Dictionary<string, string[]> row in rows)
            {
                Assert.Equal(["0x0111", "0x0111", "0x0111", "0x0111"], row["geneve.option.class"].Take(4).Select(c => c.ToLowerInvariant()));
                Assert.Equal([0x49, 0x50, 0x51], row["geneve.option.type"].Skip(1).Take(3).Select(Number));
                Assert.Equal(0x48, Number(row["geneve.option.type"][0]) & 0x7F);
                Assert.Equal([64, 16, 32, 8, 8], row["geneve.option.length"].Take(5).Select(Number)); // all of them, then each
                Assert.Empty(row["geneve.option.length.invalid"]);
                Assert.Empty(row["geneve.version.unknown"]);
            }
        }
        finally
        {
            File.Delete(file);
        }

        static int Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
            ? int.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Frames on the underlay: an agent's, and behind it another droplet's when that sends one on.</summary>
    private static IEnumerable<(Reason Reason, byte[] Frame)> OnWire()
    {
        for (int seed = 0; seed < Droplets; seed++)
        {
            RandomAgents random = new(seed, DataPlaneSettings.Lab), far = new(1_000 + seed, DataPlaneSettings.Lab);
            ModelDataPlane model = new(1, DataPlaneSettings.Lab), next = new(1, DataPlaneSettings.Lab);
            random.Write([model]);
            far.Write([next]);
            for (int slot = 0; slot <= StageSlot.Aborted; slot++)
            {
                next.Delete(Sender, Tables.Stages, slot);
            }
            for (uint host = 0; host < 16; host++)
            {
                next.Put(Sender, Tables.Peers, new Ipv4Address(0xAC11_000B + host), PeerState.Healthy);
            }
            for (int i = 0; i < 40; i++)
            {
                (ProgramId program, AgentId agent, byte[] bytes) = random.Frame(model);
                if (program != ProgramId.Agent)
                {
                    continue;
                }
                model.Now = next.Now = random.Now;
                Frame frame = Frame.FromBytes(bytes);
                ProgramResult sent = model.Run(Sender, program, agent, ref frame);
                if (!IsTunnelled(sent, frame))
                {
                    continue;
                }
                yield return (sent.Reason, frame.ToBytes());
                if (next.Rows(Sender, Tables.Interface) is [{ Value: InterfaceConfig nic }])
                {
                    nic.Mac.Write(frame.Head);
                    nic.Address.Write(frame.Head[30..]);
                    Rechecksum(frame.Head[14..34]);
                    ProgramResult passedOn = next.Run(Sender, ProgramId.Transit, default, ref frame);
                    if (IsTunnelled(passedOn, frame))
                    {
                        yield return (passedOn.Reason, frame.ToBytes());
                    }
                }
            }
        }
    }

    private static void Rechecksum(Span<byte> ip)
    {
        ip[10..12].Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip));
    }

    /// <summary>Sent by the NIC or its bridge, and not to an endpoint.</summary>
    private static bool IsTunnelled(in ProgramResult result, in Frame frame)
    {
        ReadOnlySpan<byte> head = frame.HeadView;
        return (result.Verdict is Verdict.Redirect or Verdict.Tx || result.Reason == Reason.ToBridge)
            && result.Reason is not (Reason.Delivered or Reason.LocalDelivery)
            && head.Length > 114 && head[12] == 8 && head[13] == 0 && head[23] == 17 && head[36] == 0x17 && head[37] == 0xC1;
    }
}
