using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Workload.Tcp;
using MizarLab.Workload.Traffic;

namespace MizarLab.Fabric;

/// <summary>What carries a workload's bytes.</summary>
public enum Transport : byte
{
    /// <summary>A datagram a packet, sent when the law says so.</summary>
    Udp,

    /// <summary>A connection a packet of the law, which is then a flow: its bytes are all there is to send, and congestion control says when (give the law
    /// <see cref="Pacing.AtOnce"/> of the largest flow).</summary>
    Tcp,
}

/// <summary>A workload, and what carries it. Sources are endpoints.</summary>
public readonly record struct PlayedTraffic(ITraffic Law, Transport Transport = Transport.Udp);

/// <summary>What is played on a generated topology, and how.</summary>
/// <param name="Workloads">Of as many sources as the topology has endpoints; the flows of the n-th of k are numbered n, n + k, n + 2k, …</param>
/// <param name="Until">Nobody begins to send anything later.</param>
public sealed record TrafficSetup(ImmutableArray<PlayedTraffic> Workloads, SimTime Until)
{
    /// <summary>Of the workloads, the stacks, and the choices among equal ports.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>At most so many; what happens does not depend on them.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>What was sent earlier is carried like anything else, and not measured.</summary>
    public SimTime WarmUp { get; init; } = SimTime.Zero;

    /// <summary>
    /// Endpoints that send datagrams know their neighbours' MACs from the beginning. Otherwise they ask, as any machine does, and that is not only one more round
    /// trip: a bouncer's answer teaches the asker's droplet the direct path (spec §3.8), without it a one-way stream goes through bouncers for ever.
    /// </summary>
    public bool StaticNeighbours { get; init; }

    /// <summary>Of the datagrams' IP headers as the endpoints send them.</summary>
    public byte Ttl { get; init; } = 64;

    /// <summary>A full mesh: before anything is sent, every droplet holds a direct-path row for each endpoint elsewhere, as if a controller had told it.</summary>
    public bool Preprogrammed { get; init; }

    public Calibration Calibration { get; init; } = Calibration.None;

    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    /// <summary>Every link and core is held to the identities of spec 12 §6.1; slower.</summary>
    public bool Audited { get; init; }

    /// <summary>Load by role, queues and caches over time are kept in these intervals (<see cref="TrafficNetwork.TakeMeasures"/>); null: they are not.</summary>
    public MeterSettings? Meters { get; init; }

    /// <summary>Packets that are traced (<see cref="TrafficNetwork.TakeTrace"/>); null: none.</summary>
    public Sampling? Sample { get; init; }

    /// <summary>Bytes that the trace may hold: frames, and 64 of each sighting. It ends where it is full, and says so (<see cref="SampledTrace.Shortfall"/>).</summary>
    public long SampleBytes { get; init; } = SampledTrace.StandardBytes;

    /// <summary>
    /// What happens at which time (<see cref="Step.At"/>): droplets, switches and links fail and come back, endpoints are created, moved and deleted, roles taken and lost. An endpoint that is to be
    /// created, or to appear on a droplet by a move, is deleted at zero.
    /// </summary>
    public ImmutableArray<Step> Happenings { get; init; } = [];

    /// <summary>
    /// So long after a droplet has failed or come back the management plane does something about it: with <see cref="DataPlane.Switches.HostHealth"/> everybody is told whether it is up, otherwise its roles are given to
    /// others. Null: it is not told.
    /// </summary>
    public SimTime? Detection { get; init; }

    /// <summary>In which droplets are programmed when something changes.</summary>
    public ProgrammingOrder Order { get; init; } = ProgrammingOrder.Safe;

    /// <summary>Memory is asked for ahead; pays with thousands of droplets.</summary>
    public bool Foresight { get; init; } = true;
}
