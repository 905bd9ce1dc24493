using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Fabric;

/// <summary>Cores of droplets, and what queues mark, seen through the whole data plane.</summary>
public sealed class CoreTests
{
    private const int DatagramBytes = 14 + 20 + 8 + 100;

    private static readonly SimTime Service = SimTime.FromMicroseconds(50);

    [Fact]
    public void Frames_wait_for_each_other_on_a_core_and_not_without()
    {
        Assert.Equal([0, 50, 100, 150], Starts(Run(new NicSpec(1, 64), frames: 4)));
        Assert.Equal([0, 0, 0, 0], Starts(Run(NicSpec.None, frames: 4)));
    }

    [Fact]
    public void What_finds_the_ring_full_is_lost()
    {
        // Four at once: one is run, two wait, one finds the ring full.
        SimulatedNetwork net = Run(new NicSpec(1, 2), frames: 4);
        Assert.Equal((1, 3), (net.Losses[LossCause.RingFull], Transits(net).Length));
    }

    [Fact]
    public void Flows_are_spread_over_cores_and_one_flow_keeps_its_order()
    {
        SimulatedNetwork net = Run(new NicSpec(8, 64), frames: 64, flows: 32);
        long[] starts = Starts(net);
        Assert.Equal(64, starts.Length);
        // On one core the last would begin after 63 services; on eight, with 32 flows, long before.
        Assert.InRange(starts[^1], 7 * 50, 24 * 50);
        foreach (IGrouping<ushort, Sighting> flow in Transits(net).GroupBy(PortOf))
        {
            Assert.Equal(flow.Select(s => s.Time).Order(), flow.Select(s => s.Time));
            Assert.Equal(flow.Count(), flow.Select(s => s.Time).Distinct().Count());
        }
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    public void A_mark_made_in_the_underlay_reaches_the_packet_that_can_bear_it(int sent, int expectedLast)
    {
        (byte[] first, byte[] last, long lost) = Marked((byte)sent, DataPlaneSettings.Lab);
        Assert.Equal((sent, expectedLast), (first[15] & 3, last[15] & 3));
        Assert.Equal(0, lost);
        Assert.Equal(0, InternetChecksum.Compute(last.AsSpan(14, 20)));
    }

    [Fact]
    public void Without_the_switch_that_carries_marks_the_underlay_makes_none()
    {
        (_, byte[] last, _) = Marked(2, DataPlaneSettings.Lab.With(Switches.CarryEcnDf, on: false));
        Assert.Equal(2, last[15] & 3);
    }

    /// <summary>Sends a train of frames of one flow through a slow link whose queue marks; the first and the last as delivered.</summary>
    private static (byte[] First, byte[] Last, long Lost) Marked(byte ecn, DataPlaneSettings settings)
    {
        TestNet builder = Topology(settings);
        builder.Link = new LinkSpec(SimTime.FromMicroseconds(10), new DataRate(100_000_000), 512) { MarkFrames = 2 };
        Plan plan = builder.Build();
        SimulatedNetwork net = Start(plan, settings, NicSpec.None, Calibration.None, FabricShape.LeafSpine(3, 2));
        for (int i = 0; i < 6; i++)
        {
            net.Inject(new EndpointId(0), Datagram(plan, 1_000, ecn));
        }
        net.Simulation.Run(SimTime.Never, 100_000, CancellationToken.None);
        byte[][] delivered = [.. net.Sightings.Where(s => s.Kind == SightingKind.EndpointReceived && s.Endpoint == new EndpointId(1) && s.FrameIn.Length == DatagramBytes).Select(s => s.FrameIn)];
        Assert.Equal(6, delivered.Length);
        return (delivered[0], delivered[^1], net.Losses.Total);
    }

    /// <summary>Frames at one time to the bouncer's NIC, by a link without a rate.</summary>
    private static SimulatedNetwork Run(NicSpec nic, int frames, int flows = 1)
    {
        TestNet builder = Topology(DataPlaneSettings.Lab);
        builder.Link = new LinkSpec(SimTime.FromMicroseconds(10), DataRate.Unlimited, LinkSpec.NoLimit);
        Plan plan = builder.Build();
        // Agents take no time, so that all frames come to the bouncer at once.
        Calibration calibration = Calibration.Zero.WithAll(ProgramId.Transit, Service);
        SimulatedNetwork net = Start(plan, DataPlaneSettings.Lab, nic, calibration, FabricShape.Star);
        for (int i = 0; i < frames; i++)
        {
            net.Inject(new EndpointId(0), Datagram(plan, (ushort)(1_000 + (i % flows)), 0));
        }
        net.Simulation.Run(SimTime.Never, 100_000, CancellationToken.None);
        return net;
    }

    private static TestNet Topology(DataPlaneSettings settings) => new TestNet { Settings = settings }
        .Droplets("left", "right", "switch")
        .Vpc("blue", 3, "10.0.0.0/16")
        .Network("net", "blue", "10.0.0.0/24", "switch")
        .Endpoint("a", "net", "10.0.0.2", "left")
        .Endpoint("b", "net", "10.0.0.3", "right");

    private static SimulatedNetwork Start(Plan plan, DataPlaneSettings settings, NicSpec nic, Calibration calibration, FabricShape shape)
    {
        Topology topology = plan.Topology with { Underlay = plan.Topology.Underlay with { Nic = nic, Shape = shape } };
        Plan with = Plan.Create(plan.Scenario with { Topology = topology });
        ModelDataPlane model = new(topology.Droplets.Length, settings);
        with.WriteInitial(model);
        SimulatedNetwork net = new(with, model, new FabricOptions(1, calibration));
        net.Attach(new EndpointId(0), new DropletId(0));
        net.Attach(new EndpointId(1), new DropletId(1));
        return net;
    }

    private static byte[] Datagram(Plan plan, ushort port, byte tos)
    {
        Endpoint a = plan.Topology.Endpoints[0], b = plan.Topology.Endpoints[1];
        byte[] frame = new PacketBuilder().Ethernet(b.Mac, a.Mac).Ipv4(a.Address, b.Address).Udp(port, 9_000).Bytes(new byte[100]).ToBytes();
        frame[15] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(24), 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(24), InternetChecksum.Compute(frame.AsSpan(14, 20)));
        return frame;
    }

    /// <summary>When the bouncer's programs began, in microseconds after the first.</summary>
    private static long[] Starts(SimulatedNetwork net)
    {
        Sighting[] runs = Transits(net);
        return [.. runs.Select(s => (s.Time - runs[0].Time).Picoseconds / 1_000_000)];
    }

    private static Sighting[] Transits(SimulatedNetwork net) =>
        [.. net.Sightings.Where(s => s.Kind == SightingKind.Program && s.Program == ProgramId.Transit && s.Droplet == new DropletId(2))];

    private static ushort PortOf(Sighting seen) => BinaryPrimitives.ReadUInt16BigEndian(seen.FrameIn.AsSpan(34));
}
