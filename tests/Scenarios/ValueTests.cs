using System.Text;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

/// <summary>What the loader makes of what is written, and of what is not.</summary>
public class ValueTests
{
    private const string Head = """
        name: values
        dialect: mizar
        topology:
          underlay: { mtu: 9000B, delay: 1.5us, rate: 2.5Gbit, queue: 1 frame }
          droplets: { left: {}, right: { address: 172.17.0.3, delay: 2ms, rate: unlimited }, third: , fourth: { mac: 02:00:00:00:00:09 } }
          vpcs: { blue: { vni: 3, cidr: 10.0.0.0/8 }, red: { vni: 16777215, cidr: 10.0.0.0/8, dividers: [third, left] } }
          networks:
            net10: { vpc: blue, cidr: 10.0.0.0/24, bouncers: [right] }
            net20: { vpc: red, cidr: 10.0.0.0/24, bouncers: [left, right], gateway: 10.0.0.254, gateway_mac: 02:00:00:00:00:fe }
          endpoints:
            a: { network: net10, address: 10.0.0.2, droplet: left }
            b: { network: net10, address: 10.0.0.3, droplet: third, kind: host, mtu: 1400B }
            c: { network: net20, address: 10.0.0.2, droplet: left, mac: 02:00:00:00:00:77 }
            d: { network: net20, address: 10.0.0.5, droplet: left }

        """;

    private static Scenario Load(string timeline, string expect = "expect: []") => ScenarioLoader.Load("v.yaml", $"{Head}timeline:\n{timeline}\n{expect}\n");

    [Fact]
    public void TopologyDefaultsAndUnits()
    {
        Topology topology = Load("  - wait: 1ms").Topology;
        LinkSpec standard = new(new SimTime(1_500_000), new DataRate(2_500_000_000), 1);
        Assert.Equal(new Underlay(9_000, standard), topology.Underlay);
        Assert.Equal(new Droplet("left", Ipv4Address.Parse("172.17.0.2"), MacAddress.Parse("02:42:ac:11:00:02"), standard), topology.Droplets[0]);
        Assert.Equal(
            new Droplet("right", Ipv4Address.Parse("172.17.0.3"), MacAddress.Parse("02:42:ac:11:00:03"), new LinkSpec(SimTime.FromMilliseconds(2), DataRate.Unlimited, 1)),
            topology.Droplets[1]);
        Assert.Equal(new Droplet("third", Ipv4Address.Parse("172.17.0.4"), MacAddress.Parse("02:42:ac:11:00:04"), standard), topology.Droplets[2]);
        Assert.Equal(new Droplet("fourth", Ipv4Address.Parse("172.17.0.5"), MacAddress.Parse("02:00:00:00:00:09"), standard), topology.Droplets[3]);
        Assert.Equal(["2", "0"], topology.Vpcs[1].Dividers.Select(d => d.Index.ToString()));
        Assert.Equal((Ipv4Address.Parse("10.0.0.1"), MacAddress.Parse("a5:5b:00:00:00:01")), (topology.Networks[0].Gateway, topology.Networks[0].GatewayMac));
        Assert.Equal((Ipv4Address.Parse("10.0.0.254"), MacAddress.Parse("02:00:00:00:00:fe")), (topology.Networks[1].Gateway, topology.Networks[1].GatewayMac));
        Assert.Equal(
            new Endpoint("b", new NetworkId(0), EndpointKind.Host, Ipv4Address.Parse("10.0.0.3"), MacAddress.Parse("6a:00:0a:00:00:03"), new DropletId(2), 1_400, true),
            topology.Endpoints[1]);
        Assert.Equal(MacAddress.Parse("6a:01:0a:00:00:05"), topology.Endpoints[3].Mac);
    }

    [Fact]
    public void GatewayMacsOfTheLabDialectAreUnicast()
    {
        Scenario scenario = ScenarioLoader.Load("v.yaml", $"{Head.Replace("dialect: mizar", "dialect: lab", StringComparison.Ordinal)}timeline: [ wait: 1ms ]\nexpect: []\n");
        Assert.Equal(Dialect.Lab, scenario.Dialect);
        Assert.Equal(MacAddress.Parse("02:5b:00:00:00:01"), scenario.Topology.Networks[0].GatewayMac);
    }

