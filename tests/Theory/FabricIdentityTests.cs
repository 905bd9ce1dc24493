using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Fabric;

namespace MizarLab.Tests.Theory;

/// <summary>
/// The identities on the product's own queues. Every recorded run asks for them itself (<see cref="SimulatedRun"/>), so they hold in every run of the tests; here are runs whose
/// queues are long, and proofs that a fault would be found.
/// </summary>
public sealed class FabricIdentityTests
{
    private static readonly LinkSpec Tight = new(SimTime.FromMicroseconds(1), new DataRate(10_000_000_000), 40) { QueueBytes = 30_000, MarkFrames = 5 };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void They_hold_on_every_link_of_relay_runs_with_full_queues(int partitions, int threads)
    {
        foreach (FabricShape shape in (FabricShape[])[FabricShape.Star, FabricShape.LeafSpine(4, 2), FabricShape.FatTree(4)])
        {
            // 1 064 bytes a microsecond there and back through a relay are 17 Gb/s on a link of 10.
            RelayNetwork network = RelayNetwork.Bare(new RelaySetup(shape, 16, partitions) { Link = Tight, Audited = true });
            network.RunFor(SimTime.FromMicroseconds(400), threads, CancellationToken.None);
            network.CloseAudit();
            Assert.InRange(network.Totals.Lost, 100, network.Totals.Sent);
        }
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 1024)]
    public void They_hold_on_cores_that_frames_wait_for(int queues, int ring)
    {
        SimTime slow = SimTime.FromMicroseconds(3);
        TestNet net = Busy();
        net.Link = Tight;
        net.Nic = new NicSpec(queues, ring);
        Calibration slowed = Calibration.UpstreamMeasured;
        foreach (Reason reason in Enum.GetValues<Reason>())
        {
            slowed = slowed.With(ProgramId.Transit, reason, slow).With(ProgramId.Agent, reason, slow);
        }
        net.Calibration = slowed;
        BackendRun run = net.Run();
        Assert.True(run.Outcomes.Sum(o => o.BytesArrived) > 100_000);
    }

    /// <summary>A tenant that is there and says nothing changes nothing that another one sees (identity 6).</summary>
    [Fact]
    public void An_idle_tenant_changes_nothing_for_another()
    {
        BackendRun alone = Busy().Run();
        TestNet crowded = Busy()
            .Vpc("green", 9, "10.0.0.0/16", "divider")
            .Network("green0", "green", "10.0.0.0/24", "bouncer")
            .Endpoint("idle1", "green0", "10.0.0.2", "left")
            .Endpoint("idle2", "green0", "10.0.0.3", "right");
        BackendRun among = crowded.Run();
        Assert.Equal(Trace(alone), Trace(among));
    }

    /// <summary>Droplets in another order, so with other node numbers: the same round trips (identity 6).</summary>
    [Fact]
    public void The_order_of_droplets_changes_no_round_trip()
    {
        Assert.Equal(RoundTrips(Pings("left", "right", "bouncer", "divider")), RoundTrips(Pings("divider", "bouncer", "right", "left")));

        static BackendRun Pings(params string[] droplets)
        {
            TestNet net = new TestNet { Calibration = Calibration.UpstreamMeasured }.Droplets(droplets)
                .Vpc("blue", 3, "10.0.0.0/16", "divider")
                .Network("net0", "blue", "10.0.0.0/24", "bouncer")
                .Network("net1", "blue", "10.0.1.0/24", "bouncer")
                .Endpoint("a", "net0", "10.0.0.2", "left")
                .Endpoint("b", "net0", "10.0.0.3", "right")
                .Endpoint("c", "net1", "10.0.1.3", "right");
            return net.Ping("a", "b", count: 5).Ping("a", "c", count: 5, payload: 900).Ping("c", "b", count: 2).Run();
        }

        static SimTime[] RoundTrips(BackendRun run) => [.. run.Outcomes.SelectMany(o => o.RoundTrips)];
    }

    [Fact]
    public void A_packet_that_ends_twice_or_never_is_found()
    {
        SimTime now = SimTime.Zero;
        FrameLedger ledger = new(() => now);
        ledger.Born(3);
        ledger.Born(700);
        Assert.Contains("still is", Assert.Throws<IdentityException>(() => ledger.Born(3)).Message, StringComparison.Ordinal);
        now = SimTime.FromMicroseconds(2);
        ledger.Ended(3);
        Assert.Contains("ended twice", Assert.Throws<IdentityException>(() => ledger.Ended(3)).Message, StringComparison.Ordinal);
        ledger.Close(now, accounted: 1, inFlight: 1);
        Assert.Contains("on their way", Assert.Throws<IdentityException>(() => ledger.Close(now, accounted: 1, inFlight: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("for a reason", Assert.Throws<IdentityException>(() => ledger.Close(now, accounted: 0, inFlight: 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>Two networks that talk both ways: pings, datagrams back and forth, and two bulk transfers that fill queues.</summary>
    private static TestNet Busy() => new TestNet { Calibration = Calibration.UpstreamMeasured }
        .Droplets("left", "right", "bouncer", "divider")
        .Vpc("blue", 3, "10.0.0.0/16", "divider")
        .Network("net0", "blue", "10.0.0.0/24", "bouncer")
        .Network("net1", "blue", "10.0.1.0/24", "bouncer")
        .Endpoint("a", "net0", "10.0.0.2", "left")
        .Endpoint("b", "net0", "10.0.0.3", "right")
        .Endpoint("c", "net1", "10.0.1.3", "right")
        .Tcp("a", "b", block: 60_000, blocks: 2, intervalMilliseconds: 1, background: true)
        .Tcp("c", "a", block: 60_000, blocks: 2, intervalMilliseconds: 1, reply: true, background: true, port: 9002)
        .Ping("b", "c", count: 3)
        .Udp("a", "c", count: 5, reply: true);

    private static string[] Trace(BackendRun run) =>
        [.. run.Sightings.Select(s => $"{s.Time} {s.Kind} {s.Droplet} {s.Program} {s.Verdict} {s.Reason} {s.QueueFrames} {Convert.ToHexString(s.FrameIn)}")];
}
