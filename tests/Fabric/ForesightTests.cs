using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

/// <summary>Asking for memory ahead changes nothing, not even where what was foreseen is gone when its event happens.</summary>
public sealed class ForesightTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public void A_run_with_foresight_is_the_run_without(int partitions, int threads)
    {
        RelayNetwork with = Network(partitions, foresight: true);
        RelayNetwork without = Network(1, foresight: false);
        with.RunFor(SimTime.FromMicroseconds(60), threads, CancellationToken.None);
        without.RunFor(SimTime.FromMicroseconds(60), 1, CancellationToken.None);
        Assert.True(with.Totals.Hops > 10_000);
        Assert.Equal(without.Totals, with.Totals);
        Assert.Equal(without.Fingerprint, with.Fingerprint);
    }

    private static RelayNetwork Network(int partitions, bool foresight)
    {
        RelaySetup setup = new(FabricShape.LeafSpine(8, 4), 64, partitions);
        GeneratedShape shape = new(64, 640) { EndpointsPerNetwork = 80, BouncersPerNetwork = 8 };
        GeneratedPlan plan = new(new GeneratedTopology(shape), DataPlaneSettings.Lab);
        return RelayNetwork.OnDataPlane(setup with { Foresight = foresight }, plan, plan.Build(1), bothWays: false);
    }
}
