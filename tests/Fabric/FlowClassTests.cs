using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

/// <summary>Latency and hops by what packets met on their way.</summary>
public sealed class FlowClassTests
{
    /// <summary>Dialect mizar: within a network only the first packet meets a bouncer, across networks every one meets a divider (spec §3.7).</summary>
    [Fact]
    public void Packets_are_told_apart_by_who_had_them()
    {
        TestNet net = new TestNet()
            .Droplets("left", "right", "bouncer", "bouncer2", "divider")
            .Vpc("blue", 3, "10.0.0.0/16", "divider")
            .Network("net0", "blue", "10.0.0.0/24", "bouncer")
            .Network("net1", "blue", "10.0.1.0/24", "bouncer2")
            .Endpoint("a", "net0", "10.0.0.2", "left")
            .Endpoint("b", "net0", "10.0.0.3", "right")
            .Endpoint("c", "net1", "10.0.1.3", "right");
        Plan plan = net.Build();
        ModelDataPlane model = new(plan.Topology.Droplets.Length, DataPlaneSettings.Mizar);
        plan.WriteInitial(model);
        SimulatedNetwork network = new(plan, model, new FabricOptions(1, Calibration.None, Measure: true));
        for (int i = 0; i < 3; i++)
        {
            network.Attach(new EndpointId(i), plan.Topology.Endpoints[i].Droplet);
        }
        for (ushort i = 0; i < 10; i++)
        {
            network.StackOf(new EndpointId(0))!.Icmp.SendEcho(plan.Topology.Endpoints[1].Address, id: 1, i, new byte[56]);
            network.StackOf(new EndpointId(0))!.Icmp.SendEcho(plan.Topology.Endpoints[2].Address, id: 2, i, new byte[56]);
            network.Simulation.Run(SimTime.Never, 100_000, CancellationToken.None);
        }
        network.CloseAudit();
        FlowClassMeasures measures = network.Measures!;
        Assert.Equal(40, Enum.GetValues<FlowClass>().Sum(c => measures.Latency(c).Count));
        // a→b and b→a, a→c and c→a: a first packet each.
        Assert.Equal(4, measures.Latency(FlowClass.FirstPacket).Count);
        Assert.Equal(18, measures.Latency(FlowClass.DirectPath).Count);
        Assert.Equal((2L, 2L), (measures.Hops(FlowClass.DirectPath).Least, measures.Hops(FlowClass.DirectPath).Most));
        Assert.Equal(18, measures.Latency(FlowClass.ThroughDivider).Count);
        Assert.Equal((4L, 4L), (measures.Hops(FlowClass.ThroughDivider).Least, measures.Hops(FlowClass.ThroughDivider).Most));
        Assert.Equal(8, measures.Hops(FlowClass.FirstPacket).Most);
        // Two links of 10 µs and of some 100 bytes at 10 Gb/s.
        Assert.InRange(measures.Latency(FlowClass.DirectPath).Least, 20_100_000, 20_400_000);
        Assert.InRange(measures.Latency(FlowClass.ThroughDivider).Least, 40_200_000, 40_800_000);
    }

    [Fact]
    public void A_relay_run_is_measured_on_any_partitions()
    {
        string alone = Measure(partitions: 1, threads: 1);
        Assert.Equal(alone, Measure(partitions: 3, threads: 2));

        static string Measure(int partitions, int threads)
        {
            GeneratedPlan plan = new(new GeneratedTopology(new GeneratedShape(24, 24 * 20)), DataPlaneSettings.Lab);
            ModelDataPlane model = plan.Build(threads: 1);
            RelaySetup setup = new(FabricShape.LeafSpine(4, 2), 24, partitions) { Measured = true };
            RelayNetwork network = RelayNetwork.OnDataPlane(setup, plan, model, bothWays: false);
            network.RunFor(SimTime.FromMicroseconds(60), threads, CancellationToken.None);
            FlowClassMeasures measures = network.Measures;
            Assert.Equal(network.Totals.Arrived, Enum.GetValues<FlowClass>().Sum(c => measures.Latency(c).Count));
            Assert.InRange(measures.Latency(FlowClass.FirstPacket).Count, 100, 24 * 16);
            Assert.InRange(measures.Latency(FlowClass.BouncerPath).Count, 500, 24 * 60);
            return string.Join('\n', Enum.GetValues<FlowClass>().Select(c => HistogramText.Write(measures.Latency(c)) + HistogramText.Write(measures.Hops(c))));
        }
    }
}
