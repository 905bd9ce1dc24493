using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests.Management;
using static MizarLab.Tests.Observation.SyntheticRun;

namespace MizarLab.Tests.Observation;

/// <summary>Every kind of expectation, held and not held. A first ping a → c across networks, then a second one direct.</summary>
public class JudgeTests
{
    private static readonly Topology Topology = TestTopology.TwoNetworks();
    private static readonly Ipv4Address AddressC = Topology[C].Address;
    private static readonly DropletId Divider = new(4);

    private static readonly PingStep Ping = new(A, AddressC, 2, SimTime.FromMilliseconds(1), 8, SimTime.FromSeconds(1)) { Name = "ping-1", Where = TestTopology.Nowhere };

    [Fact]
    public void EveryKindOfExpectationHasAJudge()
    {
        Type[] kinds = [.. typeof(Expectation).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Expectation)) && !type.IsAbstract)];
        Assert.Equal(19, kinds.Length);
        Assert.All(kinds, kind => Assert.True(Judge.Knows(kind), kind.Name));
    }

    [Fact]
    public void ARunThatMissedSightingsFailsEverything()
    {
        SyntheticRun run = TwoPings();
        run.Missed = 3;
        run.Expect = [Reachable(A, AddressC), new NoUnexpectedDropsExpectation { Where = TestTopology.Nowhere }];
        ImmutableArray<ExpectationResult> results = Judge.Evaluate(run.Plan, run.Run, run.Journeys);
        Assert.Equal(2, results.Length);
        Assert.All(results, result => Assert.False(result.Held));
        Assert.All(results, result => Assert.Contains("missed 3 sightings", result.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void ReachableHoldsWhenEveryEchoWasAnsweredAndSeen()
    {
        AssertHeld(TwoPings(), Reachable(A, AddressC), "a → c: ping-1: 2 of 2 echoes answered");
        AssertHeld(TwoPings(), Reachable(A, AddressC, "ping-1"), "in step 'ping-1'");
    }

    [Fact]
    public void ReachableFailsWithoutAnExchangeAnAnswerOrASeenFrame()
    {
        AssertNotHeld(TwoPings(), Reachable(C, Topology[A].Address), "no such exchange");
        AssertNotHeld(TwoPings(), Reachable(A, AddressC, "ping-2"), "no such exchange");

        SyntheticRun unanswered = TwoPings();
        unanswered.RewriteOutcomes(outcome => outcome with { Arrived = 1, Trouble = "timed out" });
        AssertNotHeld(unanswered, Reachable(A, AddressC), "1 of 2 echoes answered (timed out)");

        SyntheticRun unseen = TwoPings();
        unseen.Rewrite((seen, _) => seen.Kind == SightingKind.EndpointReceived ? null : seen);
        AssertNotHeld(unseen, Reachable(A, AddressC), "the observation is incomplete");

        SyntheticRun silent = new(live: false, Ping) { Expect = [Reachable(A, AddressC)] };
        AssertNotHeld(silent, Reachable(A, AddressC), "reported no outcome");
    }

    [Theory]
    [InlineData(3, 30, 3, 30, true, true)]
    [InlineData(2, 20, 3, 30, true, false)]
    [InlineData(3, 29, 3, 30, true, false)]
    [InlineData(3, 30, 2, 20, true, false)]
    [InlineData(3, 30, 3, 30, false, false)]
    public void ReachableByUdpNeedsEveryDatagramForthAndBackAndIntact(int arrived, long bytes, int returned, long bytesBack, bool intact, bool held)
    {
        UdpStep step = new(A, AddressC, 5001, [.. new byte[10]], 3, SimTime.FromMilliseconds(1), true, SimTime.FromSeconds(1)) { Name = "udp-1", Where = TestTopology.Nowhere };
        SyntheticRun run = new(live: false, step);
        run.Add(new StepOutcome
        {
            Step = 0, Began = SimTime.Zero, Ended = SimTime.FromMilliseconds(9), Sent = 3, Arrived = arrived, BytesArrived = bytes, Returned = returned, BytesReturned = bytesBack, Intact = intact,
        });
        run.From(A, SimTime.Zero, TestFrames.Udp(Topology[A], Topology[C], 40000, 5001)).To(1).Deliver(C);
        AssertResult(run, Reachable(A, AddressC), held, "udp-1");
    }

    [Theory]
    [InlineData(1, 30, true)]
    [InlineData(0, 0, false)]
    [InlineData(1, 29, false)]
    public void ReachableByTcpNeedsEveryByte(int opened, long bytes, bool held)
    {
        TcpStep step = new(A, AddressC, 9001, [.. new byte[10]], 3, SimTime.FromMilliseconds(1), false, SimTime.FromSeconds(1)) { Name = "tcp-1", Where = TestTopology.Nowhere };
        SyntheticRun run = new(live: false, step);
        run.Add(new StepOutcome { Step = 0, Began = SimTime.Zero, Ended = SimTime.FromMilliseconds(9), Sent = 1, Arrived = opened, BytesArrived = bytes });
        run.From(A, SimTime.Zero, TestFrames.Tcp(Topology[A], Topology[C], 40000, 9001, 2)).To(1).Deliver(C);
        AssertResult(run, Reachable(A, AddressC), held, $"{bytes} of 30 B arrived");
    }

    [Fact]
    public void UnreachableHoldsWhenNothingArrivedAndFailsOtherwise()
    {
        UnreachableExpectation expectation = new(A, AddressC, null) { Where = TestTopology.Nowhere };
        AssertHeld(Dropped(), expectation, "2 frames, the first dropped at d4 (NoVpc)");
        AssertNotHeld(TwoPings(), expectation, "2 of 2 echoes answered");
        AssertNotHeld(Dropped(), new UnreachableExpectation(B, AddressC, null) { Where = TestTopology.Nowhere }, "nothing was tried");

        SyntheticRun untried = Dropped();
        untried.RewriteOutcomes(outcome => outcome with { Sent = 0, Trouble = "no route to host" });
        AssertNotHeld(untried, expectation, "nothing was sent");

        SyntheticRun requestArrived = TwoPings();
        requestArrived.RewriteOutcomes(outcome => outcome with { Arrived = 0 });
        AssertNotHeld(requestArrived, expectation, "yet a frame was delivered to c");
    }

    [Fact]
    public void PassesThroughLooksAtTheNthFrame()
    {
        AssertHeld(TwoPings(), Through([2, 4, 3], 1), "went d0 → d2 → d4 → d3 → d1");
        AssertHeld(TwoPings(), Through([2, 3], 1), "");
        AssertHeld(TwoPings(), Through([4], 0), "all 2 frames");
        AssertNotHeld(TwoPings(), Through([2], 0), "frame 2 of 2: went d0 → d4 → d1");
        AssertNotHeld(TwoPings(), Through([3, 2], 1), "not through d3 → d2");
        AssertNotHeld(TwoPings(), Through([4], 3), "only 2 IP frames");
        AssertNotHeld(TwoPings(), new PassesThroughExpectation(B, AddressC, [], false, 0, null) { Where = TestTopology.Nowhere }, "no IP frame was seen");
    }

    [Fact]
    public void PassesThroughExactlyAllowsNoOtherDropletBetweenTheEnds()
    {
        AssertHeld(TwoPings(), Through([2, 4, 3], 1, exactly: true), "");
        AssertHeld(TwoPings(), Through([4], 2, exactly: true), "");
        AssertNotHeld(TwoPings(), Through([2, 3], 1, exactly: true), "not exactly through d2 → d3");
        AssertNotHeld(TwoPings(), Through([], 2, exactly: true), "no other droplet");
        AssertHeld(Dropped(), Through([2, 4], 1, exactly: true), "dropped at d4");

        SyntheticRun direct = new(live: false, Ping);
        direct.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[C])).To(1).Deliver(C);
        AssertHeld(direct, Through([], 1, exactly: true), "went d0 → d1");
    }

    [Fact]
    public void HopsCountsSegmentsOfDeliveredFrames()
    {
        HopsExpectation Hops(int hops, int nth) => new(A, AddressC, hops, nth, null) { Where = TestTopology.Nowhere };
        AssertHeld(TwoPings(), Hops(4, 1), "crossed 4 underlay segments");
        AssertHeld(TwoPings(), Hops(2, 2), "");
        AssertNotHeld(TwoPings(), Hops(3, 1), "not delivered over 3");
        AssertNotHeld(TwoPings(), Hops(4, 0), "frame 2 of 2");
        AssertNotHeld(Dropped(), Hops(2, 1), "dropped at d4");
    }

    [Fact]
    public void TtlAtCountsBothDirectionsOfOneWire()
    {
        TtlAtExpectation At(int droplet, params (int Ttl, int Count)[] counts) =>
            new(new DropletId(droplet), InnerProtocol.Icmp, counts.ToImmutableSortedDictionary(pair => pair.Ttl, pair => pair.Count), null) { Where = TestTopology.Nowhere };

        // First way: 64 d0→d2, 63 d2→d4, 62 d4→d3, 61 d3→d1. Second: 64 d0→d4, 63 d4→d1.
        AssertHeld(TwoPings(), At(0, (64, 2)), "ICMP frames on d0's wire: TTL 64 ×2");
        AssertHeld(TwoPings(), At(2, (64, 1), (63, 1)), "TTL 64 ×1, 63 ×1");
        AssertHeld(TwoPings(), At(4, (64, 1), (63, 2), (62, 1), (61, 0)), "");
        AssertHeld(TwoPings(), At(5), "none");
        AssertNotHeld(TwoPings(), At(4, (64, 1), (63, 2)), "not TTL 64 ×1, 63 ×2");
        AssertNotHeld(TwoPings(), At(0, (64, 1)), "");
        AssertNotHeld(TwoPings(), At(0, (64, 2)) with { Protocol = InnerProtocol.Udp }, "UDP frames on d0's wire: none");
        AssertNotHeld(TwoPings(), At(0, (64, 2)) with { Step = "ping-7" }, "none");
        AssertNotHeld(new SyntheticRun(live: false, Ping), At(5), "nothing at all was seen");
    }

    [Fact]
    public void PacketCountCountsOneProtocolOnOneWire()
    {
        PacketCountExpectation Count(InnerProtocol protocol, int count) => new(new DropletId(2), protocol, count, null) { Where = TestTopology.Nowhere };
        SyntheticRun run = TwoPings();
        run.From(A, SimTime.FromMilliseconds(1), TestFrames.Arp(Topology[A], Topology.Networks[0].Gateway)).To(2).To(0).Deliver(A);
        AssertHeld(run, Count(InnerProtocol.Arp, 2), "ARP frames on d2's wire: 2");
        AssertHeld(run, Count(InnerProtocol.Icmp, 2), "");
        AssertHeld(run, Count(InnerProtocol.Any, 4), "Geneve frames");
        AssertHeld(run, Count(InnerProtocol.Tcp, 0), "");
        AssertNotHeld(run, Count(InnerProtocol.Arp, 1), "2, not 1");
        AssertNotHeld(new SyntheticRun(live: false, Ping), Count(InnerProtocol.Tcp, 0), "nothing at all was seen");
    }

    [Fact]
    public void DirectPathAfterAllowsADividerOnlyAcrossNetworks()
    {
        DirectPathAfterExpectation After(EndpointId to, int frames) => new(A, Topology[to].Address, frames, null) { Where = TestTopology.Nowhere };
        AssertHeld(TwoPings(), After(C, 1), "frames 2 to 2 went d0 → d4 → d1");
        AssertNotHeld(TwoPings(), After(C, 0), "frame 1 of 2 went d0 → d2 → d4 → d3 → d1");
        AssertNotHeld(TwoPings(), After(C, 2), "none after the first 2");

        SyntheticRun sameNetwork = new(live: false, Ping);
        sameNetwork.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[B])).To(1).Deliver(B);
        AssertHeld(sameNetwork, After(B, 0), "");
        SyntheticRun bounced = new(live: false, Ping);
        bounced.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[B])).To(4).To(1).Deliver(B);
        AssertNotHeld(bounced, After(B, 0), "not the direct path");
        SyntheticRun throughBouncer = new(live: false, Ping);
        throughBouncer.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[C])).To(3).To(1).Deliver(C);
        AssertNotHeld(throughBouncer, After(C, 0), "not the direct path");
        SyntheticRun lost = new(live: false, Ping);
        lost.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[C])).To(1, arrives: false);
        AssertNotHeld(lost, After(C, 0), "lost after d0");
    }

    [Fact]
    public void DroppedNamesPlaceAndReason()
    {
        DroppedExpectation Drop(int droplet, Reason reason, int? count = null, string? step = null) => new(new DropletId(droplet), reason, count, step) { Where = TestTopology.Nowhere };
        AssertHeld(Dropped(), Drop(4, Reason.NoVpc), "2 frames dropped at d4 (NoVpc)");
        AssertHeld(Dropped(), Drop(4, Reason.NoVpc, 2, "ping-1"), "");
        AssertHeld(Dropped(), Drop(4, Reason.TtlZero, 0), "");
        AssertNotHeld(Dropped(), Drop(4, Reason.NoVpc, 1), "not 1");
        AssertNotHeld(Dropped(), Drop(4, Reason.NoVpc, step: "other"), "not one or more");
        AssertNotHeld(Dropped(), Drop(2, Reason.NoVpc), "dropped otherwise: dropped at d4 (NoVpc)");
        AssertNotHeld(TwoPings(), Drop(4, Reason.NoVpc), "0 frames");
        AssertNotHeld(new SyntheticRun(live: false, Ping), Drop(4, Reason.NoVpc, 0), "nothing at all was seen");
    }

    [Fact]
    public void NoUnexpectedDropsCountsTheDroppedAndTheLostButNotThePassed()
    {
        NoUnexpectedDropsExpectation none = new() { Where = TestTopology.Nowhere };
        AssertHeld(TwoPings(), none, "2 frames, none dropped or lost");
        AssertNotHeld(Dropped(), none, "icmp of a in step 'ping-1' dropped at d4 (NoVpc)");
        AssertNotHeld(new SyntheticRun(live: false, Ping), none, "nothing at all was seen");

        SyntheticRun lost = TwoPings();
        lost.From(A, SimTime.FromMilliseconds(3), TestFrames.EchoRequest(Topology[A], Topology[C])).To(2, arrives: false);
        AssertNotHeld(lost, none, "lost after d0");

        SyntheticRun passed = TwoPings();
        passed.From(A, SimTime.FromMilliseconds(3), TestFrames.EchoRequest(Topology[A], Topology[C])).To(2).Ends(Verdict.Pass, Reason.LowPriority);
        AssertHeld(passed, none, "");

        SyntheticRun expected = Dropped();
        DroppedExpectation named = new(Divider, Reason.NoVpc, null, "ping-1") { Where = TestTopology.Nowhere };
        expected.Expect = [none, named];
        Assert.All(Judge.Evaluate(expected.Plan, expected.Run, expected.Journeys), result => Assert.True(result.Held, result.Message));
        expected.Expect = [none, named with { Step = "another" }];
        Assert.All(Judge.Evaluate(expected.Plan, expected.Run, expected.Journeys), result => Assert.False(result.Held, result.Message));
    }

    [Fact]
    public void TableLooksAtRowsKeysAndCount()
    {
        TableExpectation Table(string[] contains, string[] absent, int? count) => new(Divider, "direct_path", [.. contains], [.. absent], count) { Where = TestTopology.Nowhere };
        SyntheticRun run = TwoPings();
        run.Add(new TableDump(Divider, "direct_path", ["3/10.0.0.2 = 172.17.0.2 02:42:ac:11:00:02", "3/10.0.20.2 = 172.17.0.3 02:42:ac:11:00:03"]));
        AssertHeld(run, Table(["3/10.0.0.2 = 172.17.0.2 02:42:ac:11:00:02"], ["3/10.0.0.9"], 2), "2 rows");
        AssertNotHeld(run, Table(["3/10.0.0.2 = 172.17.0.9 02:42:ac:11:00:09"], [], null), "found 3/10.0.0.2 = 172.17.0.2");
        AssertNotHeld(run, Table(["3/10.0.0.7 = 172.17.0.9 02:42:ac:11:00:09"], [], null), "no row of that key");
        AssertNotHeld(run, Table([], ["3/10.0.0.2"], null), "is there");
        AssertHeld(run, Table([], ["3/10.0.0.20", "3/10.0.0"], null), "");
        AssertNotHeld(run, Table([], [], 1), "2 rows, not 1");
        AssertNotHeld(TwoPings(), Table([], [], 0), "dumped no such table");
    }

    [Fact]
    public void IsolatedNeedsTrafficInBothAndNoneAcross()
    {
        IsolatedExpectation isolated = new(new VpcId(0), new VpcId(1)) { Where = TestTopology.Nowhere };
        SyntheticRun apart = TwoVpcs();
        apart.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[B])).To(1).Deliver(B);
        AssertNotHeld(apart, isolated, "both must have sent some");
        apart.From(C, SimTime.Zero, TestFrames.EchoRequest(Topology[C], Topology[A])).Ends(Verdict.Drop, Reason.NoVpc);
        AssertHeld(apart, isolated, "blue sent 1 frame, red 1; none crossed");
        apart.From(C, SimTime.Zero, TestFrames.EchoRequest(Topology[C], Topology[A], 2)).To(0).Deliver(A);
        AssertNotHeld(apart, isolated, "a frame of c in red was delivered to a in blue");
    }

    [Fact]
    public void IsolatedFailsOnAFrameFromNowhere()
    {
        SyntheticRun run = TwoVpcs();
        run.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[B])).To(1).Deliver(B);
        run.From(C, SimTime.Zero, TestFrames.EchoRequest(Topology[C], Topology[A])).Ends(Verdict.Drop, Reason.NoVpc);
        byte[] stray = TestFrames.EchoRequest(Topology[C], Topology[A], 99);
        run.Add(new Sighting { Time = SimTime.Zero, Kind = SightingKind.EndpointReceived, Droplet = new DropletId(0), Endpoint = A, FrameIn = stray, FrameOut = stray });
        AssertNotHeld(run, new IsolatedExpectation(new VpcId(0), new VpcId(1)) { Where = TestTopology.Nowhere }, "no endpoint was seen to send");
    }

    private static SyntheticRun TwoVpcs() => new(live: false, Ping)
    {
        Reshape = topology => topology with
        {
            Vpcs = [topology.Vpcs[0], new Vpc("red", new Vni(4), topology.Vpcs[0].Cidr, [])],
            Networks = [topology.Networks[0], topology.Networks[1] with { Vpc = new VpcId(1) }],
        },
    };

    private static SyntheticRun TwoPings()
    {
        SyntheticRun run = new(live: false, Ping);
        run.Add(new StepOutcome { Step = 0, Began = SimTime.Zero, Ended = SimTime.FromMilliseconds(5), Sent = 2, Arrived = 2 });
        run.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[C], 1)).To(2).To(4).To(3).To(1).Deliver(C);
        run.From(A, SimTime.FromMilliseconds(1), TestFrames.EchoRequest(Topology[A], Topology[C], 2)).To(4).To(1).Deliver(C);
        return run;
    }

    private static SyntheticRun Dropped()
    {
        SyntheticRun run = new(live: false, Ping);
        run.Add(new StepOutcome { Step = 0, Began = SimTime.Zero, Ended = SimTime.FromMilliseconds(5), Sent = 2, Arrived = 0 });
        foreach (ushort sequence in new ushort[] { 1, 2 })
        {
            run.From(A, SimTime.FromMilliseconds(sequence), TestFrames.EchoRequest(Topology[A], Topology[C], sequence)).To(2).To(4).Ends(Verdict.Drop, Reason.NoVpc);
        }
        return run;
    }

    private static ReachableExpectation Reachable(EndpointId from, Ipv4Address to, string? step = null) => new(from, to, step) { Where = TestTopology.Nowhere };

    private static PassesThroughExpectation Through(int[] droplets, int nth, bool exactly = false) =>
        new(A, AddressC, [.. droplets.Select(index => new DropletId(index))], exactly, nth, null) { Where = TestTopology.Nowhere };

    private static void AssertHeld(SyntheticRun run, Expectation expectation, string message) => AssertResult(run, expectation, true, message);

    private static void AssertNotHeld(SyntheticRun run, Expectation expectation, string message) => AssertResult(run, expectation, false, message);

    private static void AssertResult(SyntheticRun run, Expectation expectation, bool held, string message)
    {
        run.Expect = [expectation];
        ExpectationResult result = run.JudgeOnly();
        Assert.True(result.Held == held, result.Message);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }
}
