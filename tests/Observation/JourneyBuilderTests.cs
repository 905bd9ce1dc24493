using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests.Management;
using static MizarLab.Tests.Observation.SyntheticRun;

namespace MizarLab.Tests.Observation;

public class JourneyBuilderTests
{
    private static readonly SimTime Later = SimTime.FromMilliseconds(10);

    private static Endpoint EndpointOf(EndpointId id) => TestTopology.TwoNetworks()[id];

    private static byte[] Echo(ushort sequence = 1) => TestFrames.EchoRequest(EndpointOf(A), EndpointOf(B), sequence);

    [Fact]
    public void AFrameThroughABouncerIsOneJourneyOfThreeHops()
    {
        SyntheticRun run = new();
        run.From(A, SimTime.Zero, Echo()).To(2).To(1).Deliver(B);

        Journey journey = Assert.Single(run.Journeys);
        Assert.Equal(JourneyEnd.Delivered, journey.End);
        Assert.Equal(A, journey.Origin);
        Assert.Equal(B, journey.DeliveredTo);
        Assert.Equal(InnerProtocol.Icmp, journey.Protocol);
        Assert.Equal([0, 2, 1], journey.Hops.Select(hop => hop.Run.Droplet.Index));
        Assert.Equal([ProgramId.Agent, ProgramId.Transit, ProgramId.Transit], journey.Hops.Select(hop => hop.Run.Program));
        Assert.Equal(9, journey.Sightings.Length);
        Assert.Null(journey.Hops[0].Received);
        Assert.Equal(SightingKind.WireSent, journey.Hops[0].Sent!.Kind);
        Assert.Equal(new DropletId(2), journey.Hops[1].Received!.Droplet);
        Assert.Null(journey.Hops[2].Sent);
        Assert.Equal(Echo(), journey.First);
        Assert.Equal(Echo(), journey.Last);
        Assert.Equal(SimTime.Zero, journey.Began);
        Assert.Equal(SimTime.FromMicroseconds(80), journey.Ended);
    }

    [Fact]
    public void AnAgentThatTailCallsTransitAndDeliversIsOneHop()
    {
        SyntheticRun run = new();
        run.From(B, SimTime.Zero, TestFrames.EchoRequest(EndpointOf(B), EndpointOf(C))).Deliver(C);

        Journey journey = Assert.Single(run.Journeys);
        Assert.Equal(C, journey.DeliveredTo);
        Assert.Equal(ProgramId.Agent, Assert.Single(journey.Hops).Run.Program);
    }

    [Theory]
    [InlineData(Verdict.Drop, JourneyEnd.Dropped)]
    [InlineData(Verdict.Aborted, JourneyEnd.Dropped)]
    [InlineData(Verdict.Pass, JourneyEnd.Passed)]
    public void AVerdictThatEndsTheWayEndsTheJourney(Verdict verdict, JourneyEnd end)
    {
        SyntheticRun run = new();
        run.From(A, SimTime.Zero, Echo()).To(2).Ends(verdict, Reason.NoVpc);

        Journey journey = Assert.Single(run.Journeys);
        Assert.Equal(end, journey.End);
        Assert.Equal(Reason.NoVpc, journey.EndReason);
        Assert.Equal(2, journey.Hops.Length);
        Assert.Null(journey.DeliveredTo);
    }

    public static TheoryData<string, int, int> LostAtPlaces() => new()
    {
        { "never left the NIC", 1, 2 },
        { "left and reached no droplet", 1, 3 },
        { "reached the NIC and ran no program", 1, 4 },
        { "redirected to an endpoint that never received it", 3, 8 },
    };

    [Theory]
    [MemberData(nameof(LostAtPlaces))]
    public void WhatIsNotSeenToArriveIsLost(string how, int hops, int sightings)
    {
        SyntheticRun run = new(live: true);
        Walk walk = run.From(A, SimTime.Zero, Echo());
        _ = sightings switch
        {
            2 => walk.To(2, leaves: false),
            3 => walk.To(2, arrives: false),
            4 => walk.To(2),
            _ => walk.To(2).To(1).Deliver(B, arrives: false),
        };

        Journey journey = Assert.Single(run.Journeys);
        Assert.True(journey.End == JourneyEnd.Lost, how);
        Assert.Equal(hops, journey.Hops.Length);
        Assert.Equal(sightings, journey.Sightings.Length);
    }

    [Fact]
    public void AFrameNoProgramSawIsLostWithoutHops()
    {
        SyntheticRun run = new();
        run.From(A, SimTime.Zero, Echo());
        Journey journey = Assert.Single(run.Journeys);
        Assert.Equal(JourneyEnd.Lost, journey.End);
        Assert.Empty(journey.Hops);
        Assert.Equal(Reason.None, journey.EndReason);
    }

