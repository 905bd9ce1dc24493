using System.Collections.Immutable;
using MizarLab.DataPlane;
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

    public ImmutableArray<Service> Services { get; init; } = [];

    /// <summary>All policies, also those a timeline step adds later.</summary>
    public ImmutableArray<Policy> Policies { get; init; } = [];

    public ImmutableArray<Peering> Peerings { get; init; } = [];

    public ImmutableArray<Gateway> Gateways { get; init; } = [];

    /// <summary>The gateway of a VPC; null: nothing leaves it.</summary>
    public Gateway? GatewayOf(VpcId vpc)
    {
        foreach (Gateway gateway in Gateways)
        {
            if (gateway.Vpc == vpc)
            {
                return gateway;
            }
        }
        return null;
    }

    /// <summary>Whether the outside knows the VPC's endpoints by this address.</summary>
    public bool IsPublic(VpcId vpc, Ipv4Address address) =>
        GatewayOf(vpc) is { } gateway && (gateway.Address == address || gateway.Forwards.Any(forward => forward.Address == address));

    /// <summary>Whether the endpoint stands for the outside of its VPC.</summary>
    public bool IsOutside(EndpointId id)
    {
        foreach (Gateway gateway in Gateways)
        {
            if (gateway.Endpoint == id)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether endpoints of the two VPCs reach each other at all.</summary>
    public bool AreOneOrPeered(VpcId a, VpcId b) => a == b || Peerings.Any(peering => peering.Other(a) == b);

    public ImmutableArray<UserFunction> Functions { get; init; } = [];

    public Droplet this[DropletId id] => Droplets[id.Index];

    public Vpc this[VpcId id] => Vpcs[id.Index];

    public Network this[NetworkId id] => Networks[id.Index];

    public Endpoint this[EndpointId id] => Endpoints[id.Index];

    public Service this[ServiceId id] => Services[id.Index];

    public Policy this[PolicyId id] => Policies[id.Index];

    /// <summary>The addresses of a network that is a set: its gateway, endpoints and services.</summary>
    public ImmutableArray<Ipv4Address> MembersOf(NetworkId id) =>
    [
        this[id].Gateway,
        .. Endpoints.Where(e => e.Network == id).Select(e => e.Address),
        .. Services.Where(s => s.Network == id).Select(s => s.Address),
    ];

    /// <summary>
    /// The endpoints behind an address as somebody of this VPC sees it, and the port they listen on for a step to it: the endpoint that has it; of a service
    /// all that are backends at some time, for clients know old ones long; of a public address whom the gateway forwards to.
    /// </summary>
    /// <param name="scenario">Whose steps add backends.</param>
    public (ImmutableArray<EndpointId> Endpoints, ushort Port) Behind(Scenario scenario, VpcId vpc, Ipv4Address address, ushort port, IpProtocol protocol)
    {
        if (EndpointAt(vpc, address) is { } endpoint)
        {
            return ([endpoint], port);
        }
        if (GatewayOf(vpc) is { } gateway)
        {
            foreach (Forwarding forward in gateway.Forwards)
            {
                if (forward.Address == address && forward.Protocol == protocol && (forward.Port == port || protocol == IpProtocol.Icmp))
                {
                    return ([forward.To], forward.ToPort);
                }
            }
        }
        if (ServiceAt(vpc, address) is not { } service || this[service].TargetOf(port, protocol) is not { } target)
        {
            return ([], port);
        }
        IEnumerable<EndpointId> added = scenario.Timeline.OfType<AddBackendStep>().Where(s => s.Service == service).Select(s => s.Endpoint);
        return ([.. this[service].Backends.Concat(added).Distinct()], target);
    }

    /// <summary>The endpoint that has this address for somebody of this VPC: one of its own, or else of a peer's.</summary>
    public EndpointId? EndpointAt(VpcId vpc, Ipv4Address address)
    {
        EndpointId? peers = null;
        for (int i = 0; i < Endpoints.Length; i++)
        {
            if (Endpoints[i].Address != address)
            {
                continue;
            }
            EndpointId id = new(i);
            if (VpcOf(id) == vpc)
            {
                return id;
            }
            peers ??= AreOneOrPeered(vpc, VpcOf(id)) ? id : null;
        }
        return peers;
    }

    /// <summary>The service that has this address for somebody of this VPC: one of its own, or else of a peer's.</summary>
    public ServiceId? ServiceAt(VpcId vpc, Ipv4Address address)
    {
        ServiceId? peers = null;
        for (int i = 0; i < Services.Length; i++)
        {
            VpcId owner = this[Services[i].Network].Vpc;
            if (Services[i].Address != address)
            {
                continue;
            }
            if (owner == vpc)
            {
                return new ServiceId(i);
            }
            peers ??= AreOneOrPeered(vpc, owner) ? new ServiceId(i) : null;
        }
        return peers;
    }

    public VpcId VpcOf(EndpointId id) => Networks[Endpoints[id.Index].Network.Index].Vpc;

    public Vni VniOf(EndpointId id) => VniOf(Endpoints[id.Index].Network);

    public Vni VniOf(NetworkId id) => Vpcs[Networks[id.Index].Vpc.Index].Vni;
}

/// <summary>
/// One L2 segment all droplets hang on: MTU in bytes of IP, and what a droplet's link has unless it says otherwise; links between switches have it always.
/// </summary>
public readonly record struct Underlay(int MtuBytes, LinkSpec Link)
{
    /// <summary>The switches; default: one.</summary>
    public FabricShape Shape { get; init; }

    /// <summary>All switches choose alike among equal ports; default: each for itself.</summary>
    public bool SharedEcmpHash { get; init; }

    /// <summary>Between a failure in the fabric and the switches' choosing other ways.</summary>
    public SimTime Convergence { get; init; }

    /// <summary>Of every droplet; default: frames do not wait in programs.</summary>
    public NicSpec Nic { get; init; }
}

/// <summary>A link in each direction: propagation delay, rate, and the drop-tail queue in front of it in frames.</summary>
public readonly record struct LinkSpec(SimTime Delay, DataRate Rate, int QueueFrames)
{
    /// <summary>Of <see cref="QueueFrames"/>: no limit.</summary>
    public const int NoLimit = int.MaxValue;

    /// <summary>The queue holds no more bytes than this either; 0: any number.</summary>
    public int QueueBytes { get; init; }

    /// <summary>A frame that finds at least so many waiting is marked (RFC 3168), if its sender can; 0: none is for that.</summary>
    public int MarkFrames { get; init; }

    /// <summary>A frame that finds at least so many bytes waiting is marked; 0: none is for that.</summary>
    public int MarkBytes { get; init; }
}

/// <summary>A host: one NIC with one underlay address and MAC.</summary>
public readonly record struct Droplet(string Name, Ipv4Address Address, MacAddress Mac, LinkSpec Link)
{
    /// <summary>Best-effort limit of its NIC (spec §3.11); null: none.</summary>
    public BandwidthLimit? Bandwidth { get; init; }

    /// <summary>What agents send is counted (spec §3.15).</summary>
    public bool HasStatistics { get; init; }

    /// <summary>Stages loaded when the timeline begins, besides the scaled-endpoint stage every bouncer of a network with services has; default: none.</summary>
    public ImmutableArray<StageUse> Stages { get; init; }
}

/// <summary>A tenant network space under one VNI, sharded by its dividers in list order.</summary>
public readonly record struct Vpc(string Name, Vni Vni, Ipv4Prefix Cidr, ImmutableArray<DropletId> Dividers)
{
    /// <summary>Its network ACL, held by its dividers against what goes from network to network; default: none.</summary>
    public ImmutableArray<NaclRule> Nacl { get; init; }

    public bool HasNacl => !Nacl.IsDefaultOrEmpty;
}

/// <summary>
/// A network of a VPC, served by its bouncers in list order; the gateway is an endpoint without host (spec §3.8). Mostly a subnet: all addresses of
/// <paramref name="Cidr"/>. But it may be any set of the VPC's endpoints (<see cref="IsSet"/>), which dividers then hold one by one.
/// </summary>
/// <param name="Cidr">Of a set, its gateway alone.</param>
public readonly record struct Network(
    string Name, VpcId Vpc, Ipv4Prefix Cidr, Ipv4Address Gateway, MacAddress GatewayMac, ImmutableArray<DropletId> Bouncers)
{
    /// <summary>It is the set of the endpoints and services that name it.</summary>
    public bool IsSet { get; init; }
}

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
    string Name, NetworkId Network, EndpointKind Kind, Ipv4Address Address, MacAddress Mac, DropletId Droplet, int MtuBytes, bool Initially)
{
    public EndpointLabels Labels { get; init; }

    public EndpointQos Qos { get; init; }

    /// <summary>Not zero: the outer destination MAC of all its agent sends (spec §3.4 row 3).</summary>
    public MacAddress MacOverride { get; init; }

    /// <summary>Behind its interface is a user-space function, which its frames reach undecapsulated (dialect <c>lab</c>).</summary>
    public ProxiedFunction Function { get; init; }

    public FunctionPort FunctionPort { get; init; }

    public bool IsProxied => Function != ProxiedFunction.None;
}
