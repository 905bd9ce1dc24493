using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>
/// A small network as a study declares it, on a star whose links take 10 µs and lose nothing: nouns first, then <see cref="Begin"/>. Droplets are what the
/// study asks for, roles lie on those it names, addresses follow from the numbers. Endpoints take what reaches them and answer nothing: the study crafts every frame.
/// </summary>
/// <example><code>
/// StudyNet net = new();
/// DropletId left = net.Droplet(), right = net.Droplet(), relay = net.Droplet();
/// NetworkId network = net.Network(net.Vpc(relay), relay);
/// EndpointId a = net.Endpoint(network, left), b = net.Endpoint(network, right);
/// RunningNet running = net.Begin(settings);
/// running.Send(a, net.Datagram(a, net.AddressOf(b), 4000, 53));
/// running.Settle(run.Cancel);
/// </code></example>
internal sealed class StudyNet
{
    private const uint FirstDroplet = 0xAC10_0001;  // 172.16.0.1
    private const ulong DropletMacs = 0x0200_0000_0000, EndpointMacs = 0x0A00_0000_0000, GatewayMacs = 0x0E00_0000_0000, ServiceMacs = 0x0600_0000_0000;
    private const int NetworkBits = 16;
    private const int UnderlayMtu = 9_000;
    private const int EndpointMtu = 1_500;

    private static readonly LinkSpec Link = new(SimTime.FromMicroseconds(10), new DataRate(100_000_000_000), LinkSpec.NoLimit);

    private readonly List<Droplet> droplets = [];
    private readonly List<Vpc> vpcs = [];
    private readonly List<Network> networks = [];
    private readonly List<Endpoint> endpoints = [];
    private readonly List<Service> services = [];
    private readonly List<Policy> policies = [];
    private readonly List<Step> steps = [];

    public ProgrammingOrder Order { get; init; } = ProgrammingOrder.Safe;

    public DropletId Droplet(BandwidthLimit? bandwidth = null)
    {
        int n = droplets.Count;
        droplets.Add(new Droplet($"d{n}", new Ipv4Address(FirstDroplet + (uint)n), new MacAddress(DropletMacs + (ulong)n), Link) { Bandwidth = bandwidth });
        return new DropletId(n);
    }

    public DropletId[] Droplets(int count) => [.. Enumerable.Range(0, count).Select(_ => Droplet())];

    /// <summary>10.0.0.0/8 under the next VNI: tenants use the same addresses.</summary>
    public VpcId Vpc(params ReadOnlySpan<DropletId> dividers) => Vpc(new Vni((ulong)vpcs.Count + 1), dividers);

    /// <summary>The same under a VNI that another may have, which a real management plane forbids.</summary>
    public VpcId Vpc(Vni vni, params ReadOnlySpan<DropletId> dividers)
    {
        vpcs.Add(new Vpc($"v{vpcs.Count}", vni, new Ipv4Prefix(new Ipv4Address(0x0A00_0000), 8), [.. dividers]));
        return new VpcId(vpcs.Count - 1);
    }

    /// <summary>The VPC's next /16, gateway .0.1.</summary>
    public NetworkId Network(VpcId vpc, params ReadOnlySpan<DropletId> bouncers)
    {
        uint first = 0x0A00_0000u + ((uint)networks.Count(n => n.Vpc == vpc) << NetworkBits);
        networks.Add(new Network(
            $"n{networks.Count}", vpc, new Ipv4Prefix(new Ipv4Address(first), 32 - NetworkBits), new Ipv4Address(first + 1), new MacAddress(GatewayMacs + (ulong)networks.Count), [.. bouncers]));
        return new NetworkId(networks.Count - 1);
    }

    /// <summary>The network's next address from .0.2.</summary>
    public EndpointId Endpoint(NetworkId network, DropletId host, EndpointQos qos = default, bool initially = true)
    {
        Ipv4Address address = new(networks[network.Index].Cidr.Address.Value + 2 + (uint)endpoints.Count(e => e.Network == network));
        endpoints.Add(new Endpoint(
            $"e{endpoints.Count}", network, EndpointKind.Simple, address, new MacAddress(EndpointMacs + (ulong)endpoints.Count), host, EndpointMtu, initially) { Qos = qos });
        return new EndpointId(endpoints.Count - 1);
    }

    /// <summary>UDP port 53 of the network's address .128.n, and the same port of the backends.</summary>
    public ServiceId Service(NetworkId network, params ReadOnlySpan<EndpointId> backends)
    {
        Ipv4Address address = new(networks[network.Index].Cidr.Address.Value + 0x8000 + (uint)services.Count(s => s.Network == network));
        services.Add(new Service(
            $"s{services.Count}", network, address, new MacAddress(ServiceMacs + (ulong)services.Count), [new ServicePort(ServicePort, IpProtocol.Udp, ServicePort)], [.. backends]));
        return new ServiceId(services.Count - 1);
    }