    [Theory]
    [InlineData(SightingKind.WireSent)]
    [InlineData(SightingKind.WireReceived)]
    public void ABlindTapLeavesAHopWithoutItsWireSightingAndNotTwoHalves(SightingKind blind)
    {
        SyntheticRun run = new(live: true);
        run.From(A, SimTime.Zero, Echo()).To(2).To(1).Deliver(B);
        run.Rewrite((seen, _) => seen.Kind == blind ? null : seen);

        Journey journey = Assert.Single(run.Journeys);
        Assert.Equal(JourneyEnd.Delivered, journey.End);
        Assert.Equal(3, journey.Hops.Length);
        Assert.Equal(blind == SightingKind.WireSent, journey.Hops[0].Sent is null);
        Assert.Equal(blind == SightingKind.WireReceived, journey.Hops[1].Received is null);
    }

    [Fact]
    public void WithoutAnyWireTapsProgramsLinkByBytes()
    {
        SyntheticRun run = new(live: true);
        run.From(A, SimTime.Zero, Echo()).To(2).To(1).Deliver(B);
        run.Rewrite((seen, _) => seen.Kind is SightingKind.WireSent or SightingKind.WireReceived ? null : seen);
        Assert.Equal(3, Assert.Single(run.Journeys).Hops.Length);
    }

    [Fact]
    public void FramesThatBeganElsewhereHaveNoOrigin()
    {
        SyntheticRun run = new(live: true);
        Droplet[] droplets = [.. run.Topology.Droplets];
        byte[] outer = TestFrames.Encapsulate(Echo(), droplets[0], droplets[1]);
        run.Add(new Sighting { Time = SimTime.Zero, Kind = SightingKind.WireReceived, Droplet = new DropletId(1), FrameIn = outer, FrameOut = outer });

        Journey journey = Assert.Single(run.Journeys);
        Assert.Null(journey.Origin);
        Assert.Equal(InnerProtocol.Icmp, journey.Protocol);
        Assert.Equal(JourneyEnd.Lost, journey.End);
    }

