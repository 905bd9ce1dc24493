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

    /// <summary>For segments whose number is the kernel's: the same ways were taken, however often.</summary>
    private void CompareAsSets(FlowKey key, Flow flow)
    {
        SortedDictionary<string, int> l = WaysOf(flow.Left);
        SortedDictionary<string, int> r = WaysOf(flow.Right);
        found.Journeys += flow.Left.Count;
        found.Hops += flow.Left.Sum(journey => journey.Hops.Length);
        TellMissing(key, l, r, missingOnLeft: false);
        TellMissing(key, r, l, missingOnLeft: true);
    }

    private void TellMissing(FlowKey key, SortedDictionary<string, int> ways, SortedDictionary<string, int> others, bool missingOnLeft)
    {
        foreach ((string way, int count) in ways)
        {
            if (others.ContainsKey(way))
            {
                continue;
            }
            string there = $"{count} × {way}";
            string notThere = others.Count == 0 ? "no such segment" : $"none that way, but {string.Join("; ", others.Keys.Take(2))}";
            found.Add(new Difference
            {
                Where = WhereOf(key),
                Subject = Subject(key, "") + "s",
                Aspect = "path",
                Left = missingOnLeft ? notThere : there,
                Right = missingOnLeft ? there : notThere,
            });
        }
    }

    private SortedDictionary<string, int> WaysOf(List<Journey> journeys)
    {
        SortedDictionary<string, int> ways = new(StringComparer.Ordinal);
        foreach (Journey journey in journeys)
        {
            string way = WayOf(journey);
            ways[way] = ways.GetValueOrDefault(way) + 1;
        }
        return ways;
    }

    /// <summary>Path, verdicts, TTLs, wire sightings and end in one line.</summary>
    private string WayOf(Journey journey)
    {
        IEnumerable<string> hops = journey.Hops.Select(hop =>
            $"{(hop.Received is null ? "" : $"[TTL {FrameFacts.OuterTtl(hop.Received.FrameIn)}] ")}{HopText.Place(Topology, hop.Run)} {HopText.Verdict(hop.Run)}"
            + (hop.Sent is null ? "" : $" [TTL {FrameFacts.OuterTtl(hop.Sent.FrameIn)}]"));
        return $"{string.Join(" → ", hops)}, inner TTL {FrameFacts.ReadInner(journey.Last).Ttl}, {HopText.End(Topology, journey)}";
    }

    private string CountText(List<Journey> journeys) =>
        journeys.Count == 0 ? "no frame" : $"{journeys.Count} frames, the last {HopText.End(Topology, journeys[^1])} by {HopText.Path(Topology, journeys[^1])}";

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
