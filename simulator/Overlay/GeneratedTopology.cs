using System.Collections.Immutable;
using System.Numerics;
using MizarLab.Packets;

namespace MizarLab.Overlay;

/// <summary>
/// A large topology by rule: droplets, VPCs and networks are rows as anywhere (<see cref="Roles"/>), endpoints are functions of their index, and nothing is kept
/// for them. Networks and roles are spread over all droplets; tenants use the same addresses. <see cref="WriteOut"/> makes a small one an ordinary
/// <see cref="Topology"/>.
/// </summary>
/// <example><code>
/// GeneratedTopology topology = new(new GeneratedShape(Droplets: 1_024, Endpoints: 102_400));
/// EndpointId source = topology.HostedAt(droplet, 17);
/// EndpointId destination = topology.MemberAt(topology.NetworkOf(source), 3);
/// </code></example>
public sealed class GeneratedTopology
{
    private const uint FirstDroplet = 0xAC10_0001; // 172.16.0.1
    private const uint FirstVpcAddress = 0x0A00_0000; // 10.0.0.0
    private const int ShortestVpcPrefix = 8;
    private const int MostDroplets = 1_000_000;
    private const ulong DropletMacs = 0x0200_0000_0000;
    private const ulong EndpointMacs = 0x0A00_0000_0000;
    private const ulong GatewayMacs = 0x0E00_0000_0000;

    /// <summary>Of an address block: the network's own, the gateway's, the broadcast address.</summary>
    private const int ReservedAddresses = 3;
    private const int GatewayOffset = 1;
    private const int FirstEndpointOffset = 2;

    /// <summary>What a tunnel adds to a packet of IP: all headers in front of the inner frame, whose Ethernet header is as long as the outer one (spec §2.7).</summary>
    private const int TunnelBytes = DataPlane.Wire.Overhead;

    private readonly SpreadRule hosts;
    private readonly int networkBits;

