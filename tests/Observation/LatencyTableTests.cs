using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Management;
using static MizarLab.Tests.Observation.SyntheticRun;

namespace MizarLab.Tests.Observation;

public class LatencyTableTests
{
    private static readonly Topology Topology = TestTopology.TwoNetworks();

    private static PingStep Ping(string name) =>
        new(A, Topology[C].Address, 3, SimTime.FromMilliseconds(1), 8, SimTime.FromSeconds(1)) { Name = name, Where = TestTopology.Nowhere };

    [Fact]
    public void PercentilesAreExactByNearestRank()
    {
        LatencyRow row = new("model", "x", false, [.. Enumerable.Range(1, 200).Select(i => new SimTime(i))]);
        Assert.Equal((100, 180, 198, 200), (row.P50.Picoseconds, row.P90.Picoseconds, row.P99.Picoseconds, row.Max.Picoseconds));
        LatencyRow one = new("model", "x", true, [new SimTime(7)]);
        Assert.Equal((7, 7, 7, 7), (one.P50.Picoseconds, one.P90.Picoseconds, one.P99.Picoseconds, one.Max.Picoseconds));
        Assert.Equal(new SimTime(2), row.Percentile(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => row.Percentile(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => row.Percentile(101));
    }

    [Fact]
    public void TheFirstPacketOfAPairIsApartFromLaterOnes()
    {
        SyntheticRun run = new(live: false, Ping("one"), Ping("two"));
        SimTime Us(long value) => SimTime.FromMicroseconds(value);
        run.Add(new StepOutcome { Step = 0, Began = SimTime.Zero, Ended = Us(900), Sent = 3, Arrived = 3, RoundTrips = [Us(90), Us(20), Us(10)] });
        run.Add(new StepOutcome { Step = 1, Began = Us(1000), Ended = Us(2000), Sent = 3, Arrived = 3, RoundTrips = [Us(12), Us(14), Us(16)] });
        run.From(A, SimTime.Zero, TestFrames.EchoRequest(Topology[A], Topology[C], 1)).To(2).To(4).To(3).To(1).Deliver(C);
        run.From(A, Us(300), TestFrames.EchoRequest(Topology[A], Topology[C], 2)).To(1).Deliver(C);
        run.From(A, Us(600), TestFrames.EchoRequest(Topology[A], Topology[C], 3)).To(1).Ends(Verdict.Drop, Reason.NoVpc);

        ImmutableArray<LatencyRow> rows = LatencyTable.Of(run.Plan, run.Run, run.Journeys);
        Assert.Equal(
            [("one way icmp", true, 1), ("one way icmp", false, 1), ("ping round trip", true, 1), ("ping round trip", false, 5)],
            rows.Select(row => (row.Class, row.First, row.Count)));
        Assert.Equal(Us(140), rows[0].Max);
        Assert.Equal(Us(50), rows[1].Max);
        Assert.Equal(Us(90), rows[2].P50);
        Assert.Equal((Us(14), Us(20)), (rows[3].P50, rows[3].Max));
        Assert.All(rows, row => Assert.Equal("model", row.Backend));
    }

    [Fact]
    public void WhenAnEchoWentUnansweredNoTimeIsTakenForTheFirstOne()
    {
        SyntheticRun run = new(live: false, Ping("one"));
        run.Add(new StepOutcome { Step = 0, Began = SimTime.Zero, Ended = new SimTime(9), Sent = 3, Arrived = 2, RoundTrips = [new SimTime(5), new SimTime(6)] });
        LatencyRow row = Assert.Single(LatencyTable.Of(run.Plan, run.Run, run.Journeys));
        Assert.Equal((false, 2), (row.First, row.Count));
    }
}
