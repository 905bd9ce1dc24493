using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests.Bpf;

namespace MizarLab.Tests.DataPlane;

/// <summary>What agents write, field by field, against the tables of the spec and the RFCs.</summary>
public sealed class SendingSideTests
{
    private static readonly AgentId Agent = new(1);

    /// <summary>§2.2: the outer TOS of every class and priority, and whether the frame is redirected or passed to the bridge.</summary>
    [Theory]
    [InlineData(0x100_0100u, 0x28, Verdict.Redirect)]
    [InlineData(0x100_0010u, 0x50, Verdict.Redirect)]
    [InlineData(0x100_0001u, 0x78, Verdict.Redirect)]
    [InlineData(0x10_0100u, 0xB8, Verdict.Pass)]
    [InlineData(0x10_0010u, 0x80, Verdict.Pass)]
    [InlineData(0x10_0001u, 0x60, Verdict.Pass)]
    [InlineData(0x1_0100u, 0x40, Verdict.Pass)]
    [InlineData(0x1_0010u, 0x28, Verdict.Redirect)]
    [InlineData(0x1_0001u, 0x20, Verdict.Pass)]
    [InlineData(0u, 0x28, Verdict.Redirect)]
    [InlineData(5u, 0x28, Verdict.Redirect)]
    public void A_class_is_a_TOS_and_a_verdict(uint classAndPriority, int tos, Verdict verdict)
    {
        (ProgramResult result, byte[] frame) = Send(DataPlaneSettings.Mizar, agent => agent with { ClassAndPriority = classAndPriority });
        Assert.Equal((tos, verdict), (frame[15], result.Verdict));
    }

    [Fact]
    public void Best_effort_medium_has_its_own_TOS_where_it_may()
    {
        (ProgramResult result, byte[] frame) = Send(With(Switches.BestEffortMedium), agent => agent with { ClassAndPriority = TrafficClass.BestEffort | TrafficClass.Medium });
        Assert.Equal((0x00, Verdict.Pass, Reason.ToBridge), (frame[15], result.Verdict, result.Reason));
    }

    [Fact]
    public void Labels_are_in_the_machines_order_and_with_standard_options_in_the_networks()
    {
        static AgentConfig Labelled(AgentConfig agent) => agent with { PodLabel = 0x01020304, NamespaceLabel = 0x0A0B0C0D };
        Assert.Equal("0403020111015101", Hex(Send(DataPlaneSettings.Mizar, Labelled).Frame[102..110]));
        Assert.Equal("0d0c0b0a", Hex(Send(DataPlaneSettings.Mizar, Labelled).Frame[110..114]));
        byte[] standard = Send(With(Switches.StandardOptions), Labelled).Frame;
        Assert.Equal("01115001010203040111510" + "10a0b0c0d", Hex(standard[98..114]));
        Assert.Equal("01114803", Hex(standard[50..54]));
        Assert.Equal("01114907", Hex(standard[66..70]));
    }

