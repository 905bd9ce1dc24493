using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Fabric;

/// <summary>Workloads of endpoints on the whole model data plane, over generated topologies.</summary>
public sealed class TrafficNetworkTests
{
    private const int Droplets = 24;
    private const int PerNetwork = 40;
    private static readonly FabricShape[] Shapes = [FabricShape.Star, FabricShape.LeafSpine(4, 2), FabricShape.FatTree(6)];

    [Fact]
    public void Partitions_and_threads_change_nothing()
    {
        foreach (FabricShape shape in Shapes)
        {
            foreach (Transport transport in Enum.GetValues<Transport>())
            {
                (UInt128 alone, string measured) = Run(1, 1, 1);
                foreach ((int partitions, int threads) in ((int, int)[])[(2, 1), (2, 2), (4, 2)])
                {
                    Assert.Equal((alone, measured), Run(partitions, threads, 1));
                }
                Assert.NotEqual(alone, Run(1, 1, 2).Fingerprint);

                (UInt128 Fingerprint, string Measured) Run(int partitions, int threads, ulong seed)
                {
                    TrafficNetwork network = Play(Plan(shape, DataPlaneSettings.Lab), new TrafficSetup([new(Web(PerNetwork), transport)], SimTime.FromMilliseconds(1))
                    {
                        Partitions = partitions,
                        Seed = seed,
                        Audited = true,
                    }, threads);
                    Assert.True(network.Tally.Arrived > 1_000);
                    return (network.Fingerprint, HistogramText.Write(network.Tally.Latency));
                }
            }
        }
    }

    /// <summary>Within a network the answer to ARP teaches the direct path, so no datagram meets a bouncer (spec 06 §6.4); across networks the first of a pair goes bouncer, divider, bouncer.</summary>
    [Fact]
    public void Packets_take_the_ways_of_the_oracle()
    {
        TrafficTally within = Play(Plan(FabricShape.Star, DataPlaneSettings.Mizar), new TrafficSetup([new(Web(PerNetwork))], SimTime.FromMilliseconds(1))).Tally;
        Assert.True(within.Packets(PacketWay.Direct) > 1_000);
        Assert.Equal(0, within.Packets(PacketWay.Divider));

        // Upstream has no local delivery, and a bouncer's own endpoints learn nobody of its networks (spec 09 Q9): 2 of 24 droplets, as sources.
        Assert.InRange((double)within.Packets(PacketWay.Bouncer) / within.Arrived, 0.02, 0.2);
        TrafficTally lab = Play(Plan(FabricShape.Star, DataPlaneSettings.Lab), new TrafficSetup([new(Web(PerNetwork))], SimTime.FromMilliseconds(1))).Tally;
        Assert.InRange((double)lab.Packets(PacketWay.Bouncer) / lab.Arrived, 0.01, 0.12);
        Assert.True(lab.Packets(PacketWay.Local) > 0);
        Assert.Equal(lab.Sent, lab.Arrived);

        // Nobody asks for anybody: a stream learns its direct path only when its peer sends something its way.
        TrafficTally blind = Play(
            Plan(FabricShape.Star, DataPlaneSettings.Lab), new TrafficSetup([new(Web(PerNetwork))], SimTime.FromMilliseconds(1)) { StaticNeighbours = true }).Tally;
        Assert.Equal(0, blind.ArpSent);
        Assert.Equal(lab.Packets(PacketWay.Local), blind.Packets(PacketWay.Local));
        Assert.True(blind.Packets(PacketWay.Bouncer) > 4 * lab.Packets(PacketWay.Bouncer), $"{blind.Packets(PacketWay.Bouncer)} and {lab.Packets(PacketWay.Bouncer)} by bouncers");

        // With answers they are; the first packet of a pair still goes by the bouncer.
        TrafficTally answered = Play(
            Plan(FabricShape.Star, DataPlaneSettings.Lab), new TrafficSetup([new(Web(PerNetwork, replies: 200))], SimTime.FromMilliseconds(1)) { StaticNeighbours = true }).Tally;
        Assert.True(answered.Packets(PacketWay.Direct) > answered.Packets(PacketWay.Bouncer), $"{answered.Packets(PacketWay.Direct)} direct, {answered.Packets(PacketWay.Bouncer)} by bouncers");

        // A VPC of two networks: half of all pairs cross.
        TrafficTally across = Play(Plan(FabricShape.Star, DataPlaneSettings.Lab), new TrafficSetup([new(Web(PerNetwork * 2, replies: 200))], SimTime.FromMilliseconds(1))).Tally;
        Assert.True(across.Packets(PacketWay.Divider) > 100);
        Assert.Equal(across.Sent, across.Arrived);
    }

