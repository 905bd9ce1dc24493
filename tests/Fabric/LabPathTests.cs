using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Fabric;

/// <summary>What the receiving side of the dialect <c>lab</c> is for, end to end: traceroute, path MTU discovery, endpoints that move, addresses nobody has.</summary>
public sealed class LabPathTests
{
    private static TestNet TwoNetworks(Switches without = Switches.None)
    {
        TestNet net = new TestNet()
            .Droplets("left", "right", "switch", "switch2", "router", "spare")
            .Vpc("blue", 3, "10.0.0.0/16", "router")
            .Network("net10", "blue", "10.0.0.0/24", "switch")
            .Network("net20", "blue", "10.0.20.0/24", "switch2")
            .Endpoint("a", "net10", "10.0.0.2", "left")
            .Endpoint("b", "net10", "10.0.0.3", "right")
            .Endpoint("c", "net20", "10.0.20.3", "right");
        net.Settings = DataPlaneSettings.Lab with { On = Switches.All & ~without };
        return net;
    }

    /// <summary>One hop between networks, wherever the packet is when it makes it: at the divider first, at the sender's own agent once the path is direct.</summary>
    [Fact]
    public void Traceroute_shows_one_hop_from_the_gateway()
    {
        TestNet net = TwoNetworks();
        net.Add(Ping(net, "a", "c", ttl: 1)).Add(Ping(net, "a", "c", ttl: 2)).Add(Ping(net, "a", "c", ttl: 2)).Add(Ping(net, "a", "c", ttl: 1)).Add(Ping(net, "a", "b", ttl: 1));
        BackendRun run = net.Run();
        Assert.Equal([0, 1, 1, 0, 1], run.Outcomes.Select(o => o.Arrived));
        foreach (int step in (int[])[0, 3])
        {
            Assert.Equal(["time exceeded from 10.0.0.1"], run.Outcomes[step].IcmpErrors.Select(e => e.ToString()));
        }
        Assert.Equal([ProgramId.Transit, ProgramId.Agent], Programs(run, Reason.IcmpError).Select(s => s.Program));
        Assert.Equal(net.DropletOf("router"), Programs(run, Reason.IcmpError)[0].Droplet);
    }

    [Fact]
    public void Networks_go_direct_after_the_first_exchange_and_pay_one_hop()
    {
        TestNet net = TwoNetworks().Ping("a", "c", count: 2);
        BackendRun run = net.Run();
        string[] echoes = [.. net.Segments(run).Where(s => s.StartsWith("icmp", StringComparison.Ordinal))];
        Assert.Equal(["icmp left→switch 64", "icmp switch→router 63", "icmp router→switch2 62", "icmp switch2→right 61"], echoes[..4]);
        Assert.Equal(["icmp right→left 64", "icmp left→right 64", "icmp right→left 64"], echoes[4..]);
        Assert.All(run.Sightings.Where(s => s.Reason == Reason.Delivered && s.FrameOut is { Length: > 23 } f && f[12] == 8 && f[13] == 0), s => Assert.Equal(63, s.FrameOut![22]));
    }

    /// <summary>A divider that names itself is sent to by direct path, and is where the frame belongs: nothing comes back.</summary>
    [Fact]
    public void A_divider_in_a_hosts_stead_sends_nothing_back()
    {
        TestNet net = TwoNetworks(without: Switches.DirectAcrossNetworks).Ping("a", "c", count: 3);
        BackendRun run = net.Run();
        Assert.Equal(3, run.Outcomes[0].Arrived);
        string[] echoes = [.. net.Segments(run).Where(s => s.StartsWith("icmp", StringComparison.Ordinal))];
        Assert.Equal(["icmp left→router 64", "icmp router→right 63", "icmp right→router 64", "icmp router→left 63"], echoes[^8..^4]);
        Assert.Empty(Programs(run, Reason.Returned));
    }

    [Fact]
    public void The_gateway_answers_pings()
    {
        BackendRun run = TwoNetworks().Ping("a", "10.0.0.1", count: 3).Run();
        Assert.Equal((3, 3), (run.Outcomes[0].Sent, run.Outcomes[0].Arrived));
        run = TwoNetworks(without: Switches.GatewayAnswers).Ping("a", "10.0.0.1", count: 3, timeoutMilliseconds: 100).Run();
        Assert.Equal(0, run.Outcomes[0].Arrived);
    }

