using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>
/// A fabric in partitions with its simulation and frames, and what any run on it is told by, whatever its droplets do: where frames are, what links carried, what was measured and traced.
/// </summary>
internal sealed class PartitionedFabric
{
    private readonly FabricPlan plan;
    private readonly FramePool pool;
    private SwitchedFabric? switched;

    /// <param name="partitions">At most; there are no more than the fabric has units.</param>
    public PartitionedFabric(FabricPlan plan, int partitions, FramePool pool)
    {
        this.plan = plan;
        this.pool = pool;
        int count = Math.Min(partitions, plan.Map.Units);
        Simulation = new Simulation(count, SwitchedFabric.LookaheadOf(plan));
        Shards = [.. Enumerable.Range(0, count).Select(p => new Shard(Simulation, p, new FrameStore(pool)))];
    }

    public Simulation Simulation { get; }

    public Shard[] Shards { get; }

    /// <summary>After <see cref="Connect"/>.</summary>
    public SwitchedFabric Switched => switched!;

    /// <summary>What the droplets of each partition share; none on a bare fabric.</summary>
    public DropletContext[] Contexts { get; set; } = [];

    /// <summary>In metered runs.</summary>
    public QueueMeters? Queues { get; set; }

    public long Hops => Switched.Links.Sum(link => link.Frames);

    /// <summary>By the fabric.</summary>
    public long Lost => Shards.Sum(shard => shard.Losses.Total);

    /// <summary>By programs.</summary>
    public long Ended => Contexts.Sum(context => context.Ends.Total);

    public long InFlight => pool.Capacity - pool.SpareCount - Shards.Sum(shard => shard.Frames.FreeCount);

    public IReadOnlyList<TierTraffic> Tiers => TierCounts.Of(Switched.Map, Switched.Links);

    /// <summary>Makes droplets, switches and links.</summary>
    public void Connect(Func<DropletId, Shard, IFabricHost> makeHost) =>
        switched = new SwitchedFabric(plan, unit => Shards[(int)((long)unit * Shards.Length / plan.Map.Units)], makeHost);

    /// <summary>Every link's traffic.</summary>
    public void AddLinksTo(ref StableHash hash)
    {
        foreach (FabricPort link in Switched.Links)
        {
            hash.Add(link.Frames);
            hash.Add(link.Bytes);
            hash.Add(link.Waited.Picoseconds);
        }
    }

    /// <param name="meters">What the run was asked for.</param>
    /// <param name="caches">Of the data plane; null: there is none.</param>
    /// <exception cref="InvalidOperationException">It was not asked to be metered.</exception>
    public RunMeasures TakeMeasures(MeterSettings? meters, ICountsCaches? caches)
    {
        MeterSettings settings = meters ?? throw new InvalidOperationException("the run was not asked to be metered");
        FabricPlaceNames names = new(plan.Map.Shape, Switched.Links, NameOf, endpoint => $"endpoint-{endpoint}");
        return new Measuring(settings, names, (plan.Map.Droplets, NameOf))
        {
            Roles = [.. Contexts.Select(context => context.Roles).OfType<RoleMeter>()],
            Queues = Queues,
            Losses = [.. Shards.Select(shard => shard.Losses)],
            Ends = [.. Contexts.Select(context => context.Ends)],
            Caches = caches,
        }.Take(Simulation.Now);
    }

    /// <param name="sample">What the run was asked for.</param>
    /// <exception cref="InvalidOperationException">It was not asked to trace.</exception>
    public SampledTrace TakeTrace(Sampling? sample) =>
        new(sample ?? throw new InvalidOperationException("the run was not asked to trace a sample"), [.. Contexts.Select(context => context.Trace!)], NameOf);

    private static string NameOf(int droplet) => $"droplet-{droplet}";
}
