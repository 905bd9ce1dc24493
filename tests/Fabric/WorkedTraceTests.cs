using MizarLab.DataPlane;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

/// <summary>Spec §3.14's worked traces and §6.4's packet counts, hop by hop, with the reference model on the fabric.</summary>
public sealed class WorkedTraceTests
{
    private static TestNet OneNetwork() => new TestNet()
        .Droplets("left", "right", "switch")
        .Vpc("blue", 3, "10.0.0.0/16", "switch")
        .Network("net", "blue", "10.0.0.0/16", "switch")
        .Endpoint("a", "net", "10.0.0.2", "left")
        .Endpoint("c", "net", "10.0.0.3", "right");

    private static TestNet TwoNetworks() => new TestNet()
        .Droplets("left", "right", "switch", "switch2", "router")
        .Vpc("blue", 3, "10.0.0.0/16", "router")
        .Network("net10", "blue", "10.0.0.0/24", "switch")
        .Network("net20", "blue", "10.0.20.0/24", "switch2")
        .Endpoint("a", "net10", "10.0.0.2", "left")
        .Endpoint("c", "net20", "10.0.20.3", "right");

    [Fact]
    public void T1_same_network_goes_direct_after_one_arp_exchange()
    {
        TestNet net = OneNetwork().Ping("a", "c");
        BackendRun run = net.Run();
        string[] expected =
        [
            "arp left→switch 64",
            "arp switch→left 63",
            "icmp left→right 64",
            "icmp right→left 64",
        ];
        Assert.Equal(expected, net.Segments(run).Where(s => !s.StartsWith("arp right→left", StringComparison.Ordinal) && !s.StartsWith("arp left→right", StringComparison.Ordinal)));
        Assert.Equal(1, run.Outcomes[0].Arrived);
        Assert.Null(run.Outcomes[0].Trouble);
    }

    [Fact]
    public void T1_whole_including_the_receivers_own_arp()
    {
        TestNet net = OneNetwork().Ping("a", "c");
        string[] expected =
        [
            "arp left→switch 64",
            "arp switch→left 63",
            "icmp left→right 64",
            "arp right→left 64",
            "arp left→right 64",
            "icmp right→left 64",
        ];
        Assert.Equal(expected, net.Segments(net.Run()));
    }

    [Fact]
    public void T2_two_networks_first_packet_by_every_role_then_by_the_divider()
    {
        TestNet net = TwoNetworks().Ping("a", "c", count: 2);
        BackendRun run = net.Run();
        string[] expected =
        [
            "arp left→switch 64",
            "arp switch→left 63",
            "icmp left→switch 64",
            "icmp switch→router 63",
            "icmp router→switch2 62",
            "icmp switch2→right 61",
            "arp right→switch2 64",
            "arp switch2→right 63",
            "icmp right→router 64",
            "icmp router→left 63",
            "icmp left→router 64",
            "icmp router→right 63",
            "icmp right→router 64",
            "icmp router→left 63",
        ];
        Assert.Equal(expected, net.Segments(run));
    }

    [Fact]
    public void T2_what_is_learned_where()
    {
        TestNet net = TwoNetworks().Ping("a", "c");
        BackendRun run = net.Run();
        string Cache(string droplet) =>
            string.Join("; ", run.Tables.Single(t => t.Droplet == net.DropletOf(droplet) && t.Table == Tables.DirectPath.Name).Rows);

        Assert.Equal("3/10.0.20.3 = 172.17.0.15 02:42:ac:11:00:0f", Cache("left"));
        Assert.Equal("3/10.0.0.2 = 172.17.0.15 02:42:ac:11:00:0f", Cache("right"));
        Assert.Equal("3/10.0.0.2 = 172.17.0.11 02:42:ac:11:00:0b; 3/10.0.20.3 = 172.17.0.12 02:42:ac:11:00:0c", Cache("router"));
        Assert.Equal("", Cache("switch"));
        Assert.Equal("", Cache("switch2"));
    }

    [Fact]
    public void Histogram_of_one_network_is_the_upstream_oracle()
    {
        TestNet net = OneNetwork().Ping("a", "c").Ping("c", "a");
        BackendRun run = net.Run();
        Assert.Equal("64×4", net.TtlsAt(run, "left", InnerProtocol.Icmp));
        Assert.Equal("64×4", net.TtlsAt(run, "right", InnerProtocol.Icmp));
        Assert.Equal("", net.TtlsAt(run, "switch", InnerProtocol.Icmp));
        Assert.Equal("64×1 63×1", net.TtlsAt(run, "switch", InnerProtocol.Arp));
    }

    [Fact]
    public void Histogram_of_two_networks_is_the_upstream_oracle()
    {
        TestNet net = TwoNetworks().Ping("a", "c").Ping("c", "a");
        BackendRun run = net.Run();
        Assert.Equal("64×2 63×2", net.TtlsAt(run, "left", InnerProtocol.Icmp));
        Assert.Equal("64×2 63×1 61×1", net.TtlsAt(run, "right", InnerProtocol.Icmp));
        Assert.Equal("64×1 63×1", net.TtlsAt(run, "switch", InnerProtocol.Icmp));
        Assert.Equal("62×1 61×1", net.TtlsAt(run, "switch2", InnerProtocol.Icmp));
        Assert.Equal("64×3 63×4 62×1", net.TtlsAt(run, "router", InnerProtocol.Icmp));
    }

    [Fact]
    public void Common_exchange_leaves_the_switches_alone_after_the_first_packet()
    {
        TestNet net = TwoNetworks().Ping("a", "c").Ping("c", "a").Tcp("a", "c").Tcp("c", "a").Udp("a", "c").Udp("c", "a");
        BackendRun run = net.Run();
        Assert.All(run.Outcomes, o => Assert.Null(o.Trouble));
        foreach (string bouncer in new[] { "switch", "switch2" })
        {
            Assert.Equal("", net.TtlsAt(run, bouncer, InnerProtocol.Tcp));
            Assert.Equal("", net.TtlsAt(run, bouncer, InnerProtocol.Udp));
        }
        Assert.NotEqual("", net.TtlsAt(run, "router", InnerProtocol.Tcp));
    }

    [Fact]
    public void T5_unknown_address_ends_by_ttl_after_63_rewrites()
    {
        TestNet net = OneNetworkWithDivider().Ping("a", "10.0.0.99", timeoutMilliseconds: 100);
        BackendRun run = net.Run();
        Sighting[] firstRequest = [.. run.Sightings.Where(s => s.Kind == SightingKind.Program && s.Time < MizarLab.Engine.SimTime.FromMilliseconds(500))];
        Assert.Equal(Reason.TtlExpired, firstRequest[^1].Reason);
        Assert.Equal(63, firstRequest.Count(s => s.Program == ProgramId.Transit && s.Verdict == Verdict.Redirect));
    }

    private static TestNet OneNetworkWithDivider() => new TestNet()
        .Droplets("left", "switch", "router")
        .Vpc("blue", 3, "10.0.0.0/16", "router")
        .Network("net", "blue", "10.0.0.0/24", "switch")
        .Endpoint("a", "net", "10.0.0.2", "left");
}