    [Fact]
    public void StepsHaveTheirDefaultsNamesPlacesAndTimes()
    {
        Scenario scenario = Load("  - ping: { from: a, to: b }\n  - udp: { from: a, to: 10.9.9.9, payload: { text: \"hé\" }, at: 1s }\n  - tcp: { from: c, to: d, block: { hex: \"00 ff\" }, blocks: 3, background: true, name: t }");
        Assert.Equal(DataPlaneSettings.Mizar, scenario.Settings);
        PingStep ping = Assert.IsType<PingStep>(scenario.Timeline[0]);
        Assert.Equal(new PingStep(new EndpointId(0), Ipv4Address.Parse("10.0.0.3"), 1, SimTime.FromMilliseconds(10), 56, SimTime.FromSeconds(1)) { Name = "ping-1", Where = new SourcePlace("v.yaml", 16, 5) }, ping);
        UdpStep udp = Assert.IsType<UdpStep>(scenario.Timeline[1]);
        Assert.Equal(("udp-2", (ushort)5001, SimTime.FromSeconds(1), Ipv4Address.Parse("10.9.9.9")), (udp.Name, udp.Port, udp.At!.Value, udp.To));
        Assert.Equal("hé"u8.ToArray(), udp.Payload.ToArray());
        TcpStep tcp = Assert.IsType<TcpStep>(scenario.Timeline[2]);
        Assert.Equal(("t", true, (ushort)9001, 3, false), (tcp.Name, tcp.Background, tcp.Port, tcp.Blocks, tcp.Reply));
        Assert.Equal([0, 255], tcp.Block.Select(b => (int)b));
    }

    [Fact]
    public void CommonIsEightSteps()
    {
        Scenario scenario = Load("  - common: { between: [a, b], name: x, at: 5ms }");
        Assert.Equal("x-ping x-ping-back x-udp x-udp-back x-tcp x-tcp-back x-http x-http-back", string.Join(' ', scenario.Timeline.Select(s => s.Name)));
        Assert.Equal([SimTime.FromMilliseconds(5), null, null, null, null, null, null, null], scenario.Timeline.Select(s => s.At).ToArray());
        UdpStep back = Assert.IsType<UdpStep>(scenario.Timeline[3]);
        Assert.Equal((1, Ipv4Address.Parse("10.0.0.2"), 100), (back.From.Index, back.To, back.Payload.Length));
        TcpStep http = Assert.IsType<TcpStep>(scenario.Timeline[6]);
        Assert.Equal(((ushort)8000, true, "GET / HTTP/1.0\r\n\r\n"), (http.Port, http.Reply, Encoding.ASCII.GetString(http.Block.AsSpan())));
    }

    [Fact]
    public void APayloadBySizeIsThePattern()
    {
        UdpStep udp = Assert.IsType<UdpStep>(Assert.Single(Load("  - udp: { from: a, to: b, payload: 600B }").Timeline));
        Assert.Equal(Enumerable.Range(0, 600).Select(i => (byte)(i % 251)), udp.Payload);
    }

    [Fact]
    public void AnEndpointThatIsFirstCreatedIsNotThereInitially()
    {
        Topology topology = Load("  - delete_endpoint: a\n  - create_endpoint: b\n  - create_endpoint: a").Topology;
        Assert.Equal([true, false, true, true], topology.Endpoints.Select(e => e.Initially));
    }

    [Fact]
    public void AFrameIsThePacketItsTextSays()
    {
        const string Packet = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=10.0.0.2 dst=10.0.0.3 / udp sport=1 dport=2 / text \"x\"";
        FrameStep text = Assert.IsType<FrameStep>(Assert.Single(Load($"  - frame: {{ from: a, packet: '{Packet}' }}").Timeline));
        Assert.Equal(PacketText.Parse(Packet), text.Bytes.ToArray());
        string hex = Convert.ToHexString(PacketText.Parse(Packet));
        FrameStep bytes = Assert.IsType<FrameStep>(Assert.Single(Load($"  - frame: {{ from: a, hex: '{hex}' }}").Timeline));
        Assert.Equal(text.Bytes.ToArray(), bytes.Bytes.ToArray());
    }

