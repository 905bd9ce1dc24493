using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Observation;

/// <summary>Real runs of the library's scenarios on the model.</summary>
public class DemoRunTests
{
    public static TheoryData<string> Library() => [.. Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "scenarios", "library"), "*.yaml")
        .Select(file => Path.GetFileName(file))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Library))]
    public void EveryExpectationOfALibraryScenarioHoldsOnTheModelAndTheRunEqualsItself(string file)
    {
        Plan plan = Load(file);
        BackendRun run = Run(plan);
        ImmutableArray<Journey> journeys = JourneyBuilder.Build(plan, run);

        Assert.Equal(run.Sightings.Length, journeys.Sum(journey => journey.Sightings.Length));
        Assert.All(journeys, journey => Assert.NotNull(journey.Origin));
        Assert.All(journeys, journey => Assert.True(journey.Step >= 0));
        Assert.All(Judge.Evaluate(plan, run, journeys), result => Assert.True(result.Held, $"{result.Expectation.Where} {result.Expectation.Kind}: {result.Message}"));

        Comparison comparison = RunComparer.Compare(plan, run, Run(plan));
        Assert.Empty(comparison.Differences);
        Assert.Equal(journeys.Length, comparison.Journeys);
        Assert.Equal(journeys.Sum(journey => journey.Hops.Length), comparison.Hops);
        Assert.True(comparison.TableRows > 0);
    }

    private static Plan Load(string file)
    {
        string path = Path.Combine(Repository.Root, "scenarios", "library", file);
        return Plan.Create(ScenarioLoader.Load(file, File.ReadAllText(path)));
    }

    private static BackendRun Run(Plan plan) =>
        SimulatedRun.Execute(
            plan,
            new ModelDataPlane(plan.Topology.Droplets.Length),
            new BackendTraits { Name = "model", Live = false, TableChangesPerHop = true, EnforcesLinks = true },
            seed: 1,
            CancellationToken.None);
}
