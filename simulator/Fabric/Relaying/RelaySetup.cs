using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>The fabric a relay run is on.</summary>
/// <param name="Shape">Star or any other.</param>
/// <param name="Droplets">How many.</param>
/// <param name="Partitions">At most so many; what happens does not depend on them.</param>
/// <param name="Seed">Of the workload and the choices among equal ports.</param>
public sealed record RelaySetup(FabricShape Shape, int Droplets, int Partitions = 1, ulong Seed = 1)
{
    /// <summary>Of every link; queues without limit.</summary>
    public LinkSpec Link { get; init; } = new(SimTime.FromMicroseconds(1), new DataRate(100_000_000_000), LinkSpec.NoLimit);

    /// <summary>Memory is asked for ahead where that pays.</summary>
    public bool Foresight { get; init; } = true;

    /// <summary>Every link is held to the identities of spec 12 §6.1 (<see cref="RelayNetwork.CloseAudit"/>); slower.</summary>
    public bool Audited { get; init; }

    /// <summary>Runs on the data plane keep latency and hops by class too (<see cref="RelayNetwork.Measures"/>).</summary>
    public bool Measured { get; init; }

    /// <summary>Load by role, queues and caches over time are kept in these intervals (<see cref="RelayNetwork.TakeMeasures"/>); null: they are not.</summary>
    public MeterSettings? Meters { get; init; }

    /// <summary>Packets of runs on the data plane that are traced (<see cref="RelayNetwork.TakeTrace"/>); null: none. Bare frames have no bytes to show.</summary>
    public Sampling? Sample { get; init; }

    /// <summary>Bytes that the trace may hold: frames, and 64 of each sighting. It ends where it is full, and says so (<see cref="SampledTrace.Shortfall"/>).</summary>
    public long SampleBytes { get; init; } = SampledTrace.StandardBytes;

    internal FabricPlan ToPlan() => new(new FabricMap(Shape, Droplets), _ => Link, Link, Seed) { Watched = Audited };
}
