using System.Collections.Immutable;
using MizarLab.Fabric;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Tests.Live;
using Xunit.Abstractions;

namespace MizarLab.Tests.Observation;

/// <summary>The lab's main job on real programs: the demo's runs on the model, on the compiled programs and in namespaces agree, and judge alike.</summary>
[Collection(LiveCollection.Name)]
public sealed class BackendAgreementTests(ITestOutputHelper output)
{
    [RootFact]
    public void TheDemoOnTheCompiledProgramsIsTheDemoOnTheModel()
    {
        Plan plan = ModelRuns.Load("demo.yaml");
        using BpfDataPlane programs = new(plan.Topology.Droplets.Length, LiveLab.NewRunId());
        BackendTraits traits = ModelRuns.Traits with { Name = "bpf" };
        Agree(plan, SimulatedRun.Execute(plan, programs, traits, seed: 1, CancellationToken.None));
    }

    [RootFact]
    public async Task TheDemoInNamespacesIsTheDemoOnTheModel()
    {
        Plan plan = ModelRuns.Load("demo.yaml");
        Agree(plan, await LiveLab.RunAsync(new NetnsBackend(), plan));
    }

    private void Agree(Plan plan, BackendRun run)
    {
        Comparison comparison = RunComparer.Compare(plan, ModelRuns.Run(plan), run);
        output.WriteLine($"{comparison.Journeys} journeys, {comparison.Hops} hops, {comparison.Frames} frames, {comparison.TableRows} rows");
        output.WriteLine(DifferenceText.Format(comparison));
        ImmutableArray<ExpectationResult> results = Judge.Evaluate(plan, run, JourneyBuilder.Build(plan, run));
        output.WriteLine(string.Join("\n", results.Select(result => $"{(result.Held ? "held" : "NOT")} {result.Expectation.Kind}: {result.Message}")));
        Assert.Empty(comparison.Differences);
        Assert.All(results, result => Assert.True(result.Held, result.Message));
        Assert.True(comparison.Journeys > 30);
        Assert.True(comparison.Frames > 0);
    }
}
