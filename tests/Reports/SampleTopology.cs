using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Reports;

/// <summary>Two networks in one VPC over five droplets: a behind bouncer switch-1, b and c behind switch-2, router-1 between them.</summary>
internal static class SampleTopology
{
    public static readonly DropletId Left = new(0);
    public static readonly DropletId Right = new(1);
    public static readonly DropletId Switch1 = new(2);
    public static readonly DropletId Switch2 = new(3);
    public static readonly DropletId Router1 = new(4);
    public static readonly EndpointId A = new(0);
    public static readonly EndpointId B = new(1);
    public static readonly EndpointId C = new(2);

    private static readonly LinkSpec Link = new(SimTime.FromMicroseconds(10), new DataRate(10_000_000_000), 512);

    public static readonly Topology Lab = new()
    {
        Underlay = new Underlay(3000, Link),
        Droplets = [.. new[] { "left", "right", "switch-1", "switch-2", "router-1" }.Select((name, i) =>
            new Droplet(name, Ipv4Address.Parse($"172.17.0.{11 + i}"), MacAddress.Parse($"02:42:ac:11:00:{0x0b + i:x2}"), Link))],
        Vpcs = [new Vpc("blue", new Vni(3), Prefix("10.0.0.0/16"), [Router1])],
        Networks =
        [
            new Network("net10", new VpcId(0), Prefix("10.0.0.0/24"), Ipv4Address.Parse("10.0.0.1"), MacAddress.Parse("02:00:00:00:10:01"), [Switch1]),
            new Network("net20", new VpcId(0), Prefix("10.0.20.0/24"), Ipv4Address.Parse("10.0.20.1"), MacAddress.Parse("02:00:00:00:20:01"), [Switch2]),
        ],
        Endpoints =
        [
            Endpoint("a", 0, "10.0.0.2", Left),
            Endpoint("b", 1, "10.0.20.4", Right),
            Endpoint("c", 1, "10.0.20.3", Right),
        ],
    };

    public static SourcePlace Line(int line) => new("scenarios/library/demo.yaml", line, 5);

    public static Scenario Scenario(string name, ImmutableArray<Step> timeline, ImmutableArray<Expectation> expect) => new()
    {
        Name = name,
        Description = "A ping across networks takes the long way once, then the direct path.",
        File = "scenarios/library/demo.yaml",
        Dialect = Dialect.Mizar,
        On = ["model", "bpf", "netns", "docker"],
        Topology = Lab,
        Timeline = timeline,
        Expect = expect,
    };

    private static Endpoint Endpoint(string name, int network, string address, DropletId droplet) => new(
        name, new NetworkId(network), EndpointKind.Simple, Ipv4Address.Parse(address), MacAddress.Parse($"02:00:00:00:00:{(byte)name[0]:x2}"), droplet, 1500, true);

    private static Ipv4Prefix Prefix(string text) => Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix) ? prefix : throw new FormatException(text);
}
