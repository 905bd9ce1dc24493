using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bench;

/// <summary>
/// The overlay the rows of the bench are taken from: a client on host A, servers on host B, one in the client's network and one in another, a
/// bouncer for each network and a divider between them. Every droplet has the rows a management plane would give it.
/// </summary>
/// <remarks>Lists have three members, all of them the one droplet, so that the pick by the hash is made and its outcome known.</remarks>
internal static class BenchWorld
{
    public const int Droplets = 5;

    public static readonly DropletId HostA = new(0);
    public static readonly DropletId HostB = new(1);
    public static readonly DropletId Bouncer = new(2);
    public static readonly DropletId Divider = new(3);
    public static readonly DropletId FarBouncer = new(4);

    public static readonly Vni Vpc = new(3);
    public static readonly Vni Unknown = new(77);
    public static readonly AgentId Agent = new(1);

    /// <summary>The first of the endpoints a row rotates over; there are as many from here on as it asks for.</summary>
    public static readonly Ipv4Address FirstRotated = Ipv4Address.Parse("10.0.16.0");

    private const int MtuBytes = 1500;
    private const int Peers = 64;
    private const int RotatedHosts = 16;

    private static readonly Ipv4Address[] Addresses =
    [
        Ipv4Address.Parse("172.17.0.11"), Ipv4Address.Parse("172.17.0.12"), Ipv4Address.Parse("172.17.0.21"),
        Ipv4Address.Parse("172.17.0.31"), Ipv4Address.Parse("172.17.0.22"),
    ];

    public static Ipv4Address Client => Ipv4Address.Parse("10.0.0.2");

    /// <summary>On host A, as the client is.</summary>
    public static Ipv4Address Neighbour => Ipv4Address.Parse("10.0.0.4");

    /// <summary>On host B, in the client's network.</summary>
    public static Ipv4Address Server => Ipv4Address.Parse("10.0.0.3");

    /// <summary>On host B, in another network.</summary>
    public static Ipv4Address FarServer => Ipv4Address.Parse("10.1.0.3");

    public static Ipv4Address Gateway => Ipv4Address.Parse("10.0.0.1");

    public static Ipv4Address FarGateway => Ipv4Address.Parse("10.1.0.1");

    public static Ipv4Address AddressOf(DropletId droplet) => Addresses[droplet.Index];

    public static MacAddress MacOf(Ipv4Address address) => new(0x0242_0000_0000u | address.Value);

    public static HostAddress HostOf(DropletId droplet) => new(AddressOf(droplet), MacOf(AddressOf(droplet)));

    /// <summary>The droplet of an underlay address; false for one that only stands in tables.</summary>
    public static bool TryFind(Ipv4Address address, out DropletId droplet)
    {
        int index = Array.IndexOf(Addresses, address);
        droplet = new DropletId(Math.Max(index, 0));
        return index >= 0;
    }

    public static void Write(ITableWriter writer)
    {
        for (int i = 0; i < Droplets; i++)
        {
            WriteUnderlay(writer, new DropletId(i));
        }
        WriteHosted(writer, HostA, slot: 1, Client, Bouncer, Gateway);
        WriteHosted(writer, HostA, slot: 2, Neighbour, Bouncer, Gateway);
        WriteHosted(writer, HostB, slot: 1, Server, Bouncer, Gateway);
        WriteHosted(writer, HostB, slot: 2, FarServer, FarBouncer, FarGateway);
        WriteEndpoint(writer, Bouncer, Client, HostA);
        WriteEndpoint(writer, Bouncer, Neighbour, HostA);
        WriteEndpoint(writer, Bouncer, Server, HostB);
        WriteEndpoint(writer, FarBouncer, FarServer, HostB);
        foreach ((DropletId bouncer, Ipv4Address gateway) in ((DropletId, Ipv4Address)[])[(Bouncer, Gateway), (FarBouncer, FarGateway)])
        {
            writer.Put(bouncer, Tables.Vpcs, Vpc, ListOf(Divider));
            writer.Put(bouncer, Tables.Endpoints, new EndpointKey(Vpc, gateway), new EndpointValue(EndpointType.Gateway, default, -1, MacOf(gateway)));
            writer.Put(Divider, Tables.Networks, new NetworkKey(Vpc, new Ipv4Prefix(gateway, 16)), new NetworkValue(ListOf(bouncer))
            {
                Gateway = gateway,
                GatewayMac = MacOf(gateway),
            });
        }
        for (int i = 0; i < 200; i++)
        {
            // A VPC of its own for company in the prefix table, whose depth a search pays for.
            writer.Put(Divider, Tables.Networks, new NetworkKey(new Vni(4), new Ipv4Prefix(new Ipv4Address(0x0A000000u + ((uint)i << 16)), 16)), new NetworkValue(ListOf(FarBouncer)));
        }
    }

    /// <summary>Endpoints of the client's network for rows that rotate, at the bouncer; they live on sixteen hosts.</summary>
    public static void WriteRotated(ITableWriter writer, int endpoints)
    {
        for (int i = 0; i < RotatedHosts; i++)
        {
            Ipv4Address host = RotatedHost(i);
            writer.Put(Bouncer, Tables.Endpoints, new EndpointKey(Vni.Substrate, host), Substrate(host));
            writer.Put(Bouncer, Tables.Peers, host, PeerState.Healthy);
        }
        for (int i = 0; i < endpoints; i++)
        {
            Ipv4Address address = new(FirstRotated.Value + (uint)i);
            writer.Put(Bouncer, Tables.Endpoints, new EndpointKey(Vpc, address), new EndpointValue(EndpointType.Simple, new AddressList(RotatedHost(i % RotatedHosts)), -1, MacOf(address)));
        }
    }

