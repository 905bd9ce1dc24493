using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Scenarios;
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
        Plan plan = Demo();
        using BpfDataPlane programs = new(plan.Topology.Droplets.Length, LiveLab.NewRunId());
        BackendTraits traits = new() { Name = "bpf", Live = false, TableChangesPerHop = true, EnforcesLinks = true };
        Agree(plan, SimulatedRun.Execute(plan, programs, traits, seed: 1, CancellationToken.None));
    }

    [RootFact]
    public async Task TheDemoInNamespacesIsTheDemoOnTheModel()
    {
        Plan plan = Demo();
        Agree(plan, await LiveLab.RunAsync(new NetnsBackend(), plan));
    }

    private void Agree(Plan plan, BackendRun run)
    {
        BackendTraits model = new() { Name = "model", Live = false, TableChangesPerHop = true, EnforcesLinks = true };
        BackendRun reference = SimulatedRun.Execute(plan, new ModelDataPlane(plan.Topology.Droplets.Length), model, seed: 1, CancellationToken.None);
        Comparison comparison = RunComparer.Compare(plan, reference, run);
        output.WriteLine($"{comparison.Journeys} journeys, {comparison.Hops} hops, {comparison.Frames} frames, {comparison.TableRows} rows");
        output.WriteLine(DifferenceText.Format(comparison));
        ImmutableArray<ExpectationResult> results = Judge.Evaluate(plan, run, JourneyBuilder.Build(plan, run));
        output.WriteLine(string.Join("\n", results.Select(result => $"{(result.Held ? "held" : "NOT")} {result.Expectation.Kind}: {result.Message}")));
        Assert.Empty(comparison.Differences);
        Assert.All(results, result => Assert.True(result.Held, result.Message));
        Assert.True(comparison.Journeys > 30);
        Assert.True(comparison.Frames > 0);
    }

    private static Plan Demo() =>
        Plan.Create(ScenarioLoader.Load("demo.yaml", File.ReadAllText(Path.Combine(Repository.Root, "scenarios", "library", "demo.yaml"))));
}