    public PolicyId Policy(Policy policy)
    {
        policies.Add(policy with { Name = $"p{policies.Count}" });
        return new PolicyId(policies.Count - 1);
    }

    /// <summary>A step of the management plane, told when the study says so (<see cref="RunningNet.Tell"/>).</summary>
    public int Step(Func<string, SourcePlace, Step> make)
    {
        steps.Add(make($"step-{steps.Count}", default));
        return steps.Count - 1;
    }

    public const ushort ServicePort = 53;

    public Ipv4Address AddressOf(EndpointId endpoint) => endpoints[endpoint.Index].Address;

    public Ipv4Address AddressOf(ServiceId service) => services[service.Index].Address;

    public Ipv4Address AddressOf(DropletId droplet) => droplets[droplet.Index].Address;

    public MacAddress MacOf(DropletId droplet) => droplets[droplet.Index].Mac;

    /// <summary>An address of the network that nobody has, from its end.</summary>
    public Ipv4Address Unknown(NetworkId network, int number = 0) => new(networks[network.Index].Cidr.Broadcast.Value - 1 - (uint)number);

    public Ipv4Address Broadcast(NetworkId network) => networks[network.Index].Cidr.Broadcast;

    public Vni VniOf(EndpointId endpoint) => vpcs[networks[endpoints[endpoint.Index].Network.Index].Vpc.Index].Vni;

    /// <summary>A datagram as the endpoint's stack sends it once ARP is done: to the peer's MAC in its own network, else to its gateway's.</summary>
    public byte[] Datagram(EndpointId from, Ipv4Address to, ushort sourcePort, ushort destinationPort, int payload = 18, byte ttl = 64) =>
        new PacketBuilder().Ethernet(NextHopOf(from, to), endpoints[from.Index].Mac).Ipv4(AddressOf(from), to, ttl).Udp(sourcePort, destinationPort).Bytes(new byte[payload]).ToBytes();

    /// <summary>A datagram that says it is another endpoint's.</summary>
    public byte[] Forged(EndpointId from, EndpointId said, Ipv4Address to) =>
        new PacketBuilder().Ethernet(NextHopOf(from, to), endpoints[from.Index].Mac).Ipv4(AddressOf(said), to).Udp(4_000, 9).Bytes(new byte[18]).ToBytes();

    /// <summary>A TCP segment without data.</summary>
    public byte[] Segment(EndpointId from, Ipv4Address to, ushort sourcePort, ushort destinationPort, TcpFlags flags) =>
        new PacketBuilder().Ethernet(NextHopOf(from, to), endpoints[from.Index].Mac).Ipv4(AddressOf(from), to).Tcp(sourcePort, destinationPort, 1, 1, flags).ToBytes();

    public byte[] ArpRequest(EndpointId from, Ipv4Address target) =>
        new PacketBuilder().Ethernet(MacAddress.Broadcast, endpoints[from.Index].Mac).ArpRequest(endpoints[from.Index].Mac, AddressOf(from), target).ToBytes();

    /// <param name="settings">Of the data plane.</param>
    /// <param name="seed">Of the underlay's choices.</param>
    /// <param name="sizes">Null: the dialect's.</param>
    /// <param name="record">Whether what endpoints get is kept (<see cref="RunningNet.Received"/>).</param>
    public RunningNet Begin(DataPlaneSettings settings, ulong seed = 1, TableSizes? sizes = null, bool record = false)
    {
        Plan plan = Plan.Create(new Scenario
        {
            Name = "study",
            File = "study",
            Settings = settings,
            Order = Order,
            Topology = new Topology
            {
                Underlay = new Underlay(UnderlayMtu, Link),
                Droplets = [.. droplets],
                Vpcs = [.. vpcs],
                Networks = [.. networks],
                Endpoints = [.. endpoints],
                Services = [.. services],
                Policies = [.. policies],
            },
            Timeline = [.. steps],
            Expect = [],
        });
        return new RunningNet(plan, settings, seed, sizes, record);
    }

    private MacAddress NextHopOf(EndpointId from, Ipv4Address to)
    {
        Network own = networks[endpoints[from.Index].Network.Index];
        if (!own.Cidr.Contains(to))
        {
            return own.GatewayMac;
        }
        foreach (Endpoint endpoint in endpoints)
        {
            if (endpoint.Address == to && endpoint.Network == endpoints[from.Index].Network)
            {
                return endpoint.Mac;
            }
        }
        foreach (Service service in services)
        {
            if (service.Address == to && service.Network == endpoints[from.Index].Network)
            {
                return service.Mac;
            }
        }
        return own.GatewayMac;
    }
}