    /// <summary>RFC 6040 §4.2, figure 4: all of it.</summary>
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 2, 0)]
    [InlineData(0, 3, -1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 3, 3)]
    [InlineData(2, 0, 2)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 2, 2)]
    [InlineData(2, 3, 3)]
    [InlineData(3, 0, 3)]
    [InlineData(3, 1, 3)]
    [InlineData(3, 2, 3)]
    [InlineData(3, 3, 3)]
    public void Marks_of_the_underlay_reach_the_packet(int inner, int outer, int delivered)
    {
        byte[] ping = BpfWorld.Ping(BpfWorld.Local, BpfWorld.Hosted);
        ping[15] = (byte)(0xA0 | inner);
        Checksum(ping.AsSpan(14, 20));
        byte[] wire = BpfWorld.OnWire(ping);
        wire[15] = (byte)(wire[15] | outer);
        Checksum(wire.AsSpan(14, 20));
        ModelDataPlane model = new(1, With(Switches.CarryEcnDf));
        BpfWorld.Write(model);
        Frame frame = Frame.FromBytes(wire);

        ProgramResult result = model.Run(BpfWorld.Droplet, ProgramId.Transit, default, ref frame);

        if (delivered < 0)
        {
            Assert.Equal((Verdict.Drop, Reason.CongestionLost), (result.Verdict, result.Reason));
            return;
        }
        byte[] left = frame.ToBytes();
        Assert.Equal((Reason.Delivered, 0xA0 | delivered), (result.Reason, left[15]));
        Assert.Equal(0, InternetChecksum.Compute(left.AsSpan(14, 20)));
    }

    [Fact]
    public void The_tunnel_carries_ECN_and_DF()
    {
        byte[] ping = BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote);
        ping[15] = 0x7E; // DSCP 31, ECT(0)
        ping[20] = 0x40;
        byte[] carried = Send(With(Switches.CarryEcnDf), agent => agent, ping).Frame, plain = Send(DataPlaneSettings.Mizar, agent => agent, ping).Frame;
        Assert.Equal((0x2A, 0x40), (carried[15], carried[20]));
        Assert.Equal((0x28, 0x00), (plain[15], plain[20]));
    }

    [Fact]
    public void Source_ports_tell_flows_apart_and_keep_fragments_together()
    {
        Assert.Equal(Port(Udp(1000, 53)), Port(Udp(1000, 53)));
        Assert.NotEqual(Port(Udp(1000, 53)), Port(Udp(1001, 53)));
        Assert.NotEqual(Port(Udp(1000, 53)), Port(Udp(1000, 54)));
        byte[] first = Udp(1000, 53), later = Udp(7, 9);
        first[20] = 0x20;
        later[21] = 0x10;
        Assert.Equal(Port(first), Port(later));
        Assert.All(Enumerable.Range(0, 200), i => Assert.InRange(Port(Udp((ushort)i, 80)), 49_152, 65_535));

        static int Port(byte[] packet)
        {
            byte[] frame = Send(With(Switches.SourcePorts), agent => agent, packet).Frame;
            return frame[34] << 8 | frame[35];
        }

        static byte[] Udp(ushort from, ushort to)
        {
            byte[] frame = BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote);
            frame[23] = 17;
            (frame[34], frame[35], frame[36], frame[37]) = ((byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to);
            return frame;
        }
    }

    /// <summary>§8.1 P23, P24: what the override writes, and what is counted, is the droplet's from then on.</summary>
    [Fact]
    public void An_override_stays_in_the_row_it_was_written_to()
    {
        MacAddress theOther = MacAddress.Parse("de:ad:00:00:00:01");
        foreach ((DataPlaneSettings settings, MacAddress left) in ((DataPlaneSettings, MacAddress)[])
            [(DataPlaneSettings.Mizar, theOther), (With(Switches.OverrideByCopy), BpfWorld.MacOf(BpfWorld.Bouncer))])
        {
            ModelDataPlane model = Model(settings, agent => agent with { MacOverride = theOther });
            Frame frame = Frame.FromBytes(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote));
            model.Run(BpfWorld.Droplet, ProgramId.Agent, Agent, ref frame);
            Assert.Equal(theOther, MacAddress.Read(frame.HeadView));
            Assert.Equal(left, model.Rows(BpfWorld.Droplet, Tables.AgentSubstrate).Single(row => row.Key.Agent == Agent).Value);
        }
    }

    [Fact]
    public void Complete_stages_count_what_transit_took_over()
    {
        foreach ((DataPlaneSettings settings, uint counted) in ((DataPlaneSettings, uint)[])[(DataPlaneSettings.Mizar, 0u), (With(Switches.CompleteStages), 1u)])
        {
            ModelDataPlane model = Model(settings, agent => agent with { Links = AgentLinks.Usual | AgentLinks.RedirectStatistics });
            model.Put(BpfWorld.Droplet, Tables.Statistics, 0, default);
            Frame frame = Frame.FromBytes(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote));
            ProgramResult result = model.Run(BpfWorld.Droplet, ProgramId.Agent, new AgentId(2), ref frame); // whose bouncer is its own droplet
            Assert.Equal(Reason.ToHost, result.Reason);
            Assert.Equal(counted, model.Rows(BpfWorld.Droplet, Tables.Statistics).Single().Value.RedirectPackets);
        }
    }

    private static DataPlaneSettings With(Switches on) => DataPlaneSettings.Mizar with { On = on };

    private static (ProgramResult Result, byte[] Frame) Send(DataPlaneSettings settings, Func<AgentConfig, AgentConfig> change, byte[]? packet = null)
    {
        ModelDataPlane model = Model(settings, change);
        Frame frame = Frame.FromBytes(packet ?? BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote));
        ProgramResult result = model.Run(BpfWorld.Droplet, ProgramId.Agent, Agent, ref frame);
        return (result, frame.ToBytes());
    }

    private static ModelDataPlane Model(DataPlaneSettings settings, Func<AgentConfig, AgentConfig> change)
    {
        ModelDataPlane model = new(1, settings);
        BpfWorld.Write(model);
        model.Put(BpfWorld.Droplet, Tables.Agents, Agent, change(model.Rows(BpfWorld.Droplet, Tables.Agents).Single(row => row.Key == Agent).Value));
        return model;
    }

    private static void Checksum(Span<byte> ip)
    {
        ip[10..12].Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
