using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of <c>topology:</c>. This is all the parser, the JSON schema and the handbook know of them.</summary>
internal static class TopologyKeys
{
    private static readonly SizeShape Mtu = new(Limits.SmallestMtu, Limits.LargestMtu);
    private static readonly FramesShape Queue = new(1, Limits.Count);

    public static readonly Key<int> UnderlayMtu = Key.Has("mtu", Mtu, 3_000, "Largest IP packet the underlay carries; an endpoint's plus 114 must fit (spec §2.7).");
    public static readonly Key<SimTime> UnderlayDelay = Key.Has("delay", Standard.Time, SimTime.FromMicroseconds(10), "Propagation delay of a droplet's link, each way.");
    public static readonly Key<DataRate> UnderlayRate = Key.Has("rate", new RateShape(), new DataRate(10_000_000_000), "Rate of a droplet's link, each way, in bits a second; or unlimited.");
    public static readonly Key<int> UnderlayQueue = Key.Has("queue", Queue, 512, "Drop-tail queue in front of each link.");
    public static readonly RecordShape Underlay = new("underlay", "The L2 segment all droplets hang on.", UnderlayMtu, UnderlayDelay, UnderlayRate, UnderlayQueue,
        FabricKeys.QueueBytes, FabricKeys.MarkFrames, FabricKeys.MarkBytes, FabricKeys.Fabric, FabricKeys.SharedHash, FabricKeys.Convergence, FabricKeys.Nic);

    public static readonly Key<Ipv4Address> DropletAddress = Key.May("address", AddressShape.Instance, "Underlay address. Without it the next free one of 172.17.0.0/16, from 172.17.0.2.");
    public static readonly Key<MacAddress> DropletMac = Key.May("mac", MacShape.Instance, "MAC of the NIC. Without it 02:42 and the address's four bytes.");
    public static readonly Key<SimTime> DropletDelay = Key.May("delay", Standard.Time, "This droplet's link delay, when not the underlay's.");
    public static readonly Key<DataRate> DropletRate = Key.May("rate", new RateShape(), "This droplet's link rate, when not the underlay's.");
    public static readonly Key<int> DropletQueue = Key.May("queue", Queue, "This droplet's queue, when not the underlay's.");
    public static readonly Key<Fields> DropletStages = Key.May("stages", StageKeys.Shape, "Stage programs loaded when the timeline begins.");
    public static readonly Key<bool> DropletStatistics = Key.Has("statistics", Standard.OnOff, false, "Whether what its agents send is counted (spec §3.15).");
    public static readonly RecordShape Droplet = new(
        "droplet", "A host with one NIC on the underlay.", DropletAddress, DropletMac, DropletDelay, DropletRate, DropletQueue,
        QosKeys.Bandwidth, DropletStages, DropletStatistics);

    public static readonly Key<int> VpcVni = Key.Needs("vni", new IntegerShape("a VNI other than the substrate's 0", 1, Limits.LargestVni), "Geneve network identifier; no two VPCs share one.");
    public static readonly Key<Ipv4Prefix> VpcCidr = Key.Needs("cidr", PrefixShape.Instance, "What host endpoints route into the VPC. Networks outside it are allowed, as upstream allows them (spec §4.3).");
    public static readonly Key<RoleList> VpcDividers = Key.Has("dividers", RoleListShape.Instance, new RoleList([], 0), "Droplets that are its dividers, in the order the hash counts; or how many.");
    public static readonly RecordShape Vpc = new("vpc", "A tenant's network space.", VpcVni, VpcCidr, VpcDividers, NaclKeys.Nacl);

    public static readonly Key<VpcId> NetworkVpc = Key.Needs("vpc", References.Vpc, "The VPC it belongs to.");
    public static readonly Key<Ipv4Prefix> NetworkCidr = Key.May("cidr", PrefixShape.Instance, "Its addresses; networks of one VPC do not overlap. Without it the network is the set of the endpoints and services that name it, wherever their addresses lie, and needs a gateway.");
    public static readonly Key<RoleList> NetworkBouncers = Key.Needs("bouncers", RoleListShape.Instance, "Droplets that are its bouncers, in the order the hash counts; or how many.");
    public static readonly Key<Ipv4Address> NetworkGateway = Key.May("gateway", AddressShape.Instance, "Gateway address. Without it the first host address.");
    public static readonly Key<MacAddress> NetworkGatewayMac = Key.May("gateway_mac", MacShape.Instance, "Gateway MAC. Without it a5:5b:00 (dialect mizar: a group address, spec §2.6) or 02:5b:00 (lab), the network's number and the address's last byte.");
    public static readonly RecordShape Network = new("network", "A network of a VPC: a subnet, or any set of its endpoints.", NetworkVpc, NetworkCidr, NetworkBouncers, NetworkGateway, NetworkGatewayMac);

