using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Reports;

/// <summary>
/// Lays a journey out as a ladder. Lanes are in the order of first visit. A backend that sees no wires still gets its arrows: where a
/// frame is next seen on another droplet it must have crossed one.
/// </summary>
public sealed class LadderBuilder
{
    private readonly Scenario scenario;
    private readonly Names names;
    private readonly Journey journey;
    private readonly List<LadderLane> lanes = [];
    private readonly List<LadderRow> rows = [];
    private readonly Dictionary<(LaneKind Kind, int Index), int> laneOf = [];

    private LadderBuilder(Scenario scenario, Journey journey)
    {
        this.scenario = scenario;
        this.journey = journey;
        names = new Names(scenario);
    }

    public static Ladder Build(Scenario scenario, Journey journey)
    {
        LadderBuilder builder = new(scenario, journey);
        builder.Walk();
        return new Ladder([.. builder.lanes], [.. builder.rows]);
    }

    private void Walk()
    {
        int at = -1;                // the lane the frame was last seen on; none yet
        Sighting? sent = null;      // left that lane's NIC and not yet seen to arrive
        foreach (Sighting s in journey.Sightings)
        {
            switch (s.Kind)
            {
                case SightingKind.EndpointSent:
                    at = Arrow(LadderRowKind.Port, EndpointLane(s.Endpoint), DropletLane(s.Droplet), s);
                    break;
                case SightingKind.Program:
                    // Where nobody watched the endpoint's side or the wire, the program's own first sight is the frame as it came.
                    if (at < 0 && s is { Program: ProgramId.Agent, Endpoint: { } own })
                    {
                        at = Arrow(LadderRowKind.Port, EndpointLane(own), DropletLane(s.Droplet), s);
                    }
                    at = Arrive(at, sent, s);
                    rows.Add(new LadderRow(LadderRowKind.Run, at, at, RunText(s), "", ToneOf(s.Verdict), s.Time - journey.Began));
                    sent = null;
                    break;
                case SightingKind.WireSent:
                    at = DropletLane(s.Droplet);
                    sent = s;
                    break;
                case SightingKind.WireReceived:
                    at = Arrive(at, sent, s);
                    sent = null;
                    break;
                case SightingKind.EndpointReceived:
                    at = Arrow(LadderRowKind.Port, DropletLane(s.Droplet), EndpointLane(s.Endpoint), s, LadderTone.Good);
                    break;
            }
        }
        if (journey.End == JourneyEnd.Lost && at >= 0)
        {
            rows.Add(new LadderRow(
                LadderRowKind.Lost, at, at, FrameSummary.Of(journey.Last).Outer, "seen nowhere after", LadderTone.Bad, (sent ?? journey.Sightings[^1]).Time - journey.Began));
        }
    }

    /// <summary>An underlay segment when the frame is now on another droplet than before.</summary>
    private int Arrive(int at, Sighting? sent, Sighting s)
    {
        int here = DropletLane(s.Droplet);
        return at < 0 || at == here ? here : Arrow(LadderRowKind.Wire, at, here, s, since: (sent ?? s).Time);
    }

    private int Arrow(LadderRowKind kind, int from, int to, Sighting s, LadderTone tone = LadderTone.Plain, SimTime? since = null)
    {
        FrameSummary summary = FrameSummary.Of(s.FrameIn);
        rows.Add(new LadderRow(kind, from, to, summary.Outer, summary.Inner, tone, (since ?? s.Time) - journey.Began));
        return to;
    }

    private int DropletLane(DropletId id)
    {
        if (!laneOf.TryGetValue((LaneKind.Droplet, id.Index), out int lane))
        {
            Topology topology = scenario.Topology;
            string address = (uint)id.Index < (uint)topology.Droplets.Length ? topology[id].Address.ToString() : "";
            lane = Add(LaneKind.Droplet, id.Index, new LadderLane(LaneKind.Droplet, names.Of(id), address, Roles.Of(scenario, id)));
        }
        return lane;
    }

    private int EndpointLane(EndpointId? id)
    {
        int index = id?.Index ?? -1;
        if (!laneOf.TryGetValue((LaneKind.Endpoint, index), out int lane))
        {
            Topology topology = scenario.Topology;
            string address = (uint)index < (uint)topology.Endpoints.Length ? topology.Endpoints[index].Address.ToString() : "";
            lane = Add(LaneKind.Endpoint, index, new LadderLane(LaneKind.Endpoint, id is { } known ? names.Of(known) : "unknown", address, ""));
        }
        return lane;
    }

    private int Add(LaneKind kind, int index, LadderLane lane)
    {
        lanes.Add(lane);
        return laneOf[(kind, index)] = lanes.Count - 1;
    }

    private static string RunText(Sighting s) => $"{s.Program.ToString().ToLowerInvariant()}: {s.Verdict.ToString().ToUpperInvariant()} {s.Reason}";

    private static LadderTone ToneOf(Verdict verdict) => verdict switch
    {
        Verdict.Aborted or Verdict.Drop => LadderTone.Bad,
        Verdict.Pass => LadderTone.Odd,
        _ => LadderTone.Plain,
    };
}
