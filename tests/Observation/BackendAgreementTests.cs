using System.Collections.Immutable;
using MizarLab.Fabric;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Tests.Live;
using Xunit.Abstractions;

namespace MizarLab.Tests.Observation;

/// <summary>The library's runs on the model and on the compiled programs agree byte for byte, and judge alike; tests/Live does the same in namespaces and containers.</summary>
[Collection(LiveCollection.Name)]
public sealed class BackendAgreementTests(ITestOutputHelper output)
{
    [RootFact]
    public void TheLibraryOnTheCompiledProgramsIsTheLibraryOnTheModel()
    {
        foreach (Plan plan in Library())
        {
            if (!plan.Scenario.On.Contains("bpf"))
            {
                continue;
            }
            using BpfDataPlane programs = new(plan.Topology.Droplets.Length, LiveLab.NewRunId(), new BpfOptions { Settings = plan.Scenario.Settings });
            Comparison comparison = Agree(plan, SimulatedRun.Execute(plan, programs, ModelRuns.Traits with { Name = "bpf" }, seed: 1, CancellationToken.None));
            Assert.True(comparison.Frames > comparison.Hops);
        }
    }

    private static IEnumerable<Plan> Library() =>
        Directory.EnumerateFiles(ModelRuns.Folder, "*.yaml").Order(StringComparer.Ordinal).SelectMany(file => ModelRuns.LoadAll(Path.GetFileName(file)));

    private Comparison Agree(Plan plan, BackendRun run)
    {
        Comparison comparison = RunComparer.Compare(plan, ModelRuns.Run(plan), run);
        ImmutableArray<ExpectationResult> results = Judge.Evaluate(plan, run, JourneyBuilder.Build(plan, run));
        output.WriteLine(
            $"{plan.Scenario.Name}, {run.Traits.Name}: {comparison.Journeys} journeys, {comparison.Hops} hops, {comparison.Frames} frames, {comparison.TableRows} rows; "
            + $"{results.Count(result => result.Held)} expectations held");
        Assert.True(comparison.Differences.IsEmpty, $"{plan.Scenario.Name}\n{DifferenceText.Format(comparison)}");
        Assert.All(results, result => Assert.True(result.Held, $"{plan.Scenario.Name}: {result.Expectation.Where} {result.Message}"));
        Assert.True(comparison is { Journeys: > 0, Hops: > 0, TableRows: > 0 }, plan.Scenario.Name);
        return comparison;
    }
}