    public static readonly Key<NetworkId> EndpointNetwork = Key.Needs("network", References.Network, "The network it is on.");
    public static readonly Key<Ipv4Address> EndpointAddress = Key.Needs("address", AddressShape.Instance, "Its address on that network.");
    public static readonly Key<DropletId> EndpointDroplet = Key.Needs("droplet", References.Droplet, "The droplet it begins on.");
    public static readonly Key<EndpointKind> EndpointKindKey = Key.Has(
        "kind", new ChoiceShape<EndpointKind>("a kind of endpoint", ("simple", EndpointKind.Simple), ("host", EndpointKind.Host)), EndpointKind.Simple, "simple: a namespace of its own; host: an interface of the droplet's own stack.");
    public static readonly Key<int> EndpointMtu = Key.Has("mtu", Mtu, 1_500, "MTU of its interface; a proxied one's is the underlay's, if nothing is said.");
    public static readonly Key<MacAddress> EndpointMac = Key.May("mac", MacShape.Instance, "Its MAC. Without it 6a, the network's number and the address's four bytes.");
    public static readonly Key<Fields> EndpointLabels = Key.May("labels", LabelKeys.Shape, "Labels policies select by.");
    public static readonly Key<MacAddress> EndpointMacOverride = Key.May("mac_override", MacShape.Instance, "Outer destination MAC of all it sends, whatever the next hop's (spec §3.4).");
    public static readonly RecordShape Endpoint = new(
        "endpoint",
        "An address on a network. One that the timeline creates is not there before.",
        EndpointNetwork, EndpointAddress, EndpointDroplet, EndpointKindKey, EndpointMtu, EndpointMac,
        EndpointLabels, QosKeys.Class, QosKeys.Priority, QosKeys.Rate, EndpointMacOverride, ProxiedKeys.Proxied);

    public static readonly Key<PlacementStrategy> PlacementStrategyKey = Key.Needs(
        "strategy",
        new ChoiceShape<PlacementStrategy>(
            "a placement strategy", ("round_robin", PlacementStrategy.RoundRobin), ("spread", PlacementStrategy.Spread), ("upstream_random", PlacementStrategy.UpstreamRandom)),
        "round_robin: in the order of the droplets; spread: where least is; upstream_random: anywhere, also twice (spec §4.5).");
    public static readonly Key<int> PlacementSeed = Key.Has("seed", new IntegerShape("a seed", 0, int.MaxValue), 1, "Seed of upstream_random.");
    public static readonly RecordShape Placement = new(
        "placement", "How roles given as a number find their droplets: dividers in the order of the VPCs, then bouncers in the order of the networks.", PlacementStrategyKey, PlacementSeed);

    public static readonly Key<Fields> UnderlaySection = Key.May("underlay", Underlay, "The underlay; without it, its defaults.");
    public static readonly Key<Fields> PlacementSection = Key.May("placement", Placement, "Needed where dividers or bouncers are a number.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Droplets = Key.Needs("droplets", new NamedShape("droplet", Droplet), "Hosts, by name.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Vpcs = Key.Needs("vpcs", new NamedShape("VPC", Vpc), "VPCs, by name.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Networks = Key.Needs("networks", new NamedShape("network", Network), "Networks, by name.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Endpoints = Key.Needs("endpoints", new NamedShape("endpoint", Endpoint), "Endpoints, by name.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Services = Key.May("services", new NamedShape("service", ServiceKeys.Shape), "Services, by name.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Policies = Key.May("policies", new NamedShape("policy", PolicyKeys.Shape), "Network policies, by name.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Functions = Key.May("functions", new NamedShape("function", FunctionKeys.Shape), "Programs of your own as stages, by name.");
    public static readonly Key<ImmutableArray<Named<Fields>>> Gateways = Key.May("gateways", new NamedShape("gateway", GatewayKeys.Shape), "Where traffic leaves VPCs, by name.");
    public static readonly RecordShape Topology = new("topology", "What there is.", UnderlaySection, PlacementSection, Droplets, Vpcs, Networks, Endpoints, Services, Policies, NaclKeys.Peerings, Gateways, Functions);

    private static readonly Key<Fields> Rule = Key.Needs("generate", GeneratedKeys.Shape, "Droplets, VPCs, networks and endpoints, as many as wanted.");
    public static readonly RecordShape Generated = new("topology_by_rule", "What there is, by numbers: written out when the file is read, so that the rest of the file names d0, e0, n0, v0 like any others.", UnderlaySection, Rule);
}
