using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

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
    private static readonly Key<SimTime> Service = Key.Has("service", Standard.Time, SimTime.Zero, "How long a program takes for a frame.");
    private static readonly Key<bool> Slowdowns = Key.Has("slowdowns", Standard.OnOff, false, "Whether every TCP flow is played again alone, which doubles the work.");

    public static readonly StudyKind Kind = new(
        new RecordShape(
            "traffic", "What becomes of a workload's packets on a generated topology, through the whole model data plane and the queues of any fabric.",
            Topology, Underlay, Workload, Background, For, WarmUp, Drain, StaticNeighbours, Ttl, DirectPaths, Service, TcpKeys.Section, Slowdowns),
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
        PlayedTraffic? workload = WorkloadKeys.Of(fields.Get(Workload), topology.Shape, context.Diagnostics);
        PlayedTraffic? background = fields.Given(Background) ? WorkloadKeys.Of(fields.Get(Background), topology.Shape, context.Diagnostics) : null;
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
            Tcp = TcpKeys.Of(fields),
            Calibration = fields.Get(Service) == SimTime.Zero ? Calibration.None : CalibrationOf(fields.Get(Service)),
        };
        TableSizes sizes = TableSizes.Of(context.Settings.Dialect);
        return new TrafficStudy(new GeneratedPlan(topology, context.Settings), setup, fields.Get(Drain))
        {
            Sizes = fields.Given(DirectPaths) ? sizes with { DirectPath = fields.Get(DirectPaths) } : sizes,
            Slowdowns = fields.Get(Slowdowns),
        };
    }

    private static Calibration CalibrationOf(SimTime time) => Calibration.Zero.WithAll(ProgramId.Agent, time).WithAll(ProgramId.Transit, time);
}
