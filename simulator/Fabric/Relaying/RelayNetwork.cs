using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Workload.Traffic;

namespace MizarLab.Fabric;

/// <summary>A droplet under the relay workload.</summary>
internal interface IRelayHost
{
    ref readonly RelayCounts Counts { get; }

    void Start();
}

/// <summary>How far a relay run has come: all that its conservation, speed and fingerprint are told by.</summary>
/// <param name="Sent">Packets that sources sent.</param>
/// <param name="Arrived">Packets that came to their destinations.</param>
/// <param name="Lost">Packets the fabric lost.</param>
/// <param name="Ended">Packets that programs ended elsewhere than at their destination.</param>
/// <param name="InFlight">Packets on their way.</param>
/// <param name="Hops">Link traversals: frames that links took.</param>
/// <param name="Latency">Of all arrived together.</param>
public readonly record struct RelayTotals(long Sent, long Arrived, long Lost, long Ended, long InFlight, long Hops, long Events, SimTime Latency)
{
    /// <summary>Every packet is at one place.</summary>
    public bool IsConserved => Sent == Arrived + Lost + Ended + InFlight;

    public double MeanLatencyNanoseconds => Arrived == 0 ? 0 : Latency.Picoseconds / 1000.0 / Arrived;

    public RelayTotals Since(RelayTotals before) => new(
        Sent - before.Sent, Arrived - before.Arrived, Lost - before.Lost, Ended - before.Ended, InFlight, Hops - before.Hops, Events - before.Events, Latency - before.Latency);
}

/// <summary>
/// A fabric of droplets under the relay workload, in as many partitions as wanted. The same plan and workload give the same run, whatever the partitions and
/// threads.
/// </summary>
public sealed class RelayNetwork
{
    private readonly RelaySetup setup;
    private readonly PartitionedFabric fabric;
    private readonly IRelayHost[] hosts;
    private readonly FabricAudit? audit;
    private FlowClassMeasures[] measures = [];
    private ModelDataPlane? model;

    private RelayNetwork(RelaySetup setup, int frameBytes, FramePool pool, Func<DropletId, Shard, (IFabricHost Node, IRelayHost Counts)> makeHost)
    {
        if (setup.Sample is not null && !pool.WithBytes)
        {
            throw new ArgumentException("bare frames are a waybill without bytes; only runs on the data plane can be traced", nameof(setup));
        }
        this.setup = setup;
        FrameBytes = frameBytes;
        fabric = new PartitionedFabric(setup.ToPlan(), setup.Partitions, pool);
        hosts = new IRelayHost[setup.Droplets];
        fabric.Connect((droplet, shard) =>
        {
            (IFabricHost node, hosts[droplet.Index]) = makeHost(droplet, shard);
            return node;
        });
        audit = setup.Audited ? new FabricAudit(fabric.Switched) : null;
        fabric.Queues = setup.Meters is { } meters ? new QueueMeters(fabric.Switched.Links, [], meters) : null;
        foreach (IRelayHost host in hosts)
        {
            host.Start();
        }
    }

    /// <summary>Frames are a waybill, and droplets turn them.</summary>
    public static RelayNetwork Bare(RelaySetup setup)
    {
        RelayWorkload workload = new(setup.Droplets, setup.Seed);
        FabricMap map = setup.ToPlan().Map;
        RelayNetwork made = new(setup, RelayDroplet.FrameBytes, new FramePool(withBytes: false), (droplet, shard) =>
        {
            RelayDroplet node = new(droplet, shard, map, workload);
            return (node, node);
        });
        // What bare relaying touches of fewer droplets stays in the second cache, and asking costs more than it saves.
        foreach (Shard shard in setup.Foresight && setup.Droplets > 2_000 ? made.fabric.Shards : [])
        {
            shard.Foresee(null);
        }
        return made;
    }

