using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Observation;

/// <summary>What was measured of one run: load, queues, losses and caches, by place. What a backend does not measure is named with its reason.</summary>
/// <param name="End">Of the run, or of the last interval in which anything happened; the last interval ends here.</param>
/// <param name="Interval">The width of every interval of every series below; the first begins at zero.</param>
public sealed record RunMeasures(SimTime End, SimTime Interval)
{
    /// <summary>By droplet and role, in this order; default: not measured.</summary>
    public ImmutableArray<RoleLoad> Roles { get; init; }

    /// <summary>Of ports and cores where a frame ever waited; default: not measured.</summary>
    public ImmutableArray<QueueLength> Queues { get; init; }

    /// <summary>Everything that ended elsewhere than at an endpoint, by place and cause.</summary>
    public ImmutableArray<PlaceLoss> Losses { get; init; }

    /// <summary>Of droplets and caches of which there is anything to say; default: not measured.</summary>
    public ImmutableArray<CacheUse> Caches { get; init; }

    /// <summary>What this backend does not measure, and why.</summary>
    public ImmutableArray<string> Absent { get; init; } = [];

    /// <summary>How many intervals there are.</summary>
    public int Intervals => QueueSeries.CountOf(Interval, End);

    /// <summary>How long an interval is: <see cref="Interval"/>, the last less.</summary>
    public SimTime LengthOf(int interval) => interval == Intervals - 1 ? End - new SimTime(interval * Interval.Picoseconds) : Interval;
}

/// <summary>What a droplet carried in a role.</summary>
/// <param name="Droplet">Its name.</param>
/// <param name="Role">What it was to the frames.</param>
/// <param name="Frames">All.</param>
/// <param name="Bytes">Theirs, as they came over the wire; of frames that an agent had, as they left it.</param>
/// <param name="WireFrames">Those that came over the wire: all but an agent's own and what it hands to a bouncer on its own droplet.</param>
/// <param name="WireBytes">Theirs.</param>
public sealed record RoleLoad(string Droplet, RunRole Role, long Frames, long Bytes, long WireFrames, long WireBytes)
{
    /// <summary>All frames over time; of bouncers and dividers.</summary>
    public ImmutableArray<long> FramesOverTime { get; init; } = [];

    /// <inheritdoc cref="FramesOverTime"/>
    public ImmutableArray<long> BytesOverTime { get; init; } = [];
}

/// <summary>The length of one queue over time: frames that wait, without the one being sent or served.</summary>
/// <param name="Place">Which: <c>leaf-3 -> spine-0</c>, <c>left core 1</c>.</param>
/// <param name="Most">That waited at one time, by interval.</param>
/// <param name="Mean">Over the interval.</param>
/// <param name="Waited">All waits together: the integral of the length.</param>
public sealed record QueueLength(string Place, ImmutableArray<int> Most, ImmutableArray<double> Mean, SimTime Waited)
{
    public int Longest => Most.IsEmpty ? 0 : Most.Max();
}

/// <summary>Frames that ended at one place for one cause.</summary>
/// <param name="Place">A link, core, switch, droplet or endpoint.</param>
/// <param name="By">Who ended them: <c>fabric</c>, or <c>agent DROP</c>, <c>transit PASS</c> and the like.</param>
/// <param name="Cause">The fabric's cause or the program's reason, in words: <c>queue_full</c>, <c>unknown_endpoint</c>.</param>
public sealed record PlaceLoss(string Place, string By, string Cause, long Frames)
{
    public const string ByFabric = "fabric";

    public static string ByProgram(ProgramId program, Verdict verdict) => $"{program.ToString().ToLowerInvariant()} {verdict.ToString().ToUpperInvariant()}";
}

/// <summary>What a cache on a droplet did; null where the backend cannot know it (<see cref="RunMeasures.Absent"/>).</summary>
/// <param name="Droplet">Its name.</param>
/// <param name="Cache">Name of the table.</param>
/// <param name="Hits">Frames that found a row they could use.</param>
/// <param name="Misses">Frames that found none.</param>
/// <param name="Insertions">Rows learned under a key that had none.</param>
/// <param name="Evictions">Rows that left for another.</param>
/// <param name="Removals">Rows that programs took away.</param>
/// <param name="Rows">Held at the end.</param>
public sealed record CacheUse(string Droplet, string Cache, long? Hits, long? Misses, long? Insertions, long? Evictions, long? Removals, int Rows)
{
    /// <summary>Hits of all that asked; null when nobody did or nobody knows.</summary>
    public double? HitRatio => Hits + Misses is > 0 and { } asked ? (double)Hits!.Value / asked : null;
}