    [Fact]
    public void A_datagram_is_what_its_endpoint_would_have_sent()
    {
        GeneratedTopology topology = Plan(FabricShape.Star, DataPlaneSettings.Lab).Topology;
        EndpointPackets packets = new(topology, ttl: 7);
        for (int bytes = 0; bytes < 300; bytes += 7)
        {
            EndpointId from = new(3), to = new(bytes % 2 == 0 ? 5 : PerNetwork + 5);
            Frame frame = default;
            packets.WriteDatagram(from, to, flow: 4, isAnswer: bytes % 3 == 0, bytes, ref frame);
            byte[] whole = frame.ToBytes();
            Assert.True(EthernetView.TryRead(whole, out EthernetView ethernet));
            Assert.Equal(bytes % 2 == 0 ? topology.MacOf(to) : topology.Roles[topology.NetworkOf(from)].GatewayMac, ethernet.Destination);
            Assert.True(Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip));
            Assert.True(ip.ChecksumHolds);
            Assert.Equal(7, ip.Ttl);
            Assert.True(UdpView.TryRead(ip.Payload, out UdpView udp));
            Assert.Equal(bytes, udp.Payload.Length);
            Assert.True(udp.ChecksumHolds(ip.Source, ip.Destination));
        }
    }

    [Fact]
    public void Nothing_is_allocated_for_a_packet()
    {
        // Few pairs, so that all tables are full soon.
        TrafficNetwork network = Make(Plan(FabricShape.LeafSpine(4, 2), DataPlaneSettings.Lab), new TrafficSetup([new(Web(4, replies: 300))], SimTime.FromSeconds(3)));
        long allocated = long.MaxValue;
        for (int attempt = 0; attempt < 300 && allocated > 0; attempt++)
        {
            Thread.Sleep(attempt == 0 ? 0 : 100);
            long arrived = network.Tally.Arrived;
            long before = GC.GetAllocatedBytesForCurrentThread();
            network.RunUntil(network.Now + SimTime.FromMicroseconds(500), 1, CancellationToken.None);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(network.Tally.Arrived > arrived);
        }
        Assert.Equal(0, allocated);
    }

    /// <summary>Bouncers that know nobody answer for nobody: three requests, a second apart, then the datagrams are given up. Who lives on a bouncer answers for himself.</summary>
    [Fact]
    public void A_neighbour_that_does_not_answer_is_given_up()
    {
        GeneratedPlan plan = Plan(FabricShape.Star, DataPlaneSettings.Mizar);
        ModelDataPlane model = plan.Build();
        for (int d = 0; d < Droplets; d++)
        {
            foreach ((EndpointKey key, EndpointValue value) in model.Rows(new DropletId(d), Tables.Endpoints).Where(row => row.Value.Slot < 0 && row.Key.Vni.Value != 0).ToList())
            {
                model.Delete(new DropletId(d), Tables.Endpoints, key);
            }
        }
        TrafficNetwork network = new(plan, model, new TrafficSetup([new(new OpenLoop("one", new UniformPeers(PerNetwork), new Constant(1e9), new Constant(100), Pacing.AtOnce(1_000)) { FlowLimit = 1 })], SimTime.FromMilliseconds(2)));
        network.RunUntil(SimTime.FromSeconds(5), 1, CancellationToken.None);
        network.CloseAudit();
        TrafficTally tally = network.Tally;
        Assert.True(tally.Sent > 0);
        Assert.InRange(tally.Arrived, 0, tally.Sent / 4);
        Assert.InRange(tally.Unresolved, tally.Sent * 3 / 4, tally.Sent - tally.Arrived);
        Assert.True(tally.ArpSent >= tally.Unresolved * 3);
    }

    internal static GroupedTraffic Web(int group, int replies = 0) => new(Droplets * 10, group, members => new OpenLoop(
        "web", new UniformPeers(members), new Exponential(50e6), new Uniform(100, 3_000), Pacing.AtOnce(1_000))
    {
        Replies = replies > 0 ? new Constant(replies) : null,
    });

    internal static GeneratedPlan Plan(FabricShape shape, DataPlaneSettings settings) => new(
        new GeneratedTopology(new GeneratedShape(Droplets, Droplets * 10)
        {
            EndpointsPerNetwork = PerNetwork,
            NetworksPerVpc = 2,
            Underlay = new(1_500, new LinkSpec(SimTime.FromMicroseconds(1), new DataRate(100_000_000_000), LinkSpec.NoLimit)) { Shape = shape },
        }),
        settings);

    internal static TrafficNetwork Make(GeneratedPlan plan, TrafficSetup setup) => new(plan, plan.Build(), setup);

    private static TrafficNetwork Play(GeneratedPlan plan, TrafficSetup setup, int threads = 1)
    {
        TrafficNetwork network = Make(plan, setup);
        network.RunUntil(setup.Until + SimTime.FromMilliseconds(2), threads, CancellationToken.None);
        network.CloseAudit();
        return network;
    }
}