    /// <exception cref="ArgumentException">No such topology: a count is below 1, more role holders are wanted than there are droplets, or a VPC needs more than 10.0.0.0/8.</exception>
    public GeneratedTopology(GeneratedShape shape)
    {
        Shape = shape;
        foreach (int count in (ReadOnlySpan<int>)[shape.Droplets, shape.Endpoints, shape.EndpointsPerNetwork, shape.NetworksPerVpc, shape.BouncersPerNetwork, shape.DividersPerVpc])
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(shape));
        }
        int roles = Math.Max(shape.BouncersPerNetwork, shape.DividersPerVpc);
        if (shape.Droplets > MostDroplets || roles > Math.Min(shape.Droplets, DataPlane.AddressList.Limit))
        {
            throw new ArgumentException($"{shape.Droplets} droplets and lists of {roles}: at most {MostDroplets} droplets, and lists of distinct droplets, at most {DataPlane.AddressList.Limit}", nameof(shape));
        }
        networkBits = 32 - BitOperations.LeadingZeroCount((uint)(shape.EndpointsPerNetwork + ReservedAddresses - 1));
        int vpcBits = networkBits + 32 - BitOperations.LeadingZeroCount((uint)(shape.NetworksPerVpc - 1));
        if (32 - vpcBits < ShortestVpcPrefix)
        {
            throw new ArgumentException($"{shape.NetworksPerVpc} networks of {shape.EndpointsPerNetwork} endpoints need more than 10.0.0.0/{ShortestVpcPrefix}", nameof(shape));
        }
        hosts = new SpreadRule(shape.Droplets, 618);
        Roles = MakeRoles(32 - vpcBits);
    }

    public GeneratedShape Shape { get; }

    /// <summary>Everything but the endpoints: <see cref="Topology.Endpoints"/> is empty here. Droplets have names like <c>d17</c>, networks <c>n3</c>, VPCs <c>v1</c>.</summary>
    public Topology Roles { get; }

    public int EndpointCount => Shape.Endpoints;

    public int DropletCount => Shape.Droplets;

    /// <summary>An endpoint. Its name is empty; <see cref="WriteOut"/> names it after its index.</summary>
    public Endpoint this[EndpointId id] => new(
        "", NetworkOf(id), EndpointKind.Simple, AddressOf(id), MacOf(id), HostOf(id), Shape.Underlay.MtuBytes - TunnelBytes, Initially: true);

    public NetworkId NetworkOf(EndpointId id) => new(id.Index / Shape.EndpointsPerNetwork);

    public VpcId VpcOf(EndpointId id) => new(NetworkOf(id).Index / Shape.NetworksPerVpc);

    public Vni VniOf(EndpointId id) => VniOf(VpcOf(id));

    public DropletId HostOf(EndpointId id) => new(hosts.PlaceOf(id.Index));

    /// <summary>Number of its port, and of its agent, on its droplet: from 1.</summary>
    public int PortOf(EndpointId id) => (id.Index / Shape.Droplets) + 1;

    public MacAddress MacOf(EndpointId id) => new(EndpointMacs + (ulong)id.Index);

    public Ipv4Address AddressOf(EndpointId id) => new(FirstAddressOf(NetworkOf(id)) + FirstEndpointOffset + (uint)(id.Index % Shape.EndpointsPerNetwork));

    /// <summary>The network an address of a VPC lies in, whether somebody has the address or not.</summary>
    public NetworkId NetworkAt(Vni vni, Ipv4Address address) =>
        new((((int)vni.Value - 1) * Shape.NetworksPerVpc) + (int)((address.Value - FirstVpcAddress) >> networkBits));

    /// <summary>The endpoint behind an address; one of the network's others, or none that exists, if nobody has it.</summary>
    public EndpointId EndpointAt(Vni vni, Ipv4Address address)
    {
        NetworkId network = NetworkAt(vni, address);
        return MemberAt(network, (int)(address.Value - FirstAddressOf(network)) - FirstEndpointOffset);
    }

    /// <summary>Endpoints of a network.</summary>
    public int MembersOf(NetworkId id) => Math.Min(Shape.EndpointsPerNetwork, Shape.Endpoints - (id.Index * Shape.EndpointsPerNetwork));

    public EndpointId MemberAt(NetworkId id, int number) => new((id.Index * Shape.EndpointsPerNetwork) + number);

    /// <summary>Endpoints that live on a droplet.</summary>
    public int HostedOn(DropletId droplet) => hosts.CountAt(droplet.Index, Shape.Endpoints);

    /// <summary>The endpoint behind port <paramref name="number"/> + 1.</summary>
    public EndpointId HostedAt(DropletId droplet, int number) => new((int)hosts.NumberAt(droplet.Index, number));

    /// <summary>The same topology with every endpoint written out; for small ones.</summary>
    public Topology WriteOut()
    {
        ImmutableArray<Endpoint>.Builder endpoints = ImmutableArray.CreateBuilder<Endpoint>(Shape.Endpoints);
        for (int e = 0; e < Shape.Endpoints; e++)
        {
            endpoints.Add(this[new EndpointId(e)] with { Name = $"e{e}" });
        }
        return Roles with { Endpoints = endpoints.MoveToImmutable() };
    }

    private static Vni VniOf(VpcId id) => new((ulong)id.Index + 1);

    private uint FirstAddressOf(NetworkId id) => FirstVpcAddress + ((uint)(id.Index % Shape.NetworksPerVpc) << networkBits);

    private Topology MakeRoles(int vpcPrefix)
    {
        SpreadRule bouncers = new(Shape.Droplets, 382);
        SpreadRule dividers = new(Shape.Droplets, 786);
        return new Topology
        {
            Underlay = Shape.Underlay,
            Droplets = Columns(Shape.Droplets, d => new Droplet($"d{d}", new Ipv4Address(FirstDroplet + (uint)d), new MacAddress(DropletMacs + (ulong)d), Shape.Underlay.Link)),
            Vpcs = Columns(Shape.Vpcs, v => new Vpc(
                $"v{v}", VniOf(new VpcId(v)), new Ipv4Prefix(new Ipv4Address(FirstVpcAddress), vpcPrefix), Holders(dividers, v, Shape.DividersPerVpc))),
            Networks = Columns(Shape.Networks, n => new Network(
                $"n{n}",
                new VpcId(n / Shape.NetworksPerVpc),
                new Ipv4Prefix(new Ipv4Address(FirstAddressOf(new NetworkId(n))), 32 - networkBits),
                new Ipv4Address(FirstAddressOf(new NetworkId(n)) + GatewayOffset),
                new MacAddress(GatewayMacs + (ulong)n),
                Holders(bouncers, n, Shape.BouncersPerNetwork))),
            Endpoints = [],
        };
    }

    /// <summary>The droplets of one list; within a round of the rule, hence distinct, unless the list lies over two rounds.</summary>
    private ImmutableArray<DropletId> Holders(SpreadRule rule, int list, int count)
    {
        ImmutableArray<DropletId>.Builder holders = ImmutableArray.CreateBuilder<DropletId>(count);
        for (int i = 0; i < count; i++)
        {
            int droplet = rule.PlaceOf(((long)list * count) + i);
            while (holders.Contains(new DropletId(droplet)))
            {
                droplet = (droplet + 1) % Shape.Droplets;
            }
            holders.Add(new DropletId(droplet));
        }
        return holders.MoveToImmutable();
    }

    private static ImmutableArray<T> Columns<T>(int count, Func<int, T> make)
    {
        ImmutableArray<T>.Builder rows = ImmutableArray.CreateBuilder<T>(count);
        for (int i = 0; i < count; i++)
        {
            rows.Add(make(i));
        }
        return rows.MoveToImmutable();
    }
}
