using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Traffic;

namespace MizarLab.Scenarios.Language;

/// <summary><c>traffic: { topology: {droplets: 100, endpoints: 1_000}, workload: { open_loop: { rate: 100Mbit, sizes: 10kB } }, for: 1ms }</c>.</summary>
internal static class TrafficKeys
{
    /// <summary>Partitions of a run: what it gives does not depend on them, so they are few enough for any fabric and enough for any machine's cores.</summary>
    private const int Partitions = 8;

    /// <summary>Of upstream a devmap has 128 slots, and the NIC is one.</summary>
    private const int UpstreamsPorts = 127;

    private static readonly Key<Fields> Topology = Key.Needs("topology", GeneratedKeys.Shape, "Droplets, endpoints, networks and roles, by rule.");
    private static readonly Key<Fields> Underlay = Key.May("underlay", TopologyKeys.Underlay, "Links and switches; without it, its defaults.");
    private static readonly Key<Variant<WorkloadForm>> Workload = Key.Needs("workload", WorkloadKeys.Shape, "Who sends how much to whom.");
    private static readonly Key<Variant<WorkloadForm>> Background = Key.May("background", WorkloadKeys.Shape, "A second workload beside it.");
    private static readonly Key<SimTime> For = Key.Needs("for", Standard.PositiveTime, "How long endpoints begin to send.");
    private static readonly Key<SimTime> WarmUp = Key.Has("warm_up", Standard.Time, SimTime.Zero, "What is sent in this time from the beginning is not measured.");
    private static readonly Key<SimTime> Drain = Key.Has("drain", Standard.Time, SimTime.FromMilliseconds(5), "How long the run goes on afterwards.");
    private static readonly Key<bool> StaticNeighbours = Key.Has("static_neighbours", Standard.OnOff, false, "Whether endpoints know all MACs from the beginning. Otherwise they ask by ARP, whose answers teach direct paths (spec §3.8).");
    private static readonly Key<int> Ttl = Key.Has("ttl", new IntegerShape("a TTL", 1, 255), 64, "Of the datagrams as their endpoints send them.");
    private static readonly Key<int> DirectPaths = Key.May("direct_paths", new IntegerShape("a number of entries", 1, 1_000_000), "Entries of a droplet's direct-path cache; without it the dialect's.");
    private static readonly Key<bool> Preprogrammed = Key.Has("preprogrammed", Standard.OnOff, false, "A full mesh: every droplet holds a direct-path row for each endpoint elsewhere from the beginning.");
    private static readonly Key<SimTime> Service = Key.Has("service", Standard.Time, SimTime.Zero, "How long a program takes for a frame.");
    private static readonly Key<bool> Slowdowns = Key.Has("slowdowns", Standard.OnOff, false, "Whether every TCP flow is played again alone, which doubles the work.");

    private static readonly Key<int> FailedDroplet = Key.May("droplet", Standard.CountOrNone, "A droplet's number: its NIC goes silent.");
    private static readonly Key<string> FailedSwitch = Key.May("switch", new TextShape(32), "A switch: leaf-0, spine-1; edge-0, aggregation-1, core-2.");
    private static readonly Key<SimTime> FailedAt = Key.Needs("at", Standard.Time, "When.");
    private static readonly Key<SimTime> BackAt = Key.May("until", Standard.Time, "When it is back; without it, it is not.");
    private static readonly RecordShape Failure = new("failure", "A droplet or a switch that fails.", FailedDroplet, FailedSwitch, FailedAt, BackAt) { OneOf = [FailedDroplet, FailedSwitch] };
    private static readonly Key<ImmutableArray<Placed<Fields>>> Failures = Key.Has("failures", new ListShape<Fields>(Failure, 1_000), [], "What fails.");
    private static readonly Key<SimTime> Detection = Key.May("detection", Standard.Time, "So long after a droplet has failed or come back the management plane acts. With the switch host_health everybody is told whether it is up: no direct path goes to one that is down, and lists of role holders do without it until it is back. Otherwise its roles are given to others. Without this key it is not told.");

