using MizarLab.Fabric;
using MizarLab.Measure;
using MizarLab.Observation;

namespace MizarLab.Harness.Bench;

/// <summary>A measured row of the simulator's bench: the fastest of its repeats.</summary>
/// <param name="Topology">star or leaf-spine.</param>
/// <param name="Droplets">How many.</param>
/// <param name="DataPlane">bare or lab.</param>
/// <param name="DirectPath">Whether flows learn the direct path; then they are not all relayed.</param>
/// <param name="FrameBytes">A frame's bytes on the wire, between droplets.</param>
/// <param name="HopsPerSecond">Link traversals a second of wall time.</param>
/// <param name="CpuSeconds">Of all threads.</param>
/// <param name="PeakMegabytes">The process's resident memory at its highest, building included.</param>
/// <param name="MeanLatencyNanoseconds">Simulated, from the source's sending to the destination.</param>
/// <param name="Hops">Link traversals in the time measured.</param>
/// <param name="Collections">Garbage collections in the time measured, all repeats.</param>
/// <param name="Fingerprint">Of the whole run.</param>
/// <param name="Wrong">Why the run is not right; null: it is.</param>
public sealed record SimulatorRow(
    string Topology,
    int Droplets,
    string DataPlane,
    bool DirectPath,
    int Threads,
    int FrameBytes,
    double HopsPerSecond,
    double EventsPerSecond,
    double CpuSeconds,
    double WallSeconds,
    double PeakMegabytes,
    double MeanLatencyNanoseconds,
    long Hops,
    int Collections,
    string Fingerprint,
    string? Wrong)
{
    /// <summary>What links carried in the whole run, which lasted <see cref="SimulatedSeconds"/>.</summary>
    public IReadOnlyList<TierTraffic> Tiers { get; init; } = [];

    public double SimulatedSeconds { get; init; }

    /// <summary>Link traversals a second of every repeat, as they came; for those who compare two runs.</summary>
    public IReadOnlyList<double> Repeats { get; init; } = [];

    /// <summary>What a look into 16 MB of memory cost around the stretch that counts, which tells what neighbours left of the processor's caches; not of the run.</summary>
    public double LookNanoseconds { get; init; }

    /// <summary>How much was traced; null: nothing.</summary>
    public TraceExtent? Trace { get; init; }
}

/// <summary>What a row's trace holds.</summary>
/// <param name="Packets">In the sample, and within the limit.</param>
/// <param name="Sightings">Of these at all places of their ways.</param>
/// <param name="LeftOut">Sightings that did not fit.</param>
/// <param name="Shortfall">The same in words; null: all did.</param>
public sealed record TraceExtent(int Packets, int Sightings, long LeftOut, string? Shortfall)
{
    public static TraceExtent Of(SampledTrace trace) => new(trace.Packets, trace.Count, trace.LeftOut, trace.Shortfall);
}

/// <summary>How much is run for a row.</summary>
/// <param name="Repeats">The fastest counts.</param>
/// <param name="Hops">About so many link traversals in each.</param>
public sealed record SimulatorEffort(int Repeats = 4, long Hops = 5_000_000)
{
    /// <summary>Load, queues and caches are measured over time too: what that costs is the ratio of two runs' rows.</summary>
    public bool Metered { get; init; }

    /// <summary>Packets that are traced on the rows with the data plane; null: none.</summary>
    public Sampling? Sample { get; init; }

    /// <summary>Bytes a row's trace may hold.</summary>
    public long SampleBytes { get; init; } = SampledTrace.StandardBytes;

    /// <summary>Takes the trace of a row; null: nobody wants it.</summary>
    public Action<string, SampledTrace>? Traced { get; init; }

    public static readonly SimulatorEffort Quick = new(Repeats: 2, Hops: 1_000_000);
}