    [Fact]
    public void IdenticalFramesPairUpInOrder()
    {
        SyntheticRun run = new();
        for (int i = 0; i < 5; i++)
        {
            run.From(A, SimTime.FromMicroseconds(3 * i), Echo()).To(2).To(1).Deliver(B);
        }
        ImmutableArray<Journey> journeys = run.Journeys;
        Assert.Equal(5, journeys.Length);
        Assert.All(journeys, journey => Assert.Equal(SimTime.FromMicroseconds(80), journey.Ended - journey.Began));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void OfIdenticalFramesTheOneThatWasLostIsLost(int lost)
    {
        SyntheticRun run = new(live: true);
        for (int i = 0; i < 3; i++)
        {
            Walk walk = run.From(A, SimTime.FromMilliseconds(10 * i), Echo()).To(2, arrives: i != lost);
            if (i != lost)
            {
                walk.To(1).Deliver(B);
            }
        }
        Assert.Equal(Enumerable.Range(0, 3).Select(i => i == lost ? JourneyEnd.Lost : JourneyEnd.Delivered), run.Journeys.Select(journey => journey.End));
    }

    [Fact]
    public void AFrameTheUnderlayDoubledGivesASecondJourneyWithoutOrigin()
    {
        SyntheticRun run = new(live: true);
        run.From(A, SimTime.Zero, Echo()).To(1).Deliver(B);
        Sighting arrived = run.Run.Sightings.Single(seen => seen.Kind == SightingKind.WireReceived);
        run.Add(arrived with { Time = arrived.Time + Later });

        ImmutableArray<Journey> journeys = run.Journeys;
        Assert.Equal(2, journeys.Length);
        Assert.Equal(JourneyEnd.Delivered, journeys[0].End);
        Assert.Null(journeys[1].Origin);
    }

    [Fact]
    public void ARingOfEqualBytesBecomesOneJourneyThatEnds()
    {
        SyntheticRun run = new();
        byte[] frame = TestFrames.Encapsulate(Echo(), run.Topology.Droplets[0], run.Topology.Droplets[1]);
        // d2 sends to d4, d4 back to d2, and nobody changes a byte.
        int time = 0;
        foreach ((int droplet, int next) in new[] { (2, 4), (4, 2) })
        {
            Sighting Seen(SightingKind kind, int where) =>
                new() { Time = SimTime.FromMicroseconds(time++), Kind = kind, Droplet = new DropletId(where), FrameIn = frame, FrameOut = frame };
            run.Add(Seen(SightingKind.Program, droplet) with { Program = ProgramId.Transit, Verdict = Verdict.Tx });
            run.Add(Seen(SightingKind.WireSent, droplet));
            run.Add(Seen(SightingKind.WireReceived, next));
        }
        Journey journey = Assert.Single(run.Journeys);
        Assert.Equal([2, 4], journey.Hops.Select(hop => hop.Run.Droplet.Index));
        Assert.Equal(6, journey.Sightings.Length);
        Assert.Equal(JourneyEnd.Lost, journey.End);
    }

    [Fact]
    public void ARunThatNoTapSawIsNotItsOwnSuccessor()
    {
        SyntheticRun run = new();
        byte[] frame = TestFrames.Encapsulate(Echo(), run.Topology.Droplets[0], run.Topology.Droplets[1]);
        run.Add(new Sighting
        {
            Time = SimTime.Zero,
            Kind = SightingKind.Program,
            Droplet = new DropletId(2),
            Program = ProgramId.Transit,
            Verdict = Verdict.Tx,
            FrameIn = frame,
            FrameOut = frame,
        });
        Assert.Single(Assert.Single(run.Journeys).Hops);
    }

    [Fact]
    public void EverySightingIsInExactlyOneJourneyAndClocksOfObserversMayDisagree()
    {
        // Frames of several kinds, some identical, some lost; observers' clocks off by up to 50 µs each, per sighting.
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), offsets =>
        {
            SyntheticRun straight = Mixed();
            SyntheticRun skewed = Mixed();
            int next = 0;
            skewed.Rewrite((seen, _) =>
            {
                int offset = offsets.Length == 0 ? 0 : offsets[next++ % offsets.Length] % 50;
                return seen with { Time = seen.Time + SimTime.FromMicroseconds(1000 + offset) };
            });
            Assert.Equal(Ways(straight), Ways(skewed));
            Assert.Equal(straight.Run.Sightings.Length, skewed.Journeys.Sum(journey => journey.Sightings.Length));
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void AHundredThousandSightingsTakeNearLinearTime()
    {
        // All frames identical: the worst case for candidates of equal bytes. Quadratic time would be some 10^9 comparisons.
        SyntheticRun run = new();
        run.From(A, SimTime.Zero, Echo()).To(2).To(1).Deliver(B);
        ImmutableArray<Sighting> one = run.Run.Sightings;
        const int Copies = 11_111;
        BackendRun many = run.Run with
        {
            Sightings = [.. Enumerable.Range(0, Copies).SelectMany(i => one.Select(seen => seen with { Time = seen.Time + SimTime.FromMilliseconds(i) }))],
        };
        TimeSpan began = CpuTime.OfThisThread();
        ImmutableArray<Journey> journeys = JourneyBuilder.Build(run.Plan, many);
        TimeSpan took = CpuTime.OfThisThread() - began;
        Assert.Equal(Copies, journeys.Length);
        Assert.All(journeys, journey => Assert.Equal(JourneyEnd.Delivered, journey.End));
        Assert.True(took < TimeSpan.FromSeconds(10), $"{many.Sightings.Length} sightings took {took}");
    }

    private static SyntheticRun Mixed()
    {
        SyntheticRun run = new(live: true);
        for (int i = 0; i < 6; i++)
        {
            SimTime at = SimTime.FromMilliseconds(i);
            run.From(A, at, Echo((ushort)(i / 2))).To(2).To(1).Deliver(B);
            run.From(B, at + SimTime.FromMicroseconds(20), TestFrames.EchoReply(EndpointOf(B), EndpointOf(A), (ushort)i)).To(0).Deliver(A);
            run.From(A, at + SimTime.FromMicroseconds(40), TestFrames.Arp(EndpointOf(A), EndpointOf(B).Address)).To(2).Ends(Verdict.Drop, Reason.NoVpc);
            Walk lost = run.From(C, at + SimTime.FromMicroseconds(60), TestFrames.Udp(EndpointOf(C), EndpointOf(A), 40000, 53)).To(3);
            if (i % 2 == 0)
            {
                lost.To(4, arrives: false);
            }
        }
        return run;
    }

    private static List<string> Ways(SyntheticRun run) => [.. run.Journeys
        .Select(journey => $"{journey.Origin} {string.Join(">", journey.Sightings.Select(seen => $"{seen.Kind}@{seen.Droplet.Index}"))} {journey.End} {Convert.ToHexString(journey.First)}")
        .Order(StringComparer.Ordinal)];
}
