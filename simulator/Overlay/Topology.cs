using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Overlay;

/// <summary>
/// The nouns of one scenario, as columns under dense ids: droplets on one underlay, VPCs, their networks, the endpoints on
/// them, and which droplets are bouncers (per network) and dividers (per VPC). Names live beside the rows and never travel.
/// </summary>
/// <example>A <see cref="DropletId"/> of 2 is <c>Droplets[2]</c>, and its name is <c>Droplets[2].Name</c>.</example>
public sealed record Topology
{
    public required Underlay Underlay { get; init; }
    public required ImmutableArray<Droplet> Droplets { get; init; }
    public required ImmutableArray<Vpc> Vpcs { get; init; }
    public required ImmutableArray<Network> Networks { get; init; }

    /// <summary>All endpoints, also those a timeline step creates later (<see cref="Endpoint.Initially"/> is false for these).</summary>
    public required ImmutableArray<Endpoint> Endpoints { get; init; }

    public Droplet this[DropletId id] => Droplets[id.Index];

    public Vpc this[VpcId id] => Vpcs[id.Index];

    public Network this[NetworkId id] => Networks[id.Index];

    public Endpoint this[EndpointId id] => Endpoints[id.Index];

    public Vni VniOf(EndpointId id) => Vpcs[Networks[Endpoints[id.Index].Network.Index].Vpc.Index].Vni;
}

/// <summary>One L2 segment all droplets hang on: MTU in bytes of IP, and what a droplet's link has unless it says otherwise.</summary>
public readonly record struct Underlay(int MtuBytes, LinkSpec Link);

/// <summary>A link in each direction: propagation delay, rate, and the drop-tail queue in front of it in frames.</summary>
public readonly record struct LinkSpec(SimTime Delay, DataRate Rate, int QueueFrames);

/// <summary>A host: one NIC with one underlay address and MAC.</summary>
public readonly record struct Droplet(string Name, Ipv4Address Address, MacAddress Mac, LinkSpec Link);

/// <summary>A tenant network space under one VNI, sharded by its dividers in list order.</summary>
public readonly record struct Vpc(string Name, Vni Vni, Ipv4Prefix Cidr, ImmutableArray<DropletId> Dividers);

/// <summary>A subnet of a VPC, served by its bouncers in list order; the gateway is an endpoint without host (spec §3.8).</summary>
public readonly record struct Network(
    string Name, VpcId Vpc, Ipv4Prefix Cidr, Ipv4Address Gateway, MacAddress GatewayMac, ImmutableArray<DropletId> Bouncers);

/// <summary>How an endpoint is attached.</summary>
public enum EndpointKind : byte
{
    /// <summary>A namespace of its own behind a veth pair.</summary>
    Simple,

    /// <summary>An interface of the droplet's own stack.</summary>
    Host,
}

/// <summary>An address on a network. <see cref="MtuBytes"/> is that of its own interface.</summary>
public readonly record struct Endpoint(
    string Name, NetworkId Network, EndpointKind Kind, Ipv4Address Address, MacAddress Mac, DropletId Droplet, int MtuBytes, bool Initially);
