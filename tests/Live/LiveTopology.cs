using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Live;

/// <summary>
/// Two networks in one VPC over five droplets: endpoint a on left (net10, bouncer switch-1), c on right (net20, bouncer switch-2), b on right in net10,
/// divider router-1. Endpoint h is a host endpoint on left in net10.
/// </summary>
internal static class LiveTopology
{
    public static readonly DropletId Left = new(0);
    public static readonly DropletId Right = new(1);
    public static readonly DropletId Switch1 = new(2);
    public static readonly DropletId Switch2 = new(3);
    public static readonly DropletId Router1 = new(4);
    public static readonly EndpointId A = new(0);
    public static readonly EndpointId B = new(1);
    public static readonly EndpointId C = new(2);
    public static readonly EndpointId H = new(3);

    /// <summary>Created by the timeline only, on left in net10.</summary>
    public static readonly EndpointId Late = new(4);

    public static readonly Ipv4Address AddressA = Ipv4Address.Parse("10.0.0.2");
    public static readonly Ipv4Address AddressB = Ipv4Address.Parse("10.0.0.3");
    public static readonly Ipv4Address AddressC = Ipv4Address.Parse("10.0.20.3");
    public static readonly Ipv4Address AddressH = Ipv4Address.Parse("10.0.0.4");
    public static readonly Ipv4Address AddressLate = Ipv4Address.Parse("10.0.0.5");

    public static SourcePlace Nowhere => new("live.yaml", 1, 1);

    public static Plan Plan(params ReadOnlySpan<Step> steps) => MizarLab.Management.Plan.Create(new Scenario
    {
        Name = "live",
        File = "live.yaml",
        Dialect = Dialect.Mizar,
        Topology = Create(),
        Timeline = [.. steps],
        Expect = [],
    });

    public static PingStep Ping(string name, EndpointId from, Ipv4Address to, int count = 1, int timeoutMilliseconds = 1_000) =>
        new(from, to, count, SimTime.FromMilliseconds(10), 56, SimTime.FromMilliseconds(timeoutMilliseconds)) { Name = name, Where = Nowhere };

    public static UdpStep Udp(string name, EndpointId from, Ipv4Address to, int count, bool reply) =>
        new(from, to, 5001, Pattern(100), count, SimTime.FromMilliseconds(5), reply, SimTime.FromSeconds(1)) { Name = name, Where = Nowhere, SourcePort = 40_001 };

    public static TcpStep Tcp(string name, EndpointId from, Ipv4Address to, int blocks, int milliseconds, bool reply = false, bool background = false) =>
        new(from, to, 9001, Pattern(100), blocks, SimTime.FromMilliseconds(milliseconds), reply, SimTime.FromSeconds(2))
        {
            Name = name,
            Where = Nowhere,
            Background = background,
            SourcePort = 40_002,
        };

    public static WaitStep Wait(string name, int milliseconds) => new(SimTime.FromMilliseconds(milliseconds)) { Name = name, Where = Nowhere };

    private static ImmutableArray<byte> Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static Topology Create()
    {
        LinkSpec link = new(SimTime.FromMicroseconds(10), new DataRate(10_000_000_000), 512);
        VpcId blue = new(0);
        NetworkId net10 = new(0), net20 = new(1);
        string[] names = ["left", "right", "switch-1", "switch-2", "router-1"];
        return new Topology
        {
            Underlay = new Underlay(3000, link),
            Droplets = [.. names.Select((name, i) => new Droplet(name, new Ipv4Address(0xAC11_000B + (uint)i), new MacAddress(0x0242_AC11_000B + (ulong)i), link))],
            Vpcs = [new Vpc("blue", new Vni(3), Prefix("10.0.0.0/16"), [Router1])],
            Networks =
            [
                new Network("net10", blue, Prefix("10.0.0.0/24"), Ipv4Address.Parse("10.0.0.1"), new MacAddress(0x0200_0A00_0001), [Switch1]),
                new Network("net20", blue, Prefix("10.0.20.0/24"), Ipv4Address.Parse("10.0.20.1"), new MacAddress(0x0200_0A00_1401), [Switch2]),
            ],
            Endpoints =
            [
                Endpoint("a", net10, EndpointKind.Simple, AddressA, Left),
                Endpoint("b", net10, EndpointKind.Simple, AddressB, Right),
                Endpoint("c", net20, EndpointKind.Simple, AddressC, Right),
                Endpoint("h", net10, EndpointKind.Host, AddressH, Left),
                Endpoint("late", net10, EndpointKind.Simple, AddressLate, Left) with { Initially = false },
            ],
        };
    }

    private static Endpoint Endpoint(string name, NetworkId network, EndpointKind kind, Ipv4Address address, DropletId droplet) =>
        new(name, network, kind, address, new MacAddress(0x0200_0000_0000ul | address.Value), droplet, 1500, true);

    private static Ipv4Prefix Prefix(string text) =>
        Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix) ? prefix : throw new FormatException(text);
}
