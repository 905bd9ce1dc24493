using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Overlay;

/// <summary>What must hold after a run. Pure data; <c>Observation/</c> judges it, each backend by its own observations.</summary>
public abstract record Expectation
{
    public required SourcePlace Where { get; init; }

    /// <summary>The expectation's key in the file: <c>reachable</c>, <c>ttl_at</c>, …</summary>
    public abstract string Kind { get; }
}

/// <summary>
/// Every exchange from one to the other succeeded: each echo answered, each datagram and each TCP byte delivered, and at
/// least one exchange took place, and of each some frame was seen to arrive. With <see cref="Step"/>, only of that step.
/// </summary>
public sealed record ReachableExpectation(EndpointId From, Ipv4Address To, string? Step) : Expectation
{
    public override string Kind => "reachable";
}

/// <summary>At least one exchange was tried, something of each was sent, and nothing of any arrived at the target's stack.</summary>
public sealed record UnreachableExpectation(EndpointId From, Ipv4Address To, string? Step) : Expectation
{
    public override string Kind => "unreachable";
}

/// <summary>
/// The <see cref="Nth"/> IPv4 frame (from 1; 0 = every one, and at least one) that <see cref="From"/> sent to <see cref="To"/>, requests and replies alike, visited
/// these droplets, in order. <see cref="Exactly"/>: between the sender's droplet and the receiver's, these and no other; an empty list is the direct path.
/// </summary>
public sealed record PassesThroughExpectation(EndpointId From, Ipv4Address To, ImmutableArray<DropletId> Droplets, bool Exactly, int Nth, string? Step) : Expectation
{
    public override string Kind => "passes_through";
}

/// <summary>
/// Underlay segments the nth IPv4 frame (0 = every one) from one to the other crossed until it was delivered: 1 on the direct path, 4 the first time across
/// networks (spec §3.14).
/// </summary>
public sealed record HopsExpectation(EndpointId From, Ipv4Address To, int Hops, int Nth, string? Step) : Expectation
{
    public override string Kind => "hops";
}

/// <summary>
/// Outer TTLs of the Geneve frames seen on the droplet's wire in either direction: exactly these values this many times each (spec §6.4).
/// <see cref="Protocol"/> is that of the inner frame: icmp, udp, tcp, arp.
/// </summary>
public sealed record TtlAtExpectation(DropletId Droplet, InnerProtocol Protocol, ImmutableSortedDictionary<int, int> CountByTtl, string? Step) : Expectation
{
    public override string Kind => "ttl_at";
}

/// <summary>How many Geneve frames carrying this protocol were seen on the droplet's wire in either direction.</summary>
public sealed record PacketCountExpectation(DropletId Droplet, InnerProtocol Protocol, int Count, string? Step) : Expectation
{
    public override string Kind => "packet_count";
}

/// <summary>
/// After the first <see cref="Frames"/> IPv4 frames in this direction, every later one (and at least one) is delivered host to host, or host → divider → host
/// across networks.
/// </summary>
public sealed record DirectPathAfterExpectation(EndpointId From, Ipv4Address To, int Frames, string? Step) : Expectation
{
    public override string Kind => "direct_path_after";
}

/// <summary>At least one frame (or exactly <see cref="Count"/>) was dropped (DROP or ABORTED) at this droplet for this reason.</summary>
public sealed record DroppedExpectation(DropletId Droplet, Reason Reason, int? Count, string? Step) : Expectation
{
    public override string Kind => "dropped";
}

/// <summary>No frame was dropped but those a <c>dropped</c> expectation of this scenario names, and none was lost; handed to a stack is neither.</summary>
public sealed record NoUnexpectedDropsExpectation : Expectation
{
    public override string Kind => "no_unexpected_drops";
}

/// <summary>
/// Rows of a table on a droplet at the end of the run, in the text form of <c>TableText</c>. <see cref="Contains"/>: these rows are there;
/// <see cref="Absent"/>: no row has these keys; <see cref="Count"/>: so many rows.
/// </summary>
public sealed record TableExpectation(
    DropletId Droplet, string Table, ImmutableArray<string> Contains, ImmutableArray<string> Absent, int? Count) : Expectation
{
    public override string Kind => "table";
}

/// <summary>No frame sent by an endpoint of one VPC was received by an endpoint of another, in the whole run, though both sent some.</summary>
public sealed record IsolatedExpectation(VpcId A, VpcId B) : Expectation
{
    public override string Kind => "isolated";
}

/// <summary>
/// Of the frames sent to a service's address, those delivered reached at least so many of its backends (or exactly <see cref="Exactly"/>).
/// <see cref="From"/>: only this client's.
/// </summary>
public sealed record ReachesBackendsExpectation(ServiceId Service, EndpointId? From, int AtLeast, int? Exactly, string? Step) : Expectation
{
    public override string Kind => "reaches_backends";
}

/// <summary>Of the frames sent to a service's address at least one was delivered, and all that were to one and the same backend.</summary>
public sealed record SameBackendExpectation(ServiceId Service, EndpointId? From, string? Step) : Expectation
{
    public override string Kind => "same_backend";
}

/// <summary>
/// DSCP of the Geneve frames seen on the droplet's wire in either direction: exactly these values this many times each (spec §2.2).
/// </summary>
public sealed record DscpAtExpectation(DropletId Droplet, InnerProtocol Protocol, ImmutableSortedDictionary<int, int> CountByDscp, string? Step) : Expectation
{
    public override string Kind => "dscp_at";
}

/// <summary>Outer UDP source ports of the Geneve frames seen on the droplet's wire: all within these bounds, and so many different ones.</summary>
public sealed record SourcePortsAtExpectation(DropletId Droplet, InnerProtocol Protocol, int Least, int Most, int? Distinct, string? Step) : Expectation
{
    public override string Kind => "source_ports_at";
}

/// <summary>
/// What a step sent was answered by ICMP errors of this type, at least one or exactly <see cref="Count"/>, and each that came was from <see cref="From"/>, with
/// <see cref="MtuBytes"/> if that is asked.
/// </summary>
public sealed record IcmpErrorExpectation(string Step, byte Type, byte Code, Ipv4Address From, int? MtuBytes, int? Count) : Expectation
{
    public override string Kind => "icmp_error";
}

/// <summary>Of what a workload's step sent so much arrived: all, or all but <see cref="Lost"/> exactly; and its answers came back.</summary>
public sealed record CarriedExpectation(string Step, int Lost) : Expectation
{
    public override string Kind => "carried";
}

/// <summary>
/// Every frame that reached an endpoint's interface came undecapsulated: in Geneve under its VPC's VNI, the outer headers as they came off the wire; and at least one of
/// this protocol did, or exactly <see cref="Count"/>.
/// </summary>
public sealed record FunctionSeesExpectation(EndpointId At, InnerProtocol Protocol, int? Count, string? Step) : Expectation
{
    public override string Kind => "function_sees";
}

/// <summary>What a droplet's agents counted at the end of the run, in packets (spec §3.15); null: not asked.</summary>
public sealed record StatisticsExpectation(DropletId Droplet, int? Redirect, int? Expedited, int? Pass, int? Drop) : Expectation
{
    public override string Kind => "statistics";
}

/// <summary>What an inner frame carries, as observers count it.</summary>
public enum InnerProtocol : byte
{
    Any,
    Arp,
    Icmp,
    Udp,
    Tcp,
}
