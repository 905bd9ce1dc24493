using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Functions;

/// <summary>Gateways in the language, and the rows they make.</summary>
public sealed class GatewayTests
{
    private const string Nouns =
        "droplets: { left: {}, edge: {}, router: {} }, vpcs: { v: { vni: 3, cidr: 10.0.0.0/16, dividers: [router] }, w: { vni: 4, cidr: 10.0.0.0/16, dividers: [router] } }, "
        + "networks: { net: { vpc: v, cidr: 10.0.0.0/24, bouncers: [left] }, out: { vpc: v, cidr: 198.51.100.0/24, bouncers: [left] }, theirs: { vpc: w, cidr: 10.0.0.0/24, bouncers: [left] } }";

    private const string Endpoints = "a: { network: net, address: 10.0.0.2, droplet: left }, i: { network: out, address: 198.51.100.9, droplet: edge }, c: { network: theirs, address: 10.0.0.2, droplet: left }";

    [Theory]
    [InlineData("g: { endpoint: i, address: 203.0.113.1, first_port: 9, last_port: 8 }", "ports 9 to 8 are none")]
    [InlineData("g: { endpoint: i, address: 203.0.113.1 }, h: { endpoint: i, address: 203.0.113.2 }", "VPC 'v' has a gateway already, 'g'")]
    [InlineData("g: { endpoint: i, address: 198.51.100.1 }", "198.51.100.1 lies in VPC 'v'")]
    [InlineData("g: { endpoint: i, address: 224.0.0.1 }", "224.0.0.1 is no address of a host")]
    [InlineData("g: { endpoint: i, address: 203.0.113.1, forward: [ { to: a } ] }", "a forward of TCP or UDP needs a port")]
    [InlineData("g: { endpoint: i, address: 203.0.113.1, forward: [ { protocol: icmp, port: 8, to: a } ] }", "icmp has no ports")]
    [InlineData("g: { endpoint: i, address: 203.0.113.1, forward: [ { port: 80, to: c } ] }", "endpoint 'c' is not inside VPC 'v'")]
    [InlineData("g: { endpoint: i, address: 203.0.113.1, forward: [ { port: 80, to: i } ] }", "endpoint 'i' is not inside VPC 'v'")]
    [InlineData("g: { endpoint: i, address: 203.0.113.1, forward: [ { port: 80, to: a }, { port: 80, to: a, to_port: 81 } ] }", "what comes there is forwarded already")]
    [InlineData("g: { endpoint: i, address: 203.0.113.1, forward: [ { port: 80, to: a, address: 10.0.0.9 } ] }", "10.0.0.9 lies in VPC 'v'")]
    public void AGatewayThatCouldNotWorkIsRefused(string gateways, string message) => Refused(Nouns, Endpoints, gateways, message);

    [Theory]
    [InlineData(", b: { network: out, address: 198.51.100.8, droplet: edge }", "endpoint 'b' is on network 'out' too")]
    [InlineData(", b: { network: net, address: 10.0.0.3, droplet: edge, kind: host }", null)]
    public void TheOutsideIsAloneOnItsNetwork(string more, string? message)
    {
        const string gateway = "g: { endpoint: i, address: 203.0.113.1 }";
        if (message is null)
        {
            Load(Nouns, Endpoints + more, gateway);
        }
        else
        {
            Refused(Nouns, Endpoints + more, gateway, message);
        }
    }

    [Fact]
    public void APacketMayNotLeavePastANetworkAcl() => Refused(
        Nouns.Replace("dividers: [router] }, w", "dividers: [router], nacl: [ { action: deny } ] }, w", StringComparison.Ordinal).Replace("cidr: 10.0.0.0/24, bouncers: [left] }, out", "cidr: 10.0.0.0/24, bouncers: [edge] }, out", StringComparison.Ordinal),
        Endpoints,
        "g: { endpoint: i, address: 203.0.113.1 }",
        "droplet 'edge' is bouncer or way out of networks 'net' and 'out'");

    /// <summary>The default route is its VPC's dividers' and the gateway's own droplet's, who alone translates; the other VPC knows nothing of it.</summary>
    [Fact]
    public void TheDefaultRouteLeadsToWhereItIsTranslated()
    {
        Scenario scenario = Load(Nouns, Endpoints, "g: { endpoint: i, address: 203.0.113.1, first_port: 5, last_port: 6, forward: [ { port: 80, to: a, to_port: 8080 } ] }");
        ModelDataPlane model = new(3, DataPlaneSettings.Lab);
        Plan.Create(scenario).WriteInitial(model);
        DropletId left = new(0), edge = new(1), router = new(2);
        NetworkKey everywhere = new(new Vni(3), new Ipv4Prefix(Ipv4Address.Any, 0));
        foreach (DropletId knows in (DropletId[])[edge, router])
        {
            NetworkValue route = model.Rows(knows, Tables.Networks).Single(row => row.Key == everywhere).Value;
            Assert.True(route.IsOutside);
            Assert.Equal(scenario.Topology[edge].Address, route.Bouncers[0]);
            Assert.Equal("198.51.100.1", route.Gateway.ToString());
            Assert.DoesNotContain(model.Rows(knows, Tables.Networks), row => row.Key.Prefix.ToString() == "198.51.100.0/24");
            Assert.Contains(model.Rows(knows, Tables.Networks), row => row.Key == new NetworkKey(new Vni(3), new Ipv4Prefix(new Ipv4Address(0x0A00_0000), 24)));
        }
        Assert.DoesNotContain(model.Rows(router, Tables.Networks), row => row.Key.Vni == new Vni(4) && row.Value.IsOutside);
        Assert.Empty(model.Rows(left, Tables.Networks));
        Assert.Equal(new Translator(scenario.Topology.Endpoints[1].Address, new Ipv4Address(0xCB00_7101), 5, 6), Assert.Single(model.Rows(edge, Tables.Translators)).Value);
        Assert.Equal(new PortForward(scenario.Topology.Endpoints[0].Address, 8080), Assert.Single(model.Rows(edge, Tables.PortForwards)).Value);
        Assert.Equal((false, true, false), (HasOutside(left), HasOutside(edge), HasOutside(router)));
        Assert.True(Assert.Single(model.Rows(edge, Tables.Agents)).Value.IsOutside);
        Assert.Empty(model.Rows(router, Tables.Translators));

        bool HasOutside(DropletId droplet) => model.Rows(droplet, Tables.Interface).Single().Value.HasOutside;
    }

    private static void Refused(string nouns, string endpoints, string gateways, string message)
    {
        ScenarioException error = Assert.Throws<ScenarioException>(() => Load(nouns, endpoints, gateways));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static Scenario Load(string nouns, string endpoints, string gateways) =>
        ScenarioLoader.Load("x.yaml", $"name: x\ndialect: lab\ntopology: {{ {nouns}, endpoints: {{ {endpoints} }}, gateways: {{ {gateways} }} }}\ntimeline: []\nexpect: []\n");
}
