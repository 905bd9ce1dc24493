using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Observation;

/// <summary>How a frame's way ended.</summary>
public enum JourneyEnd : byte
{
    /// <summary>An endpoint's interface received it.</summary>
    Delivered,

    /// <summary>A program answered DROP or ABORTED.</summary>
    Dropped,

    /// <summary>A program handed it to the droplet's stack.</summary>
    Passed,

    /// <summary>
    /// It was sent on and nobody saw it arrive. Out of a NIC: addressed to its own sender or to nobody, a queue was full, a link was down. Or: redirected
    /// to an endpoint that was not there to receive it.
    /// </summary>
    Lost,
}

/// <summary>
/// One frame from the endpoint that sent it to its end, hop by hop. Made of <see cref="Sighting"/>s by linking each
/// program's frame out to the next program's frame in, the same way for all backends.
/// </summary>
public sealed record Journey
{
    /// <summary>The endpoint that sent it; null when it began elsewhere.</summary>
    public EndpointId? Origin { get; init; }

    /// <summary>Index of the timeline step it belongs to; −1 when to none.</summary>
    public required int Step { get; init; }

    /// <summary>Sent by the lab byte for byte, not by a stack.</summary>
    public required bool Crafted { get; init; }

    public required InnerProtocol Protocol { get; init; }

    /// <summary>Program runs in order; each with the wire sightings around it, where there are any.</summary>
    public required ImmutableArray<JourneyHop> Hops { get; init; }

    /// <summary>Everything seen of it in the order of its way: the hops' sightings, its endpoints', and a wire's that no program followed.</summary>
    public ImmutableArray<Sighting> Sightings { get; init; } = [];

    public required JourneyEnd End { get; init; }

    /// <summary>The endpoint that received it, when delivered.</summary>
    public EndpointId? DeliveredTo { get; init; }

    public required SimTime Began { get; init; }

    public required SimTime Ended { get; init; }

    /// <summary>It was first seen where frames are in tunnels: on the underlay, or behind a proxied endpoint's interface.</summary>
    public bool BeganInTunnel { get; init; }

    /// <summary>The frame as it was first seen.</summary>
    public required byte[] First { get; init; }

    /// <summary>The frame as it was last seen.</summary>
    public required byte[] Last { get; init; }

    /// <summary>Why it ended: the last program's reason.</summary>
    public Reason EndReason => Hops.IsEmpty ? Reason.None : Hops[^1].Run.Reason;
}

/// <summary>One program run on the way. <see cref="Received"/> and <see cref="Sent"/> are the sightings on this droplet's wire before and after it.</summary>
public sealed record JourneyHop(Sighting Run, Sighting? Received, Sighting? Sent);
