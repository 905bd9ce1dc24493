using MizarLab.Fabric;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Harness.Backends;

/// <summary>
/// The compiled XDP programs, one BPF_PROG_TEST_RUN a hop, on the same simulated fabric as the model: where the two differ, the model or a
/// program is wrong.
/// </summary>
/// <param name="keeps">Whether programs stay loaded for the next scenario with the same options, until this is disposed of.</param>
public sealed class BpfBackend(bool keeps = false) : IBackend, IDisposable
{
    private readonly KeptPrograms? kept = keeps ? new() : null;

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

    public void Dispose() => kept?.Dispose();

    private BackendRun Run(Plan plan, RunContext context, BpfOptions options, CancellationToken cancel)
    {
        int droplets = plan.Topology.Droplets.Length;
        if (kept is null)
        {
            using BpfDataPlane own = new(droplets, context.RunId, options);
            own.Load();
            return Run(plan, context, own, cancel);
        }
        BpfDataPlane programs = kept.Take(droplets, context.RunId, options);
        bool ended = false;
        try
        {
            BackendRun run = Run(plan, context, programs, cancel);
            ended = true;
            return run;
        }
        finally
        {
            if (ended)
            {
                kept.GiveBack(options, programs);
            }
            else
            {
                programs.Dispose();
            }
        }
    }

    /// <summary>The whole simulation runs on the data plane's own thread: a hop then costs no switch of threads.</summary>
    private BackendRun Run(Plan plan, RunContext context, BpfDataPlane programs, CancellationToken cancel) =>
        programs.Execute(() => SimulatedTraits.Execute(plan, programs, Traits, context, cancel));
}
