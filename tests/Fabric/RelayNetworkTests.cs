using MizarLab.Engine;
using MizarLab.Fabric;
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

    private static RelayNetwork Run(FabricShape shape, int partitions, int threads, ulong seed = 1, int droplets = 50)
    {
        RelayNetwork network = RelayNetwork.Bare(new RelaySetup(shape, droplets, partitions, seed) { Audited = true });
        network.RunFor(SimTime.FromMicroseconds(60), threads, CancellationToken.None);
        network.CloseAudit();
        return network;
    }
}
