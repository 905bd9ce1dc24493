using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

/// <summary>Steps, their order and outcomes, and what the fabric does to frames.</summary>
public sealed class TimelineTests
{
    private static TestNet Net() => new TestNet()
        .Droplets("left", "right", "switch", "spare")
        .Vpc("blue", 3, "10.0.0.0/16", "switch")
        .Network("net", "blue", "10.0.0.0/24", "switch")
        .Endpoint("a", "net", "10.0.0.2", "left")
        .Endpoint("c", "net", "10.0.0.3", "right");

    [Fact]
    public void Steps_begin_20_ms_after_the_one_before_and_not_before_their_time()
    {
        BackendRun run = Net()
            .Add(new WaitStep(SimTime.FromMilliseconds(7)) { Name = "", Where = default })
            .Add(new WaitStep(SimTime.FromMilliseconds(1)) { Name = "", Where = default, At = SimTime.FromMilliseconds(100) })
            .Add(new WaitStep(SimTime.FromMilliseconds(500)) { Name = "", Where = default, Background = true })
            .Add(new WaitStep(SimTime.FromMilliseconds(3)) { Name = "", Where = default, At = SimTime.FromMilliseconds(50) })
            .Run();
        Assert.Equal(["0ps-7ms", "100ms-101ms", "121ms-621ms", "141ms-144ms"], run.Outcomes.Select(o => $"{o.Began}-{o.Ended}"));
        Assert.Equal([0, 1, 2, 3], run.Outcomes.Select(o => o.Step));
    }

    [Fact]
    public void A_ping_counts_and_measures_each_echo()
    {
        TestNet net = Net().Ping("a", "c", count: 4, payload: 1000);
        StepOutcome outcome = net.Run().Outcomes[0];
        Assert.Equal((4, 4, 4000L, 4000L), (outcome.Sent, outcome.Arrived, outcome.BytesSent, outcome.BytesArrived));
        Assert.Equal(4, outcome.RoundTrips.Length);

        // Steady state: two links of 10 us each way, and 1156 bytes (1000 + 42 + 114) serialised on each of the four.
        SimTime expected = new(4 * (SimTime.FromMicroseconds(10).Picoseconds + new DataRate(10_000_000_000).TimeFor(1156).Picoseconds));
        Assert.Equal(expected, outcome.RoundTrips[^1]);
        Assert.True(outcome.RoundTrips[0] > expected, "the first waits for ARP");
        Assert.Null(outcome.Trouble);
    }