    /// <summary>An underlay of 1 500 bytes carries 1 386 (spec §2.7): upstream's loses what is longer without a word.</summary>
    [Fact]
    public void Path_mtu_discovery_works()
    {
        TestNet net = TwoNetworks();
        net.MtuBytes = 1500;
        net.Add(Ping(net, "a", "b", ttl: 64) with { PayloadBytes = 1400, DontFragment = true }).Tcp("a", "b", block: 20_000, blocks: 5).Udp("a", "b", bytes: 3000, count: 3);
        BackendRun run = net.Run();
        Assert.Equal(["fragmentation needed from 10.0.0.1, MTU 1386"], run.Outcomes[0].IcmpErrors.Select(e => e.ToString()));
        Assert.All(run.Outcomes.Skip(1), o => Assert.Equal((o.BytesSent, null), (o.BytesArrived, o.Trouble)));
        Assert.DoesNotContain(run.Sightings, s => s.Reason == Reason.TooBig);
    }

    /// <summary>
    /// The sender's host takes the direct path to where the endpoint was; that host sends the frame back, and it takes the way by a bouncer. Not one of forty
    /// echoes is lost, though nobody told the sender's host.
    /// </summary>
    [Theory]
    [InlineData(Switches.None, 0, true)]
    [InlineData(Switches.DirectPathInvalidation | Switches.DirectPathLifetime, 10, false)]
    public void A_moved_endpoint_is_found_again_without_loss(Switches without, int lostAtLeast, bool returned)
    {
        TestNet net = TwoNetworks(without);
        net.Ping("a", "b").Add(new PingStep(net.EndpointOf("a"), net.AddressOf("b"), 40, SimTime.FromMilliseconds(10), 56, SimTime.FromMilliseconds(300)) { Name = "", Where = default, Background = true });
        net.Add(new MoveEndpointStep(net.EndpointOf("b"), net.DropletOf("spare")) { Name = "", Where = default, At = SimTime.FromMilliseconds(200) });
        BackendRun run = net.Run();
        StepOutcome echoes = run.Outcomes[1];
        Assert.Equal(40, echoes.Sent);
        Assert.Equal(returned, Programs(run, Reason.Returned).Length > 0);
        Assert.Equal(Programs(run, Reason.Returned).Length, Programs(run, Reason.Repaired).Length);
        if (returned)
        {
            Assert.Equal(40, echoes.Arrived);
        }
        else
        {
            Assert.InRange(echoes.Arrived, 1, 40 - lostAtLeast);
        }
    }

    /// <summary>Upstream: 63 sends for each ARP request (spec §3.14 T5).</summary>
    [Theory]
    [InlineData("10.0.0.99", 2)]
    [InlineData("10.0.20.99", 2)]
    [InlineData("10.0.77.99", 1)]
    [InlineData("255.255.255.255", 0)]
    public void An_address_nobody_has_costs_next_to_nothing(string address, int sends)
    {
        TestNet net = TwoNetworks();
        net.Udp("a", "c", count: 1).Udp("a", "b", count: 1);
        byte[] frame = new PacketBuilder().Ethernet(new MacAddress(0x02a5_5b00_0000u), new MacAddress(0x0600_0000_0000u))
            .Ipv4(net.AddressOf("a"), Ipv4Address.Parse(address)).Udp(7, 7).Bytes(new byte[20]).ToBytes();
        BackendRun quiet = net.Run();
        net.Add(new FrameStep(net.EndpointOf("a"), [.. frame]) { Name = "", Where = default });
        net.Add(new WaitStep(SimTime.FromMilliseconds(50)) { Name = "", Where = default });
        BackendRun run = net.Run();
        int before = Sends(quiet), after = Sends(run);
        Assert.True(after - before == sends, string.Create(CultureInfo.InvariantCulture, $"{after - before} sends by transit"));

        // And nobody has learned anything wrong from it: the way across networks still stands (§8.1 P31).
        Assert.Equal(Cache(net, quiet), Cache(net, run));
    }

    [Fact]
    public void Arp_for_an_address_nobody_has_ends_at_the_bouncer()
    {
        BackendRun run = TwoNetworks().Ping("a", "10.0.0.99", timeoutMilliseconds: 100).Run();
        Assert.Equal(0, Sends(run));
        Assert.NotEmpty(Programs(run, Reason.ArpUnanswered));
    }

    private static PingStep Ping(TestNet net, string from, string to, byte ttl) =>
        new(net.EndpointOf(from), net.AddressOf(to), 1, SimTime.FromMilliseconds(10), 56, SimTime.FromMilliseconds(200)) { Name = "", Where = default, Ttl = ttl };

    private static Sighting[] Programs(BackendRun run, Reason reason) => [.. run.Sightings.Where(s => s.Kind == SightingKind.Program && s.Reason == reason)];

    private static int Sends(BackendRun run) => run.Sightings.Count(s =>
        s.Kind == SightingKind.Program && s.Program == ProgramId.Transit && s.Verdict == Verdict.Redirect && s.Reason != Reason.Delivered);

    private static string[] Cache(TestNet net, BackendRun run) =>
        [.. run.Tables.Where(t => t.Table == Tables.DirectPath.Name && t.Droplet == net.DropletOf("router")).SelectMany(t => t.Rows)];
}
