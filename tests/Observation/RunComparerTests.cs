using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests.Management;
using static MizarLab.Tests.Observation.ComparedRuns;
using static MizarLab.Tests.Observation.SyntheticRun;

namespace MizarLab.Tests.Observation;

/// <summary>Equal runs have no difference; each seeded difference is found, under its aspect.</summary>
public class RunComparerTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void EqualRunsHaveNoDifferenceAndAreNotEmpty(bool leftLive, bool rightLive)
    {
        Comparison comparison = Full(leftLive).CompareWith(Full(rightLive));
        Assert.Empty(comparison.Differences);
        Assert.Equal(0, comparison.FurtherDifferences);
        Assert.Equal(10, comparison.Journeys);
        Assert.Equal(24, comparison.Hops);
        Assert.Equal(2, comparison.TableRows);
        // The crafted journey: as sent, in and out at three hops, as last seen. Between simulated runs every journey so.
        Assert.Equal(leftLive || rightLive ? 8 : (2 * 10) + (2 * 24), comparison.Frames);
        Assert.Equal(leftLive ? "netns" : "model", comparison.Left);
    }

    [Fact]
    public void ARunEqualsItselfWhateverItHolds()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Way, byte End, bool Live)[]>(), walks =>
        {
            SyntheticRun run = RandomWalks(walks);
            Comparison comparison = run.CompareWith(run);
            Assert.Empty(comparison.Differences);
            Assert.Equal(walks.Length, comparison.Journeys);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void AnySeededChangeOfACraftedFrameIsFound()
    {
        // Whichever byte of whichever program run's frame is flipped, on a run that is otherwise equal.
        Prop.ForAll(ArbMap.Default.ArbFor<(int At, int Bit, bool Out)>(), change =>
        {
            SyntheticRun left = Crafted();
            SyntheticRun right = Crafted();
            ImmutableArray<Sighting> all = right.Run.Sightings;
            int runs = all.Count(seen => seen.Kind == SightingKind.Program);
            int victim = (int)((uint)change.At % (uint)runs);
            int program = -1;
            right.Rewrite((seen, _) =>
            {
                if (seen.Kind != SightingKind.Program || ++program != victim)
                {
                    return seen;
                }
                byte[] frame = [.. change.Out ? seen.FrameOut : seen.FrameIn];
                frame[(uint)change.At % (uint)frame.Length] ^= (byte)(1 << (change.Bit & 7));
                return change.Out ? seen with { FrameOut = frame } : seen with { FrameIn = frame };
            });
            Assert.NotEmpty(left.CompareWith(right).Differences);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void AChangedByteOnTheWayIsOneDifferenceWhereItWasMade()
    {
        // Transit of d2 writes another RTS address; every later frame carries it.
        SyntheticRun right = Full(live: true);
        right.Rewrite((seen, _) => seen switch
        {
            _ when !IsOfCrafted(seen) || !HasPassed(seen, 2) => seen,
            { Kind: SightingKind.Program, Droplet.Index: 2 } => seen with { FrameOut = Flip(seen.FrameOut, 58) },
            _ => Flip(seen, 58),
        });
        Difference difference = Assert.Single(Full(live: false).CompareWith(right).Differences);
        Assert.Equal("frame out", difference.Aspect);
        Assert.Equal("step 'frame-1', a → b crafted icmp echo request frame 1, hop 2 at d2 (transit)", difference.Subject);
        Assert.Equal(Place, difference.Where);
        Assert.NotEmpty(difference.Fields);
        Assert.NotNull(difference.LeftFrame);
        Assert.NotNull(difference.RightFrame);
    }

    [Theory]
    [InlineData(22, true)] // outer TTL
    [InlineData(58, true)] // RTS option
    [InlineData(35, true)] // outer source port
    [InlineData(114 + 3, true)] // inner destination MAC
    [InlineData(114 + 22, true)] // inner TTL
    [InlineData(114 + 18, false)] // inner identification: the stack's
    [InlineData(114 + 39, false)] // ICMP identifier
    public void OfStackFramesTheEncapsulationCountsAndTheStacksOwnFieldsDoNot(int offset, bool found)
    {
        SyntheticRun left = OnePing(live: true);
        SyntheticRun right = OnePing(live: true);
        right.Rewrite((seen, _) => Flip(seen, offset));
        Comparison comparison = left.CompareWith(right);
        Assert.Equal(found, !comparison.Differences.IsEmpty);
        Assert.Equal(1, comparison.Journeys);
    }

    [Fact]
    public void BetweenSimulatedRunsEveryByteOfAStackFrameCounts()
    {
        SyntheticRun right = OnePing(live: false);
        right.Rewrite((seen, _) => Flip(seen, 114 + 18));
        Assert.NotEmpty(OnePing(live: false).CompareWith(right).Differences);
    }

    [Fact]
    public void AnotherVerdictReasonOrSlotIsFound()
    {
        foreach (Func<Sighting, Sighting> change in new Func<Sighting, Sighting>[]
        {
            seen => seen with { Reason = Reason.DirectPath },
            seen => seen with { Devmap = Devmap.Agent },
            seen => seen with { Verdict = Verdict.Tx },
        })
        {
            SyntheticRun right = OnePing(live: true);
            right.Rewrite((seen, _) => seen is { Kind: SightingKind.Program, Droplet.Index: 2 } ? change(seen) : seen);
            Difference difference = Assert.Single(OnePing(live: false).CompareWith(right).Differences);
            Assert.Equal("verdict", difference.Aspect);
            Assert.Contains("hop 2 at d2 (transit)", difference.Subject, StringComparison.Ordinal);
            Assert.NotEqual(difference.Left, difference.Right);
        }
    }

    [Fact]
    public void AnotherPathAndAnotherEndAreFound()
    {
        SyntheticRun right = new(live: true, Timeline);
        right.From(A, SimTime.Zero, Echo(1)).To(5).Ends(Verdict.Drop, Reason.NoVpc);
        ImmutableArray<Difference> differences = OnePing(live: false).CompareWith(right).Differences;
        Assert.Contains(differences, difference => difference.Aspect == "path" && difference.Right == "d0 (agent) → d5 (transit)");
        Assert.Contains(differences, difference => difference.Aspect == "end" && difference.Right == "dropped at d5 (NoVpc)");
    }

    [Fact]
    public void AFrameThatNeverLeftIsFoundThoughTheProgramRedirectedIt()
    {
        SyntheticRun right = new(live: true, Timeline);
        right.From(A, SimTime.Zero, Echo(1)).To(2, leaves: false);
        SyntheticRun left = new(live: false, Timeline);
        left.From(A, SimTime.Zero, Echo(1)).To(2, arrives: false);
        Difference difference = Assert.Single(left.CompareWith(right).Differences);
        Assert.Equal("sightings", difference.Aspect);
        Assert.EndsWith("d0 wire sent", difference.Left, StringComparison.Ordinal);
        Assert.EndsWith("d0 agent", difference.Right, StringComparison.Ordinal);
    }

    [Fact]
    public void EachDroppedSightingIsFound()
    {
        int count = OnePing(live: true).Run.Sightings.Length;
        Assert.Equal(9, count);
        for (int dropped = 0; dropped < count; dropped++)
        {
            SyntheticRun right = OnePing(live: true);
            right.Rewrite((seen, index) => index == dropped ? null : seen);
            Assert.NotEmpty(OnePing(live: false).CompareWith(right).Differences);
        }
    }

    [Fact]
    public void AMissingAndASurplusJourneyAreOneCountEach()
    {
        SyntheticRun two = new(live: false, Timeline);
        two.From(A, SimTime.Zero, Echo(1)).To(2).To(1).Deliver(B);
        two.From(A, SimTime.FromMilliseconds(1), Echo(2)).To(2).To(1).Deliver(B);
        Difference missing = Assert.Single(two.CompareWith(OnePing(live: true)).Differences);
        Assert.Equal("count", missing.Aspect);
        Assert.StartsWith("2 frames", missing.Left, StringComparison.Ordinal);
        Assert.StartsWith("1 frame,", missing.Right, StringComparison.Ordinal);
        Difference none = Assert.Single(new SyntheticRun(live: false, Timeline).CompareWith(OnePing(live: true)).Differences);
        Assert.Equal("no frame", none.Left);
    }

    [Fact]
    public void AFrameOfUnknownOriginIsFound()
    {
        SyntheticRun right = OnePing(live: true);
        byte[] stray = new byte[60];
        right.Add(new Sighting { Time = SimTime.Zero, Kind = SightingKind.WireReceived, Droplet = new DropletId(3), FrameIn = stray, FrameOut = stray });
        Difference difference = Assert.Single(OnePing(live: false).CompareWith(right).Differences);
        Assert.Equal("no step, first seen at d3 frame", difference.Subject);
    }

    [Fact]
    public void OfLiveTcpTheNumberOfSegmentsMayDifferButNoWayMayBeNew()
    {
        SyntheticRun more = Stream(live: true, segments: 9, viaBouncer: false);
        Assert.Empty(Stream(live: false, segments: 4, viaBouncer: false).CompareWith(more).Differences);
        SyntheticRun elsewhere = Stream(live: true, segments: 4, viaBouncer: true);
        ImmutableArray<Difference> differences = Stream(live: false, segments: 4, viaBouncer: false).CompareWith(elsewhere).Differences;
        Difference difference = Assert.Single(differences);
        Assert.Equal("path", difference.Aspect);
        Assert.Contains("d3 (transit)", difference.Right, StringComparison.Ordinal);
        Assert.Equal("step 'stream', c → a tcp to port 9001 segments", difference.Subject);
    }

    [Fact]
    public void OfLiveTcpHandshakeAndCloseAreCounted()
    {
        SyntheticRun right = Stream(live: true, segments: 4, viaBouncer: false);
        right.From(C, SimTime.FromMilliseconds(10), TestFrames.Tcp(Nouns[C], Nouns[A], 40000, 9001, Syn)).To(0).Deliver(A);
        Difference difference = Assert.Single(Stream(live: false, segments: 4, viaBouncer: false).CompareWith(right).Differences);
        Assert.Equal("count", difference.Aspect);
        Assert.EndsWith("tcp to port 9001 SYN", difference.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void OfSimulatedTcpTheNumberOfSegmentsCounts() =>
        Assert.NotEmpty(Stream(live: false, segments: 4, viaBouncer: false).CompareWith(Stream(live: false, segments: 5, viaBouncer: false)).Differences);

    [Fact]
    public void SimulatedRunsCompareTimesAndTableChanges()
    {
        SyntheticRun late = OnePing(live: false);
        late.Rewrite((seen, index) => index == 4 ? seen with { Time = seen.Time + new SimTime(1) } : seen);
        Assert.Equal("time", Assert.Single(OnePing(live: false).CompareWith(late).Differences).Aspect);

        SyntheticRun learned = OnePing(live: false);
        learned.Rewrite((seen, _) => seen is { Kind: SightingKind.Program, Droplet.Index: 1 }
            ? seen with { Changes = [new TableChange("direct_path", "3/10.0.0.2", "172.17.0.2 02:42:ac:11:00:02")] }
            : seen);
        Difference change = Assert.Single(OnePing(live: false).CompareWith(learned).Differences);
        Assert.Equal(("table changes", "none", "direct_path 3/10.0.0.2 = 172.17.0.2 02:42:ac:11:00:02"), (change.Aspect, change.Left, change.Right));
        Assert.Empty(OnePing(live: true).CompareWith(Delayed()).Differences);
    }

    [Fact]
    public void WhatTheStepsSocketsSawIsCompared()
    {
        UdpStep udp = new(A, Nouns[C].Address, 5001, [1], 1, SimTime.Zero, true, SimTime.FromSeconds(1)) { Name = "udp", Where = Place };
        StepOutcome outcome = Window(0, 0, 1) with { Sent = 2, Arrived = 2, Returned = 2, BytesSent = 2, BytesArrived = 2, BytesReturned = 2 };
        foreach (Func<StepOutcome, StepOutcome> change in new Func<StepOutcome, StepOutcome>[]
        {
            seen => seen with { Sent = 1 },
            seen => seen with { Arrived = 1 },
            seen => seen with { Returned = 1 },
            seen => seen with { BytesSent = 1 },
            seen => seen with { BytesArrived = 1 },
            seen => seen with { BytesReturned = 1 },
            seen => seen with { Intact = false },
        })
        {
            SyntheticRun left = new(live: false, udp);
            SyntheticRun right = new(live: true, udp);
            left.Add(outcome);
            right.Add(change(outcome));
            Difference difference = Assert.Single(left.CompareWith(right).Differences);
            Assert.Equal("outcome", difference.Aspect);
            Assert.Equal("step 'udp'", difference.Subject);
            Assert.Single(difference.Fields);
        }
    }

    [Fact]
    public void OfTcpAndPingAndFramesOnlyWhatHasAMeaningIsCompared()
    {
        // What a step of this kind does not count, backends need not count alike.
        SyntheticRun right = Full(live: true);
        right.RewriteOutcomes(outcome => outcome.Step switch
        {
            1 => outcome with { Arrived = 1, BytesSent = 54 },
            2 => outcome with { Returned = 1, BytesReturned = 0 },
            _ => outcome with { BytesSent = 112 },
        });
        Assert.Empty(Full(live: false).CompareWith(right).Differences);
        right.RewriteOutcomes(outcome => outcome.Step == 2 ? outcome with { BytesArrived = 5 } : outcome);
        Assert.Equal("step 'stream'", Assert.Single(Full(live: false).CompareWith(right).Differences).Subject);
    }

    [Fact]
    public void AMissingOutcomeIsADifference()
    {
        SyntheticRun left = Full(live: false);
        SyntheticRun right = new(live: true, Timeline);
        Assert.Equal(3, left.CompareWith(right).Differences.Count(difference => difference is { Aspect: "outcome", Right: "no outcome" }));
    }

    [Theory]
    [InlineData("3/10.0.0.2 = 172.17.0.9 02:42:ac:11:00:09", "3/10.0.0.2 = 172.17.0.9 02:42:ac:11:00:09")]
    [InlineData(null, "no such row")]
    public void TableRowsAreCompared(string? changed, string right)
    {
        SyntheticRun left = OnePing(live: false);
        SyntheticRun other = OnePing(live: true);
        const string Row = "3/10.0.0.2 = 172.17.0.2 02:42:ac:11:00:02";
        left.Add(new TableDump(new DropletId(1), "direct_path", [Row]));
        other.Add(new TableDump(new DropletId(1), "direct_path", changed is null ? [] : [changed]));
        Difference difference = Assert.Single(left.CompareWith(other).Differences);
        Assert.Equal(("table", Row, right), (difference.Aspect, difference.Left, difference.Right));
        Assert.Equal("table direct_path on d1 at the end, key 3/10.0.0.2", difference.Subject);
        Difference mirrored = Assert.Single(other.CompareWith(left).Differences);
        Assert.Equal((difference.Right, difference.Left), (mirrored.Left, mirrored.Right));
    }

    [Fact]
    public void ATableOneSideDidNotDumpDiffersWhereItHoldsRows()
    {
        SyntheticRun left = OnePing(live: false);
        left.Add(new TableDump(new DropletId(1), "endpoints", []));
        Assert.Empty(left.CompareWith(OnePing(live: true)).Differences);
        left.Add(new TableDump(new DropletId(1), "direct_path", ["3/10.0.0.2 = 172.17.0.2 02:42:ac:11:00:02"]));
        Assert.Equal("not dumped", Assert.Single(left.CompareWith(OnePing(live: true)).Differences).Right);
    }

    [Fact]
    public void ARunThatMissedSightingsIsNoEvidence()
    {
        SyntheticRun right = OnePing(live: true);
        right.Missed = 1;
        Assert.Equal("evidence", Assert.Single(OnePing(live: false).CompareWith(right).Differences).Aspect);
    }

    [Fact]
    public void TheFirstFiftyDifferencesAreKeptAndTheRestCounted()
    {
        SyntheticRun left = new(live: false, Timeline);
        SyntheticRun right = new(live: true, Timeline);
        for (ushort i = 0; i < 70; i++)
        {
            left.From(A, SimTime.FromMilliseconds(i), Echo(i)).To(2).Ends(Verdict.Drop, Reason.NoVpc);
            right.From(A, SimTime.FromMilliseconds(i), Echo(i)).To(2).Ends(Verdict.Drop, Reason.NoRemote);
        }
        Comparison comparison = left.CompareWith(right);
        Assert.Equal(50, comparison.Differences.Length);
        Assert.Equal(20, comparison.FurtherDifferences);
        Assert.All(comparison.Differences, difference => Assert.Equal("verdict", difference.Aspect));
    }
}
