using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation;

/// <summary>What was seen.</summary>
public enum SightingKind : byte
{
    /// <summary>A frame left an endpoint's interface.</summary>
    EndpointSent,

    /// <summary>A program ran once. An agent that tail-calls transit is one run, of the agent.</summary>
    Program,

    /// <summary>A frame left a droplet's NIC, seen at its underlay port.</summary>
    WireSent,

    /// <summary>A frame reached a droplet's NIC, seen at its underlay port before the program runs.</summary>
    WireReceived,

    /// <summary>A frame reached an endpoint's interface.</summary>
    EndpointReceived,
}

/// <summary>
/// One record for every frame at every place, the same on all backends. Which columns a backend fills stands in its
/// <see cref="BackendTraits"/>; an unfilled one is null.
/// </summary>
public sealed record Sighting
{
    /// <summary>Since the timeline began; simulated, or of the kernel's clock.</summary>
    public required SimTime Time { get; init; }

    public required SightingKind Kind { get; init; }

    /// <summary>The droplet where it was seen; for endpoints, the one that hosts them.</summary>
    public required DropletId Droplet { get; init; }

    /// <summary>The endpoint, of the endpoint kinds and of an agent's run.</summary>
    public EndpointId? Endpoint { get; init; }

    public ProgramId Program { get; init; }

    public Verdict Verdict { get; init; }

    public Reason Reason { get; init; }

    public Devmap Devmap { get; init; }

    public int Slot { get; init; } = -1;

    /// <summary>The frame as it came; of the other kinds, the frame as it was seen.</summary>
    public required byte[] FrameIn { get; init; }

    /// <summary>The frame as the program left it, also when dropped; of the other kinds the same array as <see cref="FrameIn"/>.</summary>
    public required byte[] FrameOut { get; init; }

    /// <summary>Rows this run of a program changed; default when the backend does not see them.</summary>
    public ImmutableArray<TableChange> Changes { get; init; }

    /// <summary>Time spent in the program.</summary>
    public SimTime? PathTime { get; init; }

    /// <summary>Frames waiting before this one at the port it left by.</summary>
    public int? QueueFrames { get; init; }

    /// <summary>The class of traffic, by which measures are kept apart; 0 until workloads name some.</summary>
    public int FlowClass { get; init; }
}

/// <summary>A row that appeared, changed (<see cref="Value"/> is the new one) or went (<see cref="Value"/> null), in the form of <see cref="TableText"/>.</summary>
public sealed record TableChange(string Table, string Key, string? Value);

/// <summary>All rows of one table of one droplet at the end of a run, sorted by key text.</summary>
public sealed record TableDump(DropletId Droplet, string Table, ImmutableArray<string> Rows);

/// <summary>What a step's own stack or socket saw.</summary>
public sealed record StepOutcome
{
    /// <summary>Index in the timeline.</summary>
    public required int Step { get; init; }

    public required SimTime Began { get; init; }

    public required SimTime Ended { get; init; }

    /// <summary>Echo requests, datagrams, connections or crafted frames sent.</summary>
    public int Sent { get; init; }

    /// <summary>Echo requests answered, datagrams that reached the receiver's socket, connections opened.</summary>
    public int Arrived { get; init; }

    /// <summary>Datagrams, or connections whole, that came back; −1 where nothing is to come back.</summary>
    public int Returned { get; init; } = -1;

    /// <summary>Payload bytes the sender's socket was given; of a crafted frame, its length.</summary>
    public long BytesSent { get; init; }

    /// <summary>Payload bytes the receiver's socket read.</summary>
    public long BytesArrived { get; init; }

    /// <summary>Payload bytes the sender read back; −1 where nothing is to come back.</summary>
    public long BytesReturned { get; init; } = -1;

    /// <summary>Whether every byte read was the byte sent at that place.</summary>
    public bool Intact { get; init; } = true;

    /// <summary>Round-trip times of echoes and replied datagrams, in order; measured by the sender.</summary>
    public ImmutableArray<SimTime> RoundTrips { get; init; } = [];

    /// <summary>ICMP errors about what the step sent, as its socket heard of them, in order.</summary>
    public ImmutableArray<IcmpErrorSeen> IcmpErrors { get; init; } = [];

    /// <summary>What went wrong, in words; null when nothing did.</summary>
    public string? Trouble { get; init; }
}

/// <summary>An ICMP error as a sender hears of it.</summary>
/// <param name="From">Who says so.</param>
/// <param name="MtuBytes">Of "fragmentation needed" the next hop's MTU, else 0.</param>
public readonly record struct IcmpErrorSeen(Ipv4Address From, byte Type, byte Code, int MtuBytes)
{
    public override string ToString() => (Type, Code) switch
    {
        (11, _) => $"time exceeded from {From}",
        (3, 4) => $"fragmentation needed from {From}, MTU {MtuBytes}",
        _ => $"ICMP {Type}/{Code} from {From}",
    };
}

/// <summary>What a backend can see and enforce; what it lacks is skipped with its reason, never passed.</summary>
public sealed record BackendTraits
{
    public required string Name { get; init; }

    /// <summary>Real kernel, real time.</summary>
    public required bool Live { get; init; }

    /// <summary>Fills <see cref="Sighting.Changes"/>.</summary>
    public required bool TableChangesPerHop { get; init; }

    /// <summary>Whether runs of programs say why they ended so; else a drop is known by its place alone.</summary>
    public bool TellsReasons { get; init; } = true;

    /// <summary>Link delay and rate of the topology are kept.</summary>
    public required bool EnforcesLinks { get; init; }
}

/// <summary>Everything one backend saw of one run of one scenario.</summary>
public sealed record BackendRun
{
    public required BackendTraits Traits { get; init; }

    public required Dialect Dialect { get; init; }

    /// <summary>In order of time; of equal times, in the order they happened.</summary>
    public required ImmutableArray<Sighting> Sightings { get; init; }

    /// <summary>One a timeline step, in order.</summary>
    public required ImmutableArray<StepOutcome> Outcomes { get; init; }

    public required ImmutableArray<TableDump> Tables { get; init; }

    /// <summary>What the underlay's links carried, by tier; empty where it is not the lab's own.</summary>
    public ImmutableArray<TierTraffic> Traffic { get; init; } = [];

    /// <summary>What the underlay lost, by cause.</summary>
    public ImmutableArray<UnderlayLoss> Losses { get; init; } = [];

    /// <summary>Load, queues, losses and caches by place; null when nobody asked.</summary>
    public RunMeasures? Measures { get; init; }

    /// <summary>Sightings the backend knows it missed (ring buffer full, capture overrun); a run with any is no evidence.</summary>
    public long Missed { get; init; }
}
