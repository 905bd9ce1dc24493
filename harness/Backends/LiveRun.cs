using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Functions;
using MizarLab.Harness.Leftovers;
using MizarLab.Harness.Namespaces;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends;

/// <summary>
/// One scenario in the real kernel: builds its network, loads and attaches the programs, plays the timeline, and takes everything away again, whatever
/// happens. What its caller gets is what taps and programs saw.
/// </summary>
internal sealed class LiveRun : IAsyncDisposable
{
    /// <summary>How long nothing must have been seen before a run is taken to be over, and how long to wait for that.</summary>
    private const int QuietMilliseconds = 50;
    private const int QuietLimitMilliseconds = 5_000;

    private readonly Plan plan;
    private LiveNetwork? network;
    private LivePrograms? programs;
    private LiveTaps? taps;
    private LiveTrace? trace;
    private readonly LiveFunctions functions;

    private LiveRun(Plan plan)
    {
        this.plan = plan;
        functions = new LiveFunctions(plan.Topology);
    }

    /// <exception cref="HarnessException">The machine refused something.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; everything made is gone.</exception>
    public static async Task<BackendRun> ExecuteAsync(
        Plan plan, RunContext context, BackendTraits traits, IDropletSites sites, CancellationToken cancel)
    {
        DedicatedThreads.WidenPool();
        await LeftoverSweep.RunAsync(cancel).ConfigureAwait(false);
        IDisposable entry = RunRegistry.Enter(context.RunId);
        LiveRun run = new(plan);
        try
        {
            return await run.ExecuteAsync(context, traits, sites, cancel).ConfigureAwait(false);
        }
        finally
        {
            // Its entry goes last: had something refused to go, the next sweep after this process's end would still know whose it was.
            await run.DisposeAsync().ConfigureAwait(false);
            entry.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        functions.Dispose();
        trace?.Dispose();
        taps?.Dispose();
        programs?.Dispose();
        if (network is not null)
        {
            await network.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<BackendRun> ExecuteAsync(RunContext context, BackendTraits traits, IDropletSites sites, CancellationToken cancel)
    {
        await PrepareAsync(context, sites, cancel).ConfigureAwait(false);
        KernelClock clock = KernelClock.Begin();
        trace = new LiveTrace(programs!, clock);
        LiveTimeline timeline = new(plan, network!, programs!, taps!, functions, clock);
        ImmutableArray<StepOutcome> outcomes = await timeline.PlayAsync(cancel).ConfigureAwait(false);
        await WaitUntilQuietAsync(network!, taps!, trace, cancel).ConfigureAwait(false);
        ImmutableArray<TableDump> tables = TableDumper.Dump(plan.Topology, programs!);
        (IEnumerable<Sighting> handed, long unhanded) = functions.Finish(clock);
        (IEnumerable<Sighting> seen, long unseen) = taps!.Finish(clock);
        (IEnumerable<Sighting> told, long untold) = trace.Finish();
        clock.RequireSteady();
        return new BackendRun
        {
            Traits = traits,
            Dialect = context.Settings.Dialect,
            Sightings = [.. seen.Concat(told).Concat(handed).OrderBy(s => s.Time)],
            Outcomes = outcomes,
            Tables = tables,
            Missed = unseen + untold + unhanded,
        };
    }

    /// <summary>Everything up to the timeline: wiring, then taps, then programs (no program runs unseen), then the rows they begin with.</summary>
    private async Task PrepareAsync(RunContext context, IDropletSites sites, CancellationToken cancel)
    {
        int droplets = plan.Topology.Droplets.Length;
        BpfOptions options = new()
        {
            Settings = context.Settings,
            Recording = Recording.Frames,
            LogFolder = context.Folder,
            Functions = await FunctionCompiler.CompileAsync(plan.Scenario, context.Folder, cancel).ConfigureAwait(false),
        };
        Task<LivePrograms> loading = DedicatedThreads.Start(() => LivePrograms.Load(droplets, options));
        try
        {
            network = await LiveNetwork.BuildAsync(plan.Topology, context.RunId, sites, cancel).ConfigureAwait(false);
        }
        finally
        {
            // Also when building failed: what is loaded must be disposed of.
            programs = await loading.ConfigureAwait(false);
        }
        await network.AttachAsync(InitialPlaces(), cancel).ConfigureAwait(false);
        taps = new LiveTaps(network, context.RunId);
        taps.OpenUnderlay(droplets);
        programs!.AttachTo(network);
        if (!plan.Topology.Services.IsEmpty || plan.Scenario.Timeline.Any(s => s is LoadStageStep) || plan.Topology.Droplets.Any(d => !d.Stages.IsDefault))
        {
            programs.AttachPorts(network);
        }
        for (int i = 0; i < droplets; i++)
        {
            if (plan.Topology.Droplets[i].Bandwidth is not null)
            {
                programs.AttachLimiter(new DropletId(i));
            }
        }
        foreach ((EndpointId endpoint, _, _) in InitialPlaces())
        {
            taps.Open(network[endpoint]!);
            functions.Attach(network[endpoint]!);
            programs.Attach(network[endpoint]!);
        }
        for (int i = 0; i < droplets; i++)
        {
            DropletId droplet = new(i);
            programs.Write(droplet, writer => plan.WriteInitial(droplet, writer));
        }
    }

    private List<(EndpointId Endpoint, DropletId Droplet, PortId Port)> InitialPlaces()
    {
        List<(EndpointId, DropletId, PortId)> places = [];
        for (int i = 0; i < plan.Topology.Endpoints.Length; i++)
        {
            EndpointId id = new(i);
            if (plan.Topology[id].Initially)
            {
                places.Add((id, plan.Topology[id].Droplet, plan.PortOf(id, plan.Topology[id].Droplet)));
            }
        }
        return places;
    }

    /// <summary>A simulated run ends when nothing is on its way and no timer is armed; this comes as near to it as a kernel tells.</summary>
    private static async Task WaitUntilQuietAsync(LiveNetwork network, LiveTaps taps, LiveTrace trace, CancellationToken cancel)
    {
        long end = Environment.TickCount64 + QuietLimitMilliseconds;
        bool IsQuiet() => Math.Min(taps.QuietMilliseconds, trace.QuietMilliseconds) >= QuietMilliseconds;
        while (Environment.TickCount64 < end && (!IsQuiet() || await network.IsAskingAsync(cancel).ConfigureAwait(false)))
        {
            await Task.Delay(5, cancel).ConfigureAwait(false);
        }
    }
}
