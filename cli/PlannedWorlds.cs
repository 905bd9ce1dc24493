using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance;
using MizarLab.Management;
using MizarLab.Scenarios;

namespace MizarLab.Cli;

/// <summary>What the management plane makes of the library's scenarios, as droplets' states: consistent ones, as a running network has them.</summary>
internal static class PlannedWorlds
{
    public static ImmutableArray<ImmutableArray<DropletState>> All()
    {
        if (Checkout.Root is null || !Directory.Exists(Checkout.Library))
        {
            return [];
        }
        return [.. ScenarioFiles.LoadAll([Checkout.Library], LoadOptions.None).Select(loaded => PlannedStates.Of(Plan.Create(loaded.Scenario)))];
    }
}
