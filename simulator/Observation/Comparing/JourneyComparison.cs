using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Comparing;

/// <summary>
/// Pairs up the journeys of two runs and compares each pair. Journeys are sorted into flows whose order no clock can change, and paired by
/// their place in the flow. Crafted frames are flows of their own, with bytes as part of their identity.
/// </summary>
internal sealed class JourneyComparison(Scenario scenario, BackendTraits left, BackendTraits right, DifferenceList found)
{
    private Topology Topology => scenario.Topology;

    public void Compare(ImmutableArray<Journey> l, ImmutableArray<Journey> r)
    {
        SortedDictionary<(bool Stack, FlowKey Key), Flow> flows = [];
        foreach (Journey journey in l)
        {
            FlowOf(flows, journey).Left.Add(journey);
        }
        foreach (Journey journey in r)
        {
            FlowOf(flows, journey).Right.Add(journey);
        }
        foreach (((bool stack, FlowKey key), Flow flow) in flows)
        {
            if (!stack)
            {
                CompareInOrder(key, "crafted ", flow, Strictness.OfCrafted(left, right));
            }
            else if (key.Segment == SegmentKind.Other && (left.Live || right.Live))
            {
                CompareAsSets(key, flow);
            }
            else
            {
                CompareInOrder(key, "", flow, Strictness.Of(left, right));
            }
        }
    }

    private Flow FlowOf(SortedDictionary<(bool Stack, FlowKey Key), Flow> flows, Journey journey)
    {
        (bool, FlowKey) key = (!journey.Crafted, FlowKey.Of(journey, scenario));
        if (!flows.TryGetValue(key, out Flow? flow))
        {
            flow = new Flow();
            flows.Add(key, flow);
        }
        return flow;
    }

    private void CompareInOrder(FlowKey key, string prefix, Flow flow, Strictness strictness)
    {
        string subject = Subject(key, prefix);
        SourcePlace? where = WhereOf(key);
        if (flow.Left.Count != flow.Right.Count)
        {
            found.Add(new Difference
            {
                Where = where,
                Subject = subject,
                Aspect = "count",
                Left = CountText(flow.Left),
                Right = CountText(flow.Right),
            });
        }
        int common = Math.Min(flow.Left.Count, flow.Right.Count);
        for (int i = 0; i < common; i++)
        {
            int before = found.Total;
            new JourneyPair(Topology, where, $"{subject} frame {i + 1}", flow.Left[i], flow.Right[i], strictness, found).Compare();
            if (flow.Left.Count != flow.Right.Count && found.Total > before)
            {
                // One is missing from here on; what follows it is paired wrongly and says nothing.
                return;
            }
        }
    }

    /// <summary>For segments whose number is the kernel's: the same ways were taken, however often, and on each the overlay wrote the same.</summary>
    private void CompareAsSets(FlowKey key, Flow flow)
    {
        SortedDictionary<string, List<Journey>> l = WaysOf(flow.Left);
        SortedDictionary<string, List<Journey>> r = WaysOf(flow.Right);
        string subject = Subject(key, "") + "s";
        foreach ((string way, List<Journey> journeys) in l)
        {
            if (!r.TryGetValue(way, out List<Journey>? counterparts))
            {
                found.Add(Missing(key, subject, TextOf(way, journeys), TextOfOthers(r)));
                continue;
            }
            foreach (Journey counterpart in counterparts)
            {
                int before = found.Total;
                new JourneyPair(Topology, WhereOf(key), subject, journeys[0], counterpart, Strictness.Of(left, right), found).Compare();
                if (found.Total > before)
                {
                    break; // what one shows, the others of this way show too
                }
            }
        }
        foreach ((string way, List<Journey> journeys) in r)
        {
            if (!l.ContainsKey(way))
            {
                found.Add(Missing(key, subject, TextOfOthers(l), TextOf(way, journeys)));
            }
        }
    }

    private Difference Missing(FlowKey key, string subject, string l, string r) =>
        new() { Where = WhereOf(key), Subject = subject, Aspect = "path", Left = l, Right = r };

    private static string TextOf(string way, List<Journey> journeys) => $"{journeys.Count} × {way}";

    private static string TextOfOthers(SortedDictionary<string, List<Journey>> ways) =>
        ways.Count == 0 ? "no such segment" : $"none that way, but {string.Join("; ", ways.Keys.Take(2))}";

    private SortedDictionary<string, List<Journey>> WaysOf(List<Journey> journeys)
    {
        SortedDictionary<string, List<Journey>> ways = new(StringComparer.Ordinal);
        foreach (Journey journey in journeys)
        {
            string way = WayOf(journey);
            if (!ways.TryGetValue(way, out List<Journey>? same))
            {
                ways.Add(way, same = []);
            }
            same.Add(journey);
        }
        return ways;
    }

    /// <summary>Sightings, verdicts, outer TTLs and end in one line.</summary>
    private string WayOf(Journey journey)
    {
        IEnumerable<string> places = journey.Sightings.Select(seen => seen.Kind switch
        {
            SightingKind.Program => $"{HopText.Place(Topology, seen)} {HopText.Verdict(seen)}",
            SightingKind.WireSent or SightingKind.WireReceived => $"[TTL {FrameFacts.OuterTtl(seen.FrameIn)}]",
            _ => HopText.Sighting(Topology, seen),
        });
        return $"{string.Join(" → ", places)}, {HopText.End(Topology, journey)}";
    }

    private string CountText(List<Journey> journeys) =>
        journeys.Count == 0 ? "no frame" : $"{Words.Count(journeys.Count, "frame")}, the last {HopText.End(Topology, journeys[^1])} by {HopText.Path(Topology, journeys[^1])}";

    private string Subject(FlowKey key, string prefix)
    {
        string step = key.Step >= 0 && key.Step < scenario.Timeline.Length ? $"step '{scenario.Timeline[key.Step].Name}'" : "no step";
        string origin = key.Origin >= 0
            ? Topology.NameOf(new EndpointId(key.Origin))
            : key.Droplet >= 0 ? $"first seen at {Topology.NameOf(new DropletId(key.Droplet))}" : "unknown";
        string target = key.Origin >= 0 ? Topology.NameOf(new EndpointId(key.Origin), key.Destination) : key.Destination.ToString();
        string answer = key.Protocol == InnerProtocol.Any ? "" : $" → {target}";
        return $"{step}, {origin}{answer} {prefix}{key.KindText}";
    }

    private SourcePlace? WhereOf(FlowKey key) => key.Step >= 0 && key.Step < scenario.Timeline.Length ? scenario.Timeline[key.Step].Where : null;

    private sealed class Flow
    {
        public List<Journey> Left { get; } = [];

        public List<Journey> Right { get; } = [];
    }
}
