using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

public sealed class RelayNetworkTests
{
    private static readonly FabricShape[] Shapes = [FabricShape.Star, FabricShape.LeafSpine(5, 3), FabricShape.LeafSpine(70, 2), FabricShape.FatTree(6)];

    [Fact]
    public void Partitions_and_threads_change_nothing()
    {
        foreach (FabricShape shape in Shapes)
        {
            UInt128 alone = Run(shape, partitions: 1, threads: 1).Fingerprint;
            foreach ((int partitions, int threads) in ((int, int)[])[(2, 1), (2, 2), (3, 2), (7, 2)])
            {
                Assert.Equal(alone, Run(shape, partitions, threads).Fingerprint);
            }
            Assert.NotEqual(alone, Run(shape, partitions: 1, threads: 1, seed: 2).Fingerprint);
        }
    }

    [Fact]
    public void Every_packet_is_at_one_place_and_none_is_lost()
    {
        foreach (FabricShape shape in Shapes)
        {
            RelayTotals totals = Run(shape, partitions: 2, threads: 2).Totals;
            Assert.True(totals.IsConserved, $"{shape}: {totals}");
            Assert.Equal(0, totals.Lost);
            Assert.True(totals.Arrived > 50 * 40, $"{shape}: {totals}");
        }
    }

    [Fact]
    public void An_empty_path_takes_exactly_its_links()
    {
        // Three droplets alone: each relays for one pair at a time, and a frame of 85.12 ns every microsecond and link meets no other but by phase.
        RelayTotals totals = Run(FabricShape.Star, partitions: 1, threads: 1, droplets: 3).Totals;
        Assert.InRange(totals.MeanLatencyNanoseconds, 4 * 1085.12, (4 * 1085.12) + 200);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_allocated_for_a_frame(bool onDataPlane)
    {
        RelaySetup setup = new(FabricShape.LeafSpine(4, 2), 32);
        RelayNetwork network = onDataPlane ? OnDataPlane(setup) : RelayNetwork.Bare(setup);
        long allocated = long.MaxValue;

        // Tables, queues and stores grow to what they need; and code that is not optimised yet boxes.
        for (int attempt = 0; attempt < 300 && allocated > 0; attempt++)
        {
            Thread.Sleep(attempt == 0 ? 0 : 100);
            long arrived = network.Totals.Arrived;
            long before = GC.GetAllocatedBytesForCurrentThread();
            network.RunFor(SimTime.FromMicroseconds(100), 1, CancellationToken.None);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.InRange(network.Totals.Arrived - arrived, attempt == 0 ? 1 : 3_000, 3_400);
        }
        Assert.Equal(0, allocated);
    }

    private static RelayNetwork OnDataPlane(RelaySetup setup)
    {
        GeneratedPlan plan = new(new GeneratedTopology(new GeneratedShape(setup.Droplets, setup.Droplets * 20) { EndpointsPerNetwork = 160, BouncersPerNetwork = 8 }), DataPlaneSettings.Lab);
        ModelDataPlane model = plan.Build();
        RelayPolicies.Write(model, plan, bothWays: false);
        return RelayNetwork.OnDataPlane(setup, plan, model, bothWays: false);
    }

    private static RelayNetwork Run(FabricShape shape, int partitions, int threads, ulong seed = 1, int droplets = 50)
    {
        RelayNetwork network = RelayNetwork.Bare(new RelaySetup(shape, droplets, partitions, seed) { Audited = true });
        network.RunFor(SimTime.FromMicroseconds(60), threads, CancellationToken.None);
        network.CloseAudit();
        return network;
    }
}