    private static readonly Key<int> ChurnEndpoints = Key.Needs("endpoints", Standard.Count, "The last so many come and go; none of them is there at the beginning.");
    private static readonly Key<SimTime> ChurnEvery = Key.May("every", Standard.PositiveTime, "Mean time between creations; exponential.");
    private static readonly Key<SimTime> ChurnLife = Key.May("life", Standard.PositiveTime, "Mean time from creation to deletion; exponential. With every.");
    private static readonly Key<SimTime> ChurnStay = Key.May("stay", Standard.PositiveTime, "Mean time on a droplet until it moves to another; exponential. Without it nobody moves.");
    private static readonly Key<Fields> ChurnTrace = Key.May("trace", ChurnTraceKeys.Shape, "In place of every and life: as machines of a recorded trace came and went.");
    private static readonly RecordShape ChurnShape = new("endpoint_churn", "Endpoints that are created, moved and deleted at a rate, or as a trace says.", ChurnEndpoints, ChurnEvery, ChurnLife, ChurnStay, ChurnTrace) { OneOf = [ChurnEvery, ChurnTrace] };
    private static readonly Key<Fields> Churning = Key.May("churn", ChurnShape, "Endpoints that come, move and go, with what the management plane writes for it.");

    public static readonly StudyKind Kind = new(
        new RecordShape(
            "traffic", "What becomes of a workload's packets on a generated topology, through the whole model data plane and the queues of any fabric.",
            Topology, Underlay, Workload, Background, For, WarmUp, Drain, StaticNeighbours, Ttl, DirectPaths, Preprogrammed, Service, TcpKeys.Section, Slowdowns, Failures, Detection, Churning),
        Make);

    private static TrafficStudy? Make(Fields fields, StudyContext context)
    {
        Fields underlay = fields.Given(Underlay) ? fields.Get(Underlay) : new Fields(fields.Where);
        if (GeneratedKeys.Of(fields.Get(Topology), GeneratedKeys.UnderlayOf(underlay), context.Diagnostics) is not { } topology)
        {
            return null;
        }
        FabricKeys.Check(underlay, topology.Shape.Underlay.Shape, topology.DropletCount, context.Diagnostics);
        if (context.Settings.Dialect == Dialect.Mizar && topology.HostedOn(new DropletId(0)) > UpstreamsPorts)
        {
            context.Diagnostics.Report(fields.PlaceOf(Topology), $"{topology.HostedOn(new DropletId(0))} endpoints on a droplet", $"upstream has ports for {UpstreamsPorts}");
        }
        if (fields.Get(WarmUp) >= fields.Get(For))
        {
            context.Diagnostics.Report(fields.PlaceOf(WarmUp), "the warm-up is as long as the run", "make 'for' longer");
        }
        PlayedTraffic? workload = WorkloadKeys.Of(fields.Get(Workload), topology, context);
        PlayedTraffic? background = fields.Given(Background) ? WorkloadKeys.Of(fields.Get(Background), topology, context) : null;
        if (workload is null || context.Diagnostics.Any)
        {
            return null;
        }
        TrafficSetup setup = new(background is { } beside ? [workload.Value, beside] : [workload.Value], fields.Get(For))
        {
            Partitions = Partitions,
            WarmUp = fields.Get(WarmUp),
            StaticNeighbours = fields.Get(StaticNeighbours),
            Ttl = (byte)fields.Get(Ttl),
            Preprogrammed = fields.Get(Preprogrammed),
            Tcp = TcpKeys.Of(fields),
            Detection = fields.Given(Detection) ? fields.Get(Detection) : null,
            Calibration = fields.Get(Service) == SimTime.Zero ? Calibration.None : CalibrationOf(fields.Get(Service)),
        };
        Func<ulong, ImmutableArray<Step>>? happenings = HappeningsOf(fields, topology, context);
        if (context.Diagnostics.Any)
        {
            return null;
        }
        TableSizes sizes = TableSizes.Of(context.Settings.Dialect);
        return new TrafficStudy(new GeneratedPlan(topology, context.Settings), setup, fields.Get(Drain))
        {
            Sizes = fields.Given(DirectPaths) ? sizes with { DirectPath = fields.Get(DirectPaths) } : sizes,
            Slowdowns = fields.Get(Slowdowns),
            Happenings = happenings,
        };
    }

