using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Management;

/// <summary>Two networks of one VPC over six droplets: hosts 0 and 1, bouncers 2 (net10) and 3 (net20), divider 4, and a spare, 5.</summary>
internal static class TestTopology
{
    public static readonly SourcePlace Nowhere = new("test", 1, 1);

    public static Topology TwoNetworks() => new()
    {
        Underlay = new Underlay(3000, Link),
        Droplets = [.. Enumerable.Range(0, 6).Select(i => new Droplet($"d{i}", new Ipv4Address(0xAC110002u + (uint)i), new MacAddress(0x0242AC110002ul + (ulong)i), Link))],
        Vpcs = [new Vpc("blue", new Vni(3), Prefix("10.0.0.0/16"), [new DropletId(4)])],
        Networks =
        [
            new Network("net10", new VpcId(0), Prefix("10.0.0.0/24"), Ipv4Address.Parse("10.0.0.1"), MacAddress.Parse("a5:5b:00:00:00:01"), [new DropletId(2)]),
            new Network("net20", new VpcId(0), Prefix("10.0.20.0/24"), Ipv4Address.Parse("10.0.20.1"), MacAddress.Parse("a5:5b:00:00:00:02"), [new DropletId(3)]),
        ],
        Endpoints =
        [
            Endpoint("a", 0, "10.0.0.2", 0, initially: true),
            Endpoint("b", 0, "10.0.0.3", 1, initially: true),
            Endpoint("c", 1, "10.0.20.2", 1, initially: true),
            Endpoint("later", 1, "10.0.20.3", 0, initially: false),
        ],
    };

    public static Scenario Scenario(params Step[] timeline) => new()
    {
        Name = "test",
        File = "test",
        Settings = MizarLab.DataPlane.DataPlaneSettings.Mizar,
        Topology = TwoNetworks(),
        Timeline = [.. timeline],
        Expect = [],
    };

    private static LinkSpec Link => new(SimTime.FromMicroseconds(10), new DataRate(10_000_000_000), 512);

    private static Endpoint Endpoint(string name, int network, string address, int droplet, bool initially) =>
        new(name, new NetworkId(network), EndpointKind.Simple, Ipv4Address.Parse(address), new MacAddress(0x6A0000000000ul | Ipv4Address.Parse(address).Value), new DropletId(droplet), 1500, initially);

    private static Ipv4Prefix Prefix(string text) => Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix) ? prefix : throw new FormatException(text);
}