    /// <summary>Policy of the server on host B for what it is sent, and of the client on host A for what it sends: any port, one prefix.</summary>
    public static void WritePolicy(ITableWriter writer)
    {
        foreach ((DropletId host, PolicyDirection direction, Ipv4Address local, Ipv4Address remote) in ((DropletId, PolicyDirection, Ipv4Address, Ipv4Address)[])
            [(HostB, PolicyDirection.Ingress, Server, Client), (HostA, PolicyDirection.Egress, Client, Server)])
        {
            PolicyScope scope = new(direction, new EndpointKey(Vpc, local));
            WriteHosted(writer, host, slot: 1, local, Bouncer, Gateway, guarded: direction);
            writer.Put(host, Tables.PolicyEnforced, scope, (byte)1);
            writer.Put(host, Tables.PolicyPorts, new PolicyPortKey(scope, default, 0), PolicyBits.Of(0));
            writer.Put(host, Tables.PolicyCidrs, new PolicyCidrKey(scope, CidrKind.Primary, new Ipv4Prefix(remote, 24)), PolicyBits.Of(0));
        }
    }

    /// <summary>The server and the client are proxied endpoints.</summary>
    public static void WriteProxied(ITableWriter writer)
    {
        WriteHosted(writer, HostB, slot: 1, Server, Bouncer, Gateway, proxied: true);
        WriteHosted(writer, HostA, slot: 1, Client, Bouncer, Gateway, proxied: true);
    }

    /// <summary>A connection from the server to the client, so that what the client sends is a reply.</summary>
    public static void WriteReplied(ITableWriter writer, SimTime seen)
    {
        ConnectionKey opened = new(Vpc, new FlowKey(Server, Client, 9000, 40_000, IpProtocol.Tcp));
        ConnectionState state = new(ConnectionFlags.None) { Phase = TcpPhase.Established, Seen = LabClock.Ticks(seen), Egress = PolicyEpoch.First };
        writer.Put(HostB, Tables.Connections, opened, state);
    }

    private static Ipv4Address RotatedHost(int index) => new(Ipv4Address.Parse("172.17.1.0").Value + (uint)index);

    private static void WriteUnderlay(ITableWriter writer, DropletId droplet)
    {
        Ipv4Address own = AddressOf(droplet);
        writer.Put(droplet, Tables.Interface, 0, new InterfaceConfig(0, own, MacOf(own)) { MtuBytes = MtuBytes });
        writer.Put(droplet, Tables.Slots, 0, PortId.Nic);
        writer.Put(droplet, Tables.AgentSlots, 0, PortId.Nic);
        foreach (Ipv4Address address in Addresses)
        {
            writer.Put(droplet, Tables.Endpoints, new EndpointKey(Vni.Substrate, address), Substrate(address));
        }
        for (int i = 0; i < Peers; i++)
        {
            Ipv4Address peer = i < Addresses.Length ? Addresses[i] : new Ipv4Address(Ipv4Address.Parse("172.17.2.0").Value + (uint)i);
            writer.Put(droplet, Tables.Peers, peer, PeerState.Healthy);
        }
    }

    private static EndpointValue Substrate(Ipv4Address address) => new(EndpointType.Substrate, default, -1, MacOf(address));

    private static AddressList ListOf(DropletId droplet) => new([AddressOf(droplet), AddressOf(droplet), AddressOf(droplet)]);

    private static void WriteEndpoint(ITableWriter writer, DropletId at, Ipv4Address endpoint, DropletId host) =>
        writer.Put(at, Tables.Endpoints, new EndpointKey(Vpc, endpoint), new EndpointValue(EndpointType.Simple, new AddressList(AddressOf(host)), -1, MacOf(endpoint)));

    private static void WriteHosted(ITableWriter writer, DropletId host, int slot, Ipv4Address endpoint, DropletId bouncer, Ipv4Address gateway, PolicyDirection? guarded = null, bool proxied = false)
    {
        writer.Put(host, Tables.Slots, slot, new PortId(slot));
        writer.Put(host, Tables.Endpoints, new EndpointKey(Vpc, endpoint), new EndpointValue(EndpointType.Simple, new AddressList(AddressOf(host)), slot, MacOf(endpoint))
        {
            HasEgressPolicy = guarded == PolicyDirection.Egress,
            HasIngressPolicy = guarded == PolicyDirection.Ingress,
            IsProxied = proxied,
        });
        writer.Put(host, Tables.Agents, new AgentId(slot), new AgentConfig(AddressOf(host), MacOf(AddressOf(host)), new EndpointKey(Vpc, endpoint), ListOf(bouncer))
        {
            EndpointMac = MacOf(endpoint),
            HasEgressPolicy = guarded == PolicyDirection.Egress,
            HasIngressPolicy = guarded == PolicyDirection.Ingress,
            IsProxied = proxied,
            Gateway = gateway,
            GatewayMac = MacOf(gateway),
        });
        writer.Put(host, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(slot), new EndpointKey(Vni.Substrate, AddressOf(bouncer))), MacOf(AddressOf(bouncer)));
    }
}