    private static Func<ulong, ImmutableArray<Step>>? HappeningsOf(Fields fields, GeneratedTopology topology, StudyContext context)
    {
        Diagnostics diagnostics = context.Diagnostics;
        ImmutableArray<Step>.Builder failures = ImmutableArray.CreateBuilder<Step>();
        foreach (Placed<Fields> failure in fields.Get(Failures).NotDefault())
        {
            Fields f = failure.Value;
            FabricSwitch at = default;
            DropletId droplet = new(f.Given(FailedDroplet) ? f.Get(FailedDroplet) : 0);
            if (f.Given(FailedSwitch) && !FabricSwitch.TryParse(f.Get(FailedSwitch), topology.Shape.Underlay.Shape, out at))
            {
                diagnostics.Report(f.PlaceOf(FailedSwitch), $"the fabric has no switch {f.Get(FailedSwitch)}");
            }
            if (droplet.Index >= topology.DropletCount)
            {
                diagnostics.Report(f.PlaceOf(FailedDroplet), $"there are droplets 0 to {topology.DropletCount - 1}");
            }
            failures.Add(f.Given(FailedSwitch)
                ? new FailSwitchStep(at) { Name = "", Where = f.Where, At = f.Get(FailedAt) }
                : new FailDropletStep(droplet) { Name = "", Where = f.Where, At = f.Get(FailedAt) });
            if (f.Given(BackAt))
            {
                failures.Add(f.Given(FailedSwitch)
                    ? new RestoreSwitchStep(at) { Name = "", Where = f.Where, At = f.Get(BackAt) }
                    : new RestoreDropletStep(droplet) { Name = "", Where = f.Where, At = f.Get(BackAt) });
            }
        }
        if (!fields.Given(Churning))
        {
            ImmutableArray<Step> only = failures.ToImmutable();
            return only.IsEmpty ? null : _ => only;
        }
        Fields churn = fields.Get(Churning);
        int pool = churn.Get(ChurnEndpoints);
        if (pool > topology.EndpointCount)
        {
            diagnostics.Report(churn.PlaceOf(ChurnEndpoints), $"there are {topology.EndpointCount} endpoints");
            return null;
        }
        SimTime end = fields.Get(For);
        Func<ulong, IEnumerable<ChurnEvent>>? law =
            churn.Given(ChurnTrace) ? ChurnTraceKeys.Stands(churn, ChurnLife, ChurnStay, diagnostics) ? ChurnTraceKeys.Of(churn.Get(ChurnTrace), topology.DropletCount, pool, end, 0, context.Inputs, diagnostics) : null
            : ChurnTraceKeys.HasLife(churn, ChurnEvery, ChurnLife, diagnostics) ? seed => LawOf(churn, topology.DropletCount, pool).Until(end, seed) : null;
        return law is null ? null : seed => [.. failures, .. ChurnSteps.Of(law(seed), topology.EndpointCount - pool, pool)];
    }

    private static Churn LawOf(Fields churn, int droplets, int pool) => new(droplets, Exponential.Spans(churn.Get(ChurnEvery)), Exponential.Spans(churn.Get(ChurnLife)))
    {
        Limit = pool,
        Stays = churn.Given(ChurnStay) ? Exponential.Spans(churn.Get(ChurnStay)) : null,
    };

    private static Calibration CalibrationOf(SimTime time) => Calibration.Zero.WithAll(ProgramId.Agent, time).WithAll(ProgramId.Transit, time);
}
