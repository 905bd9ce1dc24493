using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Tests.Observation;

/// <summary>Real runs of the library's scenarios on the model.</summary>
public class DemoRunTests
{
    public static TheoryData<string> Library() => [.. Directory
        .EnumerateFiles(ModelRuns.Folder, "*.yaml")
        .Select(file => Path.GetFileName(file))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Library))]
    public void EveryExpectationOfALibraryScenarioHoldsOnTheModelAndTheRunEqualsItself(string file)
    {
        Assert.All(ModelRuns.LoadAll(file), HoldsAndRepeats);
    }

    private static void HoldsAndRepeats(Plan plan)
    {
        BackendRun run = ModelRuns.Run(plan);
        ImmutableArray<Journey> journeys = JourneyBuilder.Build(plan, run);

        Assert.Equal(run.Sightings.Length, journeys.Sum(journey => journey.Sightings.Length));
        int strangers = plan.Scenario.Timeline.Count(step => step is Overlay.UnderlayFrameStep);
        Assert.Equal(strangers, journeys.Count(journey => journey.Origin is null));
        Assert.All(journeys, journey => Assert.True(journey.Step >= 0));
        Assert.All(Judge.Evaluate(plan, run, journeys), result => Assert.True(result.Held, $"{result.Expectation.Where} {result.Expectation.Kind}: {result.Message}"));

        Comparison comparison = RunComparer.Compare(plan, run, ModelRuns.Run(plan));
        Assert.Empty(comparison.Differences);
        Assert.Equal(journeys.Length, comparison.Journeys);
        Assert.Equal(journeys.Sum(journey => journey.Hops.Length), comparison.Hops);
        Assert.True(comparison.TableRows > 0);
    }

    public static TheoryData<string> MustFail() => [.. Directory
        .EnumerateFiles(Path.Combine(ModelRuns.Folder, "must-fail"), "*.yaml")
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(MustFail))]
    public void AScenarioThatMustFailFailsByTheKindItIsNamedFor(string kind)
    {
        Plan plan = ModelRuns.Load(Path.Combine("must-fail", $"{kind}.yaml"));
        BackendRun run = ModelRuns.Run(plan);
        ImmutableArray<ExpectationResult> results = Judge.Evaluate(plan, run, JourneyBuilder.Build(plan, run));
        Assert.Contains(results, result => !result.Held && result.Expectation.Kind == kind);
    }

    [Fact]
    public void EveryKindOfExpectationHasAScenarioThatMustFail() =>
        Assert.Equal(19, Directory.EnumerateFiles(Path.Combine(ModelRuns.Folder, "must-fail"), "*.yaml").Count());

    [Fact]
    public void AnyOneSightingLostOrChangedInARunOfTheDemoIsFound()
    {
        Plan plan = ModelRuns.Load("demo.yaml");
        BackendRun run = ModelRuns.Run(plan);
        // Held against a run that claims to be live, so that only what all backends must share can tell.
        BackendRun live = run with { Traits = run.Traits with { Name = "live", Live = true, TableChangesPerHop = false } };
        Assert.Empty(RunComparer.Compare(plan, run, live).Differences);

        int runs = 0;
        for (int i = 0; i < run.Sightings.Length; i++)
        {
            Sighting seen = run.Sightings[i];
            BackendRun without = live with { Sightings = live.Sightings.RemoveAt(i) };
            Comparison comparison = RunComparer.Compare(plan, run, without);
            Assert.True(!comparison.Differences.IsEmpty, $"sighting {i}, {seen.Kind} at droplet {seen.Droplet.Index}, can go unnoticed");
            if (seen.Kind != SightingKind.Program)
            {
                continue;
            }
            Sighting otherReason = seen with { Reason = seen.Reason == Reason.ToHost ? Reason.DirectPath : Reason.ToHost };
            Assert.NotEmpty(RunComparer.Compare(plan, run, live with { Sightings = live.Sightings.SetItem(i, otherReason) }).Differences);
            runs++;
        }
        Assert.True(runs > 100);
    }

    [Fact]
    public void JourneysOfTheDemoDoNotDependOnClocks()
    {
        Plan plan = ModelRuns.Load("demo.yaml");
        BackendRun run = ModelRuns.Run(plan);
        BackendRun live = run with { Traits = run.Traits with { Live = true } };
        List<string> straight = Ways(plan, live);
        for (int round = 0; round < 20; round++)
        {
            System.Random random = new(round);
            BackendRun skewed = live with
            {
                Sightings = [.. live.Sightings
                    .Select(seen => seen with { Time = seen.Time + SimTime.FromNanoseconds(random.Next(-50_000, 50_000)) })
                    .OrderBy(seen => seen.Time)],
            };
            Assert.Equal(straight, Ways(plan, skewed));
        }
    }

    private static List<string> Ways(Plan plan, BackendRun run) => [.. JourneyBuilder.Build(plan, run)
        .Select(journey => $"{journey.Step} {journey.Origin} {string.Join(">", journey.Sightings.Select(seen => $"{seen.Kind}@{seen.Droplet.Index}"))} {journey.End} {Convert.ToHexString(journey.First)}")
        .Order(StringComparer.Ordinal)];
}
