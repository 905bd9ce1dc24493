using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

/// <summary>What a service may say of its ports, and whose it is.</summary>
public class ServiceTests
{
    private const string Text = """
        name: services
        topology:
          droplets: { left: {} }
          vpcs: { blue: { vni: 3, cidr: 10.0.0.0/16 }, green: { vni: 4, cidr: 10.1.0.0/16 }, red: { vni: 5, cidr: 10.1.0.0/16 } }
          networks:
            net: { vpc: blue, cidr: 10.0.0.0/24, bouncers: [left] }
            greens: { vpc: green, cidr: 10.1.0.0/24, bouncers: [left] }
            reds: { vpc: red, cidr: 10.1.0.0/24, bouncers: [left] }
          endpoints:
            a: { network: net, address: 10.0.0.2, droplet: left }
            g: { network: greens, address: 10.1.0.2, droplet: left }
            r: { network: reds, address: 10.1.0.2, droplet: left }
          services: { web: { network: greens, address: 10.1.0.8, ports: { 80: 8080, icmp: on }, backends: [g] } }
          peerings: [[blue, green]]
        timeline: [ ping: { from: a, to: web } ]
        expect: []
        """;

    [Theory]
    [InlineData("icmp: on", "icmp: 8", "ICMP has no ports, and none stands behind it; not '8' (icmp: on)")]
    [InlineData("80: 8080", "80/sctp: 8080", "'80/sctp': '8080' is no port of a service (ports with the backends' ports, like { 80: 8080, 53/udp: 5353, icmp: on })")]
    [InlineData("backends: [g]", "backends: [a]", "endpoint 'a' is in another VPC than service 'web'")]
    public void WhatIsNoneIsAnError(string what, string by, string error)
    {
        ScenarioException wrong = Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("s.yaml", Text.Replace(what, by, StringComparison.Ordinal)));
        Assert.Contains(error, Assert.Single(wrong.Errors).ToString(), StringComparison.Ordinal);
    }

    /// <summary>An address is somebody's for a VPC and its peers, and for nobody else.</summary>
    [Fact]
    public void AServiceIsItsPeersToo()
    {
        Scenario scenario = ScenarioLoader.Load("s.yaml", Text);
        Topology topology = scenario.Topology;
        VpcId blue = new(0), green = new(1), red = new(2);
        Ipv4Address web = Ipv4Address.Parse("10.1.0.8"), backend = Ipv4Address.Parse("10.1.0.2");
        Assert.Equal(new ServiceId(0), topology.ServiceAt(green, web));
        Assert.Equal(new ServiceId(0), topology.ServiceAt(blue, web));
        Assert.Null(topology.ServiceAt(red, web));
        Assert.Equal((new EndpointId(1), new EndpointId(1), new EndpointId(2)), (topology.EndpointAt(green, backend), topology.EndpointAt(blue, backend), topology.EndpointAt(red, backend)));
        (IReadOnlyList<EndpointId> behind, ushort port) = topology.Behind(scenario, blue, web, 80, IpProtocol.Tcp);
        Assert.Equal([new EndpointId(1)], behind);
        Assert.Equal(8080, port);
    }
}
