using BenchmarkDotNet.Attributes;
using MizarLab.Benchmarks.DataPlane;
using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Scenarios;
using MizarLab.Tests;

namespace MizarLab.Benchmarks.Runs;

/// <summary>scenarios/library/demo.yaml, planned; a run is new tables, the timeline, stacks and links, to the last frame. Figures are by hop.</summary>
internal sealed class Demo
{
    /// <summary>Program runs of one run of the demo. Figures are divided by it, so it is checked.</summary>
    public const int Hops = 152;

    private static readonly BackendTraits Traits = new() { Name = "benchmark", Live = false, TableChangesPerHop = true, EnforcesLinks = true };

    public Demo()
    {
        string file = Path.Combine(Repository.Root, "scenarios", "library", "demo.yaml");
        Plan = Plan.Create(ScenarioLoader.Load(file, File.ReadAllText(file)));
    }

    public Plan Plan { get; }

    public int Droplets => Plan.Topology.Droplets.Length;

    public BackendRun Run(IDataPlane dataPlane, bool record)
    {
        FabricOptions options = new(Seed: 1, Calibration.None, record);
        return SimulatedRun.Execute(Plan, dataPlane, Traits, options, SimulatedRun.DefaultEventLimit, CancellationToken.None);
    }

    /// <summary>Every step ended as it should, every expectation holds, and the hops are as many as the figures are divided by.</summary>
    public void Check(IDataPlane dataPlane)
    {
        BackendRun run = Run(dataPlane, record: true);
        foreach (ExpectationResult result in Judge.Evaluate(Plan, run, JourneyBuilder.Build(Plan, run)))
        {
            WrongPathException.ThrowUnless(result.Held, $"demo: {result.Message}");
        }
        int hops = run.Sightings.Count(sighting => sighting.Kind == SightingKind.Program);
        WrongPathException.ThrowUnless(hops == Hops, $"the demo has {hops} hops now, and figures are divided by {Hops}");
    }
}

/// <summary>The demo on the model.</summary>
[BenchmarkCategory(Categories.Run, Categories.Model)]
public class ModelDemoRun
{
    private readonly Demo demo = new();

    [GlobalSetup]
    public void Setup() => demo.Check(new ModelDataPlane(demo.Droplets));

    /// <summary>With a record of every sighting, as a user runs it.</summary>
    [Benchmark(OperationsPerInvoke = Demo.Hops)]
    public int Recorded() => demo.Run(new ModelDataPlane(demo.Droplets), record: true).Sightings.Length;

    /// <summary>Without.</summary>
    [Benchmark(OperationsPerInvoke = Demo.Hops)]
    public int Unrecorded() => demo.Run(new ModelDataPlane(demo.Droplets), record: false).Outcomes.Length;
}

/// <summary>The demo on the compiled programs; tables are emptied before each run, which is part of it.</summary>
[BenchmarkCategory(Categories.Run, Categories.Bpf)]
public class BpfDemoRun
{
    private readonly Demo demo = new();
    private BpfDataPlane bpf = null!;
    private Func<int> run = null!;

    [GlobalSetup]
    public void Setup()
    {
        bpf = new BpfDataPlane(demo.Droplets, "be9c0003");
        bpf.Execute(() => demo.Check(bpf));
        run = () =>
        {
            bpf.Clear();
            return demo.Run(bpf, record: true).Sightings.Length;
        };
    }

    [GlobalCleanup]
    public void Cleanup() => bpf.Dispose();

    [Benchmark(OperationsPerInvoke = Demo.Hops)]
    public int Recorded() => bpf.Execute(run);

    /// <summary>The part of it that empties tables, all empty already.</summary>
    [Benchmark(OperationsPerInvoke = Demo.Hops)]
    public void ClearAlone() => bpf.Clear();
}
