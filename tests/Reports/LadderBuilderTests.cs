using System.Collections.Immutable;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

public class LadderBuilderTests
{
    private static readonly Scenario Scenario = SampleRun.Passing().Scenario;
    private static readonly ImmutableArray<Journey> Journeys = JourneyBuilder.Build(Plan.Create(Scenario), SampleRun.Passing().Backends[0].Run!);

    [Fact]
    public void TheLongWayIsSevenLanesAndFourWires()
    {
        Ladder ladder = LadderBuilder.Build(Scenario, Journeys[0]);
        Assert.Equal(["a", "left", "switch-1", "router-1", "switch-2", "right", "c"], ladder.Lanes.Select(l => l.Name));
        Assert.Equal(["", "", "bouncer net10", "divider blue", "bouncer net20", "", ""], ladder.Lanes.Select(l => l.Roles));
        Assert.Equal(
            [(1, 2, "TTL 64 · VNI 3"), (2, 3, "TTL 63 · VNI 3"), (3, 4, "TTL 62 · VNI 3"), (4, 5, "TTL 61 · VNI 3")],
            ladder.Rows.Where(r => r.Kind == LadderRowKind.Wire).Select(r => (r.From, r.To, r.Upper)));
        Assert.All(ladder.Rows.Where(r => r.Kind != LadderRowKind.Run), r => Assert.Equal("ICMP echo request 10.0.0.2 → 10.0.20.3 seq 1", r.Lower));
        Assert.Equal(
            ["agent: REDIRECT ToBouncer", "transit: REDIRECT ToDivider", "transit: REDIRECT NetworkToBouncer", "transit: REDIRECT ToHost", "transit: REDIRECT Delivered"],
            ladder.Rows.Where(r => r.Kind == LadderRowKind.Run).Select(r => r.Upper));
        Assert.Equal((LadderRowKind.Port, 5, 6, LadderTone.Good), (ladder.Rows[^1].Kind, ladder.Rows[^1].From, ladder.Rows[^1].To, ladder.Rows[^1].Tone));
    }

    [Fact]
    public void ABackendThatSeesNoWiresAndNoEndpointsGetsTheSameArrows()
    {
        Journey blind = Journeys[0] with { Sightings = [.. Journeys[0].Sightings.Where(s => s.Kind == SightingKind.Program)] };
        Ladder seen = LadderBuilder.Build(Scenario, Journeys[0]);
        Ladder guessed = LadderBuilder.Build(Scenario, blind);
        Assert.Equal(seen.Lanes[..^1].AsEnumerable(), guessed.Lanes);
        Assert.Equal(seen.Rows[..^1].Select(r => (r.Kind, r.From, r.To, r.Upper)), guessed.Rows.Select(r => (r.Kind, r.From, r.To, r.Upper)));
    }

    [Fact]
    public void ADropIsWhereItEnds()
    {
        ScenarioResult failing = SampleRun.Failing();
        Journey dropped = JourneyBuilder.Build(Plan.Create(failing.Scenario), failing.Backends[0].Run!)[^1];
        LadderRow last = LadderBuilder.Build(failing.Scenario, dropped).Rows[^1];
        Assert.Equal((LadderRowKind.Run, "transit: DROP EmptyList", LadderTone.Bad), (last.Kind, last.Upper, last.Tone));
    }

    [Fact]
    public void AFrameLostOnTheWireEndsInACross()
    {
        // The first six sightings: sent, agent, out, in at switch-1, transit, out; nobody sees it after.
        Journey lost = Journeys[0] with { Sightings = Journeys[0].Sightings[..6], End = JourneyEnd.Lost, DeliveredTo = null };
        Ladder ladder = LadderBuilder.Build(Scenario, lost);
        Assert.Equal((LadderRowKind.Lost, "switch-1"), (ladder.Rows[^1].Kind, ladder.Lanes[ladder.Rows[^1].From].Name));
    }

    [Fact]
    public void OneOfEachShapeIsDrawnFirst()
    {
        // Fifty equal pings of fifty steps, then a drop.
        ScenarioResult failing = SampleRun.Failing();
        Journey dropped = JourneyBuilder.Build(Plan.Create(failing.Scenario), failing.Backends[0].Run!)[^1];
        ImmutableArray<Journey> many = [.. Enumerable.Range(0, 50).Select(i => Journeys[0] with { Step = i }), dropped with { Step = 50 }];
        PathGroups groups = PathGroups.Of([("model", many)]);
        Assert.Equal(51, groups.Groups.Length);
        Assert.Equal([0, 1, 50], groups.Choose(3));
        Assert.Empty(groups.Choose(0));
    }

    [Fact]
    public void BackendsThatSawTheSameShareAWayAndCountApart()
    {
        PathGroups groups = PathGroups.Of([("model", Journeys), ("bpf", Journeys[..^1])]);
        Assert.Equal(3, groups.Groups.Length);
        Assert.Equal([8, 7], new[] { groups.Journeys(0), groups.Journeys(1) });
        Assert.Equal(2, groups.Groups.Count(g => g.Agreed));
    }
}