    [Theory]
    [InlineData("direct_path", "b = right", "3/10.0.0.3 = 172.17.0.3 02:42:ac:11:00:03")]
    [InlineData("direct_path", "c=left", "16777215/10.0.0.2 = 172.17.0.2 02:42:ac:11:00:02")]
    [InlineData("direct_path", "3/10.9.9.9  =  172.17.0.3   02:42:AC:11:00:03", "3/10.9.9.9 = 172.17.0.3 02:42:ac:11:00:03")]
    [InlineData("networks", "net20 = [left, right]", "16777215/10.0.0.0/24 = [172.17.0.2, 172.17.0.3]")]
    [InlineData("networks", "3/10.0.0.0/24 = []", "3/10.0.0.0/24 = []")]
    [InlineData("vpcs", "red = [third, 172.17.0.2]", "16777215 = [172.17.0.4, 172.17.0.2]")]
    [InlineData("endpoints", "a = left", "3/10.0.0.2 = simple 6a:00:0a:00:00:02 remotes [172.17.0.2] slot -1")]
    [InlineData("endpoints", "a = simple 6a:00:0a:00:00:02 remotes [left] slot 1", "3/10.0.0.2 = simple 6a:00:0a:00:00:02 remotes [172.17.0.2] slot 1")]
    [InlineData("endpoints", "left = substrate 02:42:ac:11:00:02 remotes [] slot -1", "0/172.17.0.2 = substrate 02:42:ac:11:00:02 remotes [] slot -1")]
    [InlineData("slots", "0 = nic", "0 = nic")]
    [InlineData("agent_slots", "7 = port 7", "7 = port 7")]
    [InlineData("interface", "0 = slot 0 right", "0 = slot 0 172.17.0.3 02:42:ac:11:00:03")]
    [InlineData("agents", "1 = left x endpoint a bouncers [right]", null)]
    [InlineData("agents", "1 = 172.17.0.2 02:42:ac:11:00:02 endpoint a bouncers [right]", "1 = 172.17.0.2 02:42:ac:11:00:02 endpoint 3/10.0.0.2 bouncers [172.17.0.3]")]
    [InlineData("agent_substrate", "1:right = right", "1:0/172.17.0.3 = 02:42:ac:11:00:03")]
    [InlineData("translators", "3 = a as 203.0.113.1 ports 1024-65535", "3 = 10.0.0.2 as 203.0.113.1 ports 1024-65535")]
    [InlineData("port_forwards", "3/203.0.113.1:80/tcp = a:8080", "3/203.0.113.1:80/tcp = 10.0.0.2:8080")]
    [InlineData("translations", "3/outbound tcp a:40000 203.0.113.9:80 = 203.0.113.1:40000 to 203.0.113.9:80", "3/outbound tcp 10.0.0.2:40000 203.0.113.9:80 = 203.0.113.1:40000 to 203.0.113.9:80")]
    [InlineData("translations", "3/inbound udp 203.0.113.9:53 203.0.113.1:40000 = 203.0.113.9:53 to a:40000", "3/inbound udp 203.0.113.9:53 203.0.113.1:40000 = 203.0.113.9:53 to 10.0.0.2:40000")]
    [InlineData("translations", "3/sideways udp 203.0.113.9:53 203.0.113.1:40000 = 203.0.113.9:53 to a:40000", null)]
    [InlineData("endpoints", "a = third", null)]
    [InlineData("direct_path", "a", null)]
    [InlineData("slots", "0 = port 0", null)]
    public void RowsAreWhatTablesPrint(string table, string written, string? printed)
    {
        string expect = $"expect: [ table: {{ on: third, name: {table}, contains: [ '{written}' ] }} ]";
        if (printed is null)
        {
            Assert.Throws<ScenarioException>(() => Load("  - wait: 1ms", expect));
            return;
        }
        TableExpectation expectation = Assert.IsType<TableExpectation>(Assert.Single(Load("  - wait: 1ms", expect).Expect));
        Assert.Equal(printed, Assert.Single(expectation.Contains));
    }

    [Fact]
    public void EveryTableCanBeNamed()
    {
        IEnumerable<string> tables = typeof(Tables).GetFields().Select(f => ((ITable)f.GetValue(null)!).Name);
        foreach (string table in tables)
        {
            Assert.Single(Load("  - wait: 1ms", $"expect: [ table: {{ on: left, name: {table}, count: 0 }} ]").Expect);
        }
    }

    [Fact]
    public void LoadingTwiceGivesTheSame()
    {
        foreach (string file in Library.Files)
        {
            Assert.Equal(Text(Library.Load(file)), Text(Library.Load(file)));
        }

        static string Text(Scenario s) =>
            string.Join('\n', s.Topology.Droplets.Select(d => d.ToString()).Concat(s.Topology.Networks.Select(n => $"{n} {string.Join(',', n.Bouncers)}")).Concat(s.Topology.Endpoints.Select(e => e.ToString())).Concat(s.Timeline.Select(t => t.ToString())));
    }
}