    /// <summary>Frames go agent, bouncer's transit, host's transit of the model data plane; relays are the bouncers of the senders' networks.</summary>
    /// <param name="setup">The fabric.</param>
    /// <param name="plan">Of as many droplets.</param>
    /// <param name="model">With the plan's rows.</param>
    /// <param name="bothWays">Every flow has one in the other direction, so that hosts learn the direct path.</param>
    public static RelayNetwork OnDataPlane(RelaySetup setup, GeneratedPlan plan, ModelDataPlane model, bool bothWays)
    {
        RelayWorkload workload = new(setup.Droplets, setup.Seed);
        RelayOverlay overlay = new(plan, bothWays);
        Addressing addressing = new(setup.ToPlan().Map, plan.Topology.Roles.Droplets);
        RelaySource?[] sources = new RelaySource?[setup.Droplets];
        RelaySinks sinks = new(sources);
        SortedDictionary<int, DropletContext> contexts = [];
        TraceBudget budget = new(setup.SampleBytes, SwitchedFabric.LookaheadOf(setup.ToPlan()));
        RelayNetwork made = new(setup, plan.Settings.Dialect == Dialect.Lab ? Wire.Overhead + RelayOverlay.SentBytes : 0, new FramePool(), (droplet, shard) =>
        {
            if (!contexts.TryGetValue(shard.Partition, out DropletContext? context))
            {
                context = new(shard, model.ForPartition(), sinks, addressing, Calibration.None, NicSpec.None, plan.Topology.Shape.Underlay.MtuBytes)
                {
                    Measures = setup.Measured ? new FlowClassMeasures() : null,
                    Trace = setup.Sample is { } sample ? new PacketTrace(sample, budget) : null,
                    Roles = setup.Meters is { } meters ? new RoleMeter(setup.Droplets, meters) : null,
                };
                contexts.Add(shard.Partition, context);
            }
            DropletNode node = new(context, droplet);
            return (node, sources[droplet.Index] = new RelaySource(overlay, shard, node, workload.PhaseOf(droplet.Index)));
        });
        made.fabric.Contexts = [.. contexts.Values];
        made.model = model;
        model.CountsCaches = setup.Meters is not null;
        made.measures = [.. contexts.Values.Select(context => context.Measures).OfType<FlowClassMeasures>()];
        foreach (DropletContext context in setup.Foresight ? made.fabric.Contexts : [])
        {
            context.Shard.Foresee(context.Model);
        }
        return made;
    }

    /// <summary>A workload on the bare fabric: droplet n plays source n, and packets go straight to their destinations.</summary>
    /// <param name="traffic">Of as many endpoints as the setup has droplets.</param>
    public static RelayNetwork OfTraffic(RelaySetup setup, ITraffic traffic)
    {
        FabricMap map = setup.ToPlan().Map;
        SortedDictionary<int, FlowClassMeasures> measures = [];
        RelayNetwork made = new(setup, frameBytes: 0, new FramePool(withBytes: false), (droplet, shard) =>
        {
            if (!measures.TryGetValue(shard.Partition, out FlowClassMeasures? own))
            {
                measures.Add(shard.Partition, own = new FlowClassMeasures());
            }
            TrafficDroplet host = new(droplet, shard, map, traffic.StreamOf(droplet.Index, setup.Seed), own);
            return (host, host);
        });
        made.measures = [.. measures.Values];
        return made;
    }

    public SimTime Now => fabric.Simulation.Now;

    /// <summary>Latency and hops of what arrived, by class, of a run of a workload.</summary>
    public FlowClassMeasures Measures
    {
        get
        {
            FlowClassMeasures sum = new();
            foreach (FlowClassMeasures part in measures)
            {
                sum.Merge(part);
            }
            return sum;
        }
    }

    /// <summary>What a metered run has measured so far: queues on every fabric, load by role and caches where there is a data plane.</summary>
    /// <exception cref="InvalidOperationException">It is not metered.</exception>
    public RunMeasures TakeMeasures() => fabric.TakeMeasures(setup.Meters, model);

    /// <summary>What a traced run has seen so far of the packets in its sample.</summary>
    /// <exception cref="InvalidOperationException">It is not traced.</exception>
    public SampledTrace TakeTrace() => fabric.TakeTrace(setup.Sample);

    /// <summary>Of every packet's frame, between droplets.</summary>
    public int FrameBytes { get; }

    public RelayTotals Totals
    {
        get
        {
            RelayTotals sum = default;
            foreach (IRelayHost host in hosts)
            {
                ref readonly RelayCounts counts = ref host.Counts;
                sum = sum with { Sent = sum.Sent + counts.Sent, Arrived = sum.Arrived + counts.Arrived, Latency = sum.Latency + counts.Latency };
            }
            return sum with
            {
                Ended = fabric.Ended,
                Lost = fabric.Lost,
                InFlight = fabric.InFlight,
                Hops = fabric.Hops,
                Events = fabric.Simulation.Executed,
            };
        }
    }

    /// <summary>What links carried so far.</summary>
    public IReadOnlyList<TierTraffic> Tiers => fabric.Tiers;

    /// <summary>Every droplet's arrivals in their order, and every link's traffic.</summary>
    public UInt128 Fingerprint
    {
        get
        {
            StableHash hash = default;
            foreach (IRelayHost host in hosts)
            {
                hash.Add(host.Counts.Digest.Value);
                hash.Add(host.Counts.Sent);
            }
            fabric.AddLinksTo(ref hash);
            return hash.Finish();
        }
    }

    /// <summary>Asks an audited run for the identities that hold on every path.</summary>
    /// <exception cref="IdentityException">One does not hold.</exception>
    public void CloseAudit()
    {
        audit?.Close(Now);
        RelayTotals totals = Totals;
        if (!totals.IsConserved)
        {
            throw new IdentityException($"packets are not conserved: {totals}");
        }
    }

    /// <summary>Runs on for so long.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void RunFor(SimTime span, int threads, CancellationToken cancel) =>
        fabric.Simulation.Run(Now + span, long.MaxValue, cancel, threads);
}
