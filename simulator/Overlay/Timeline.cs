using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Overlay;

/// <summary>
/// One step of a timeline. Steps begin in order, each when every earlier foreground step has ended and not before
/// <see cref="At"/> (time since the timeline began). A background step lets later ones begin while it runs.
/// </summary>
public abstract record Step
{
    /// <summary>The step's name, given or made (<c>ping-3</c>); unique in its scenario.</summary>
    public required string Name { get; init; }

    public required SourcePlace Where { get; init; }

    public SimTime? At { get; init; }

    public bool Background { get; init; }
}

/// <summary>ICMP echo requests by the endpoint's own stack. The target may be an address nobody has.</summary>
public sealed record PingStep(EndpointId From, Ipv4Address To, int Count, SimTime Interval, int PayloadBytes, SimTime Timeout) : Step;

/// <summary>Datagrams by the endpoint's own stack, one socket each side; with <see cref="Reply"/> the receiver sends each back.</summary>
public sealed record UdpStep(
    EndpointId From, Ipv4Address To, ushort Port, ImmutableArray<byte> Payload, int Count, SimTime Interval, bool Reply, SimTime Timeout) : Step;

/// <summary>
/// One TCP connection: the client sends <see cref="Blocks"/> blocks of <see cref="Block"/>, one an <see cref="Interval"/>, then closes;
/// with <see cref="Reply"/> the server sends every byte back. The server closes when the client has.
/// </summary>
public sealed record TcpStep(
    EndpointId From, Ipv4Address To, ushort Port, ImmutableArray<byte> Block, int Blocks, SimTime Interval, bool Reply, SimTime Timeout) : Step;

/// <summary>A crafted frame, sent as it is by the lab at the endpoint's interface.</summary>
public sealed record FrameStep(EndpointId From, ImmutableArray<byte> Bytes) : Step;

public sealed record CreateEndpointStep(EndpointId Endpoint) : Step;

public sealed record DeleteEndpointStep(EndpointId Endpoint) : Step;

/// <summary>The endpoint keeps address and MAC and continues on another droplet.</summary>
public sealed record MoveEndpointStep(EndpointId Endpoint, DropletId To) : Step;

public sealed record AddBouncerStep(NetworkId Network, DropletId Droplet) : Step;

public sealed record RemoveBouncerStep(NetworkId Network, DropletId Droplet) : Step;

public sealed record AddDividerStep(VpcId Vpc, DropletId Droplet) : Step;

public sealed record RemoveDividerStep(VpcId Vpc, DropletId Droplet) : Step;

/// <summary>The droplet's NIC goes silent in both directions; the management plane is not told.</summary>
public sealed record FailDropletStep(DropletId Droplet) : Step;

/// <summary>A failed droplet's NIC comes back, tables as they were.</summary>
public sealed record RestoreDropletStep(DropletId Droplet) : Step;

public sealed record WaitStep(SimTime Duration) : Step;
