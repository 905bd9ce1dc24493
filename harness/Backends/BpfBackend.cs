using MizarLab.Fabric;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Harness.Backends;

/// <summary>
/// The compiled XDP programs, one BPF_PROG_TEST_RUN a hop, on the same simulated fabric as the model: where the two differ, the model or a
/// program is wrong.
/// </summary>
public sealed class BpfBackend : IBackend
{
    public BackendTraits Traits { get; } = SimulatedTraits.Of("bpf");

    public Availability Probe() => BpfObjects.Probe();

    public async Task<BackendRun> RunAsync(Plan plan, RunContext context, CancellationToken cancel)
    {
        BpfOptions options = new()
        {
            Settings = context.Settings,
            LogFolder = context.Folder,
            Functions = await FunctionCompiler.CompileAsync(plan.Scenario, context.Folder, cancel).ConfigureAwait(false),
        };
        return await Task.Run(() => Run(plan, context, options, cancel), cancel).ConfigureAwait(false);
    }

    private BackendRun Run(Plan plan, RunContext context, BpfOptions options, CancellationToken cancel)
    {
        using BpfDataPlane programs = new(plan.Topology.Droplets.Length, context.RunId, options);
        programs.Load();
        // The whole simulation runs on the data plane's own thread: a hop then costs no switch of threads.
        return programs.Execute(() => SimulatedTraits.Execute(plan, programs, Traits, context, cancel));
    }
}
