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
public sealed record PingStep(EndpointId From, Ipv4Address To, int Count, SimTime Interval, int PayloadBytes, SimTime Timeout) : Step
{
    public byte Ttl { get; init; } = 64;

    /// <summary>The packet says that it must not be cut, and the stack does not cut it either.</summary>
    public bool DontFragment { get; init; }
}

/// <summary>Datagrams by the endpoint's own stack, one socket each side; with <see cref="Reply"/> the receiver sends each back.</summary>
public sealed record UdpStep(
    EndpointId From, Ipv4Address To, ushort Port, ImmutableArray<byte> Payload, int Count, SimTime Interval, bool Reply, SimTime Timeout) : Step
{
    /// <summary>The sender's port; 0: one the stack chooses.</summary>
    public ushort SourcePort { get; init; }
}

/// <summary>
/// One TCP connection: the client sends <see cref="Blocks"/> blocks of <see cref="Block"/>, one an <see cref="Interval"/>, then closes;
/// with <see cref="Reply"/> the server sends every byte back. The server closes when the client has.
/// </summary>
public sealed record TcpStep(
    EndpointId From, Ipv4Address To, ushort Port, ImmutableArray<byte> Block, int Blocks, SimTime Interval, bool Reply, SimTime Timeout) : Step
{
    /// <inheritdoc cref="UdpStep.SourcePort"/>
    public ushort SourcePort { get; init; }
}

/// <summary>One datagram of a workload, or one flow that TCP carries.</summary>
/// <param name="After">When, after the step's beginning.</param>
/// <param name="Bytes">Of payload.</param>
/// <param name="Flow">Number of its flow at its sender.</param>
/// <param name="ReplyBytes">That are sent back for it.</param>
public readonly record struct PlannedPacket(SimTime After, EndpointId From, EndpointId To, int Bytes, int Flow, int ReplyBytes);

/// <summary>A workload between endpoints' own stacks, written out in order of time; for simulated backends, whose clocks can hold its times.</summary>
public sealed record TrafficStep(ImmutableArray<PlannedPacket> Packets, bool OverTcp, SimTime Timeout) : Step
{
    /// <summary>What its law is called: <c>open_loop</c>; of a capture its file, and what of it is left out.</summary>
    public required string Law { get; init; }
}

/// <summary>A crafted frame, sent as it is by the lab at the endpoint's interface.</summary>
public sealed record FrameStep(EndpointId From, ImmutableArray<byte> Bytes) : Step;

/// <summary>A crafted frame that reaches a droplet's NIC from the underlay, sent by nobody the overlay knows.</summary>
public sealed record UnderlayFrameStep(DropletId To, ImmutableArray<byte> Bytes) : Step;

/// <summary>A step that is nothing but what the management plane sends for it (<c>Plan.StepUpdates</c>).</summary>
public abstract record ProgrammingStep : Step;

public sealed record CreateEndpointStep(EndpointId Endpoint) : Step;

public sealed record DeleteEndpointStep(EndpointId Endpoint) : Step;

/// <summary>The endpoint keeps address and MAC and continues on another droplet.</summary>
public sealed record MoveEndpointStep(EndpointId Endpoint, DropletId To) : Step;

public sealed record AddBouncerStep(NetworkId Network, DropletId Droplet) : ProgrammingStep;

public sealed record RemoveBouncerStep(NetworkId Network, DropletId Droplet) : ProgrammingStep;

public sealed record AddDividerStep(VpcId Vpc, DropletId Droplet) : ProgrammingStep;

public sealed record RemoveDividerStep(VpcId Vpc, DropletId Droplet) : ProgrammingStep;

/// <summary>The droplet's NIC goes silent in both directions; the management plane is not told.</summary>
public sealed record FailDropletStep(DropletId Droplet) : Step;

/// <summary>A failed droplet's NIC comes back, tables as they were.</summary>
public sealed record RestoreDropletStep(DropletId Droplet) : Step;

/// <summary>A switch of the underlay fails: all its links go down.</summary>
public sealed record FailSwitchStep(FabricSwitch Switch) : Step;

/// <summary>A failed switch is back.</summary>
public sealed record RestoreSwitchStep(FabricSwitch Switch) : Step;

/// <summary>The link between two switches of the underlay goes down, both ways.</summary>
public sealed record FailLinkStep(FabricSwitch One, FabricSwitch Other) : Step;

/// <summary>A failed link is back.</summary>
public sealed record RestoreLinkStep(FabricSwitch One, FabricSwitch Other) : Step;

public sealed record WaitStep(SimTime Duration) : Step;

/// <summary>An endpoint becomes a backend of a service, last in its list.</summary>
public sealed record AddBackendStep(ServiceId Service, EndpointId Endpoint) : ProgrammingStep;

/// <summary>An endpoint is no longer a backend of a service. New connections go to others; a client's host keeps those it knows (spec §3.9.5).</summary>
public sealed record RemoveBackendStep(ServiceId Service, EndpointId Endpoint) : ProgrammingStep;

/// <summary>A policy declared in the topology comes into force.</summary>
public sealed record AddPolicyStep(PolicyId Policy) : ProgrammingStep;

public sealed record DeletePolicyStep(PolicyId Policy) : ProgrammingStep;

/// <summary>One policy gives way to another in one step.</summary>
public sealed record ReplacePolicyStep(PolicyId Policy, PolicyId By) : ProgrammingStep;

/// <summary>An endpoint's labels are others from now on.</summary>
public sealed record SetLabelsStep(EndpointId Endpoint, EndpointLabels Labels) : ProgrammingStep;

/// <summary>A stage program is put into a slot of a droplet's transit, while traffic runs.</summary>
public sealed record LoadStageStep(DropletId Droplet, StageUse Stage) : ProgrammingStep;

public sealed record UnloadStageStep(DropletId Droplet, int Slot) : ProgrammingStep;

/// <summary>The management plane has seen that a droplet is down, and with the switch <c>host_health</c> tells everybody.</summary>
public sealed record MarkUnhealthyStep(DropletId Droplet) : ProgrammingStep;

/// <summary>The management plane has seen that it is back.</summary>
public sealed record MarkHealthyStep(DropletId Droplet) : ProgrammingStep;