    [Fact]
    public void A_ping_to_nobody_waits_for_its_limit_and_says_who_did_not_answer()
    {
        StepOutcome outcome = Net().Ping("a", "10.0.0.77", count: 2, timeoutMilliseconds: 4000).Run().Outcomes[0];
        Assert.Equal((2, 0), (outcome.Sent, outcome.Arrived));
        Assert.Equal("10.0.0.77 does not answer ARP", outcome.Trouble);
        Assert.Equal(SimTime.FromMilliseconds(4010), outcome.Ended);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Udp_and_tcp_deliver_every_byte(bool reply)
    {
        BackendRun run = Net().Udp("a", "c", bytes: 300, count: 5, reply: reply).Tcp("c", "a", block: 10_000, blocks: 20, reply: reply).Run();
        StepOutcome udp = run.Outcomes[0];
        StepOutcome tcp = run.Outcomes[1];
        Assert.Equal((5, 5, 1500L, 1500L), (udp.Sent, udp.Arrived, udp.BytesSent, udp.BytesArrived));
        Assert.Equal(reply ? (5, 1500L, 5) : (-1, -1L, 0), (udp.Returned, udp.BytesReturned, udp.RoundTrips.Length));
        Assert.Equal((1, 1, 200_000L, 200_000L), (tcp.Sent, tcp.Arrived, tcp.BytesSent, tcp.BytesArrived));
        Assert.Equal(reply ? (1, 200_000L) : (-1, -1L), (tcp.Returned, tcp.BytesReturned));
        Assert.All(run.Outcomes, o => Assert.True(o.Intact && o.Trouble is null));
    }

    [Fact]
    public void Two_steps_on_one_port_at_a_time_are_refused_not_mixed_up()
    {
        BackendRun run = Net().Tcp("a", "c", blocks: 50, background: true).Tcp("a", "c").Run();
        Assert.Null(run.Outcomes[0].Trouble);
        Assert.Equal("TCP port 9001 of the receiver is in use by another step", run.Outcomes[1].Trouble);
    }

    [Fact]
    public void A_stream_survives_bouncers_and_dividers_that_come()
    {
        TestNet net = Net().Endpoint("e", "net", "10.0.0.4", "spare");
        BackendRun run = net
            .Tcp("a", "c", blocks: 20, intervalMilliseconds: 50, background: true)
            .Add(new AddBouncerStep(net.NetworkOf("net"), net.DropletOf("spare")) { Name = "", Where = default })
            .Add(new AddDividerStep(new VpcId(0), net.DropletOf("right")) { Name = "", Where = default })
            .Run();
        Assert.Equal(2000, run.Outcomes[0].BytesArrived);
        Assert.All(run.Outcomes, o => Assert.Null(o.Trouble));
    }

    [Fact]
    public void A_deleted_endpoint_is_gone_and_a_new_one_knows_nobody()
    {
        TestNet net = Net().Endpoint("later", "net", "10.0.0.4", "left", initially: false);
        BackendRun run = net
            .Ping("a", "c")
            .Add(new DeleteEndpointStep(net.EndpointOf("a")) { Name = "", Where = default })
            .Ping("a", "c")
            .Ping("c", "a", timeoutMilliseconds: 50)
            .Add(new CreateEndpointStep(net.EndpointOf("later")) { Name = "", Where = default })
            .Ping("later", "c")
            .Run();
        Assert.Equal("endpoint 'a' does not exist at this time", run.Outcomes[2].Trouble);
        Assert.Equal(0, run.Outcomes[3].Arrived);
        Assert.Equal(1, run.Outcomes[5].Arrived);
        Assert.Contains(run.Sightings, s => s.Kind == SightingKind.EndpointSent && s.Endpoint == net.EndpointOf("later") && s.FrameIn[12..14] is [0x08, 0x06]);
    }

    [Fact]
    public void A_move_empties_the_neighbour_table_and_breaks_connections()
    {
        TestNet net = Net();
        BackendRun run = net
            .Ping("a", "c")
            .Tcp("a", "c", blocks: 100, background: true)
            .Add(new MoveEndpointStep(net.EndpointOf("a"), net.DropletOf("spare")) { Name = "", Where = default })
            .Ping("a", "c")
            .Run();
        Assert.Equal("the sender went away", run.Outcomes[1].Trouble);
        Assert.Equal(1, run.Outcomes[3].Arrived);
        int requests = run.Sightings.Count(s => s.Kind == SightingKind.EndpointSent && s.Endpoint == net.EndpointOf("a")
            && s.FrameIn[12..14] is [0x08, 0x06] && s.FrameIn[21] == 1);
        Assert.Equal(2, requests);
    }

    [Fact]
    public void A_failed_droplet_is_silent_both_ways_until_it_is_restored()
    {
        TestNet net = Net();
        BackendRun run = net
            .Ping("a", "c")
            .Add(new FailDropletStep(net.DropletOf("right")) { Name = "", Where = default })
            .Ping("a", "c", timeoutMilliseconds: 50)
            .Ping("c", "a", timeoutMilliseconds: 50)
            .Add(new RestoreDropletStep(net.DropletOf("right")) { Name = "", Where = default })
            .Ping("a", "c")
            .Run();
        Assert.Equal([1, 0, 0, 1], new[] { 0, 2, 3, 5 }.Select(i => run.Outcomes[i].Arrived));
        SimTime from = run.Outcomes[1].Ended;
        SimTime to = run.Outcomes[4].Began;
        Assert.DoesNotContain(run.Sightings, s => s.Time > from && s.Time < to && s.Droplet == net.DropletOf("right")
            && s.Kind is SightingKind.WireSent or SightingKind.WireReceived && s.Time > from && s.Time < to);
        Assert.Contains(run.Sightings, s => s.Time > from && s.Time < to && s.Droplet == net.DropletOf("right") && s.Program == ProgramId.Agent && s.Kind == SightingKind.Program);
    }

    [Fact]
    public void Updates_are_sent_one_a_pace()
    {
        TestNet net = Net();
        net.Pace = SimTime.FromMilliseconds(2);
        net.Add(new AddBouncerStep(net.NetworkOf("net"), net.DropletOf("spare")) { Name = "", Where = default });
        BackendRun run = net.Run(out Plan plan);
        int count = plan.StepUpdates[0].Length;
        Assert.True(count > 3);
        Assert.Equal(SimTime.FromMilliseconds(2 * (count - 1)), run.Outcomes[0].Ended);
    }

    [Fact]
    public void A_cancelled_run_and_a_run_that_never_rests_end()
    {
        TestNet net = Net().Ping("a", "c", count: 1000);
        Plan plan = net.Build();
        Assert.Throws<OperationCanceledException>(() =>
            SimulatedRun.Execute(plan, new ModelDataPlane(4), TestNet.ModelTraits, 1, new CancellationToken(canceled: true)));
        RunawayException runaway = Assert.Throws<RunawayException>(() =>
            SimulatedRun.Execute(plan, new ModelDataPlane(4), TestNet.ModelTraits, new FabricOptions(1, Calibration.None), 500, CancellationToken.None));
        Assert.Contains("500 events", runaway.Message);
    }

    [Fact]
    public void A_calibrated_run_takes_the_programs_time_and_says_so()
    {
        Plan plan = Net().Ping("a", "c", count: 3).Build();
        BackendRun free = SimulatedRun.Execute(plan, new ModelDataPlane(4), TestNet.ModelTraits, 1, CancellationToken.None);
        BackendRun timed = SimulatedRun.Execute(
            plan, new ModelDataPlane(4), TestNet.ModelTraits, new FabricOptions(1, Calibration.UpstreamMeasured), 10_000, CancellationToken.None);
        // Direct path both ways: an agent of 101 ns and a delivery of 249 ns each.
        Assert.Equal(SimTime.FromNanoseconds(2 * (101 + 249)), timed.Outcomes[0].RoundTrips[^1] - free.Outcomes[0].RoundTrips[^1]);
        Assert.All(free.Sightings, s => Assert.Null(s.PathTime));
        Assert.All(timed.Sightings.Where(s => s.Kind == SightingKind.Program), s => Assert.True(s.PathTime > SimTime.Zero));
    }
}
