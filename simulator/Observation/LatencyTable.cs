using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation.Judging;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation;

/// <summary>
/// Exact percentiles (nearest rank) of one class of times on one backend. <see cref="First"/>: only the first packet of each pair of sender and address, which waits for
/// ARP and goes the long way; else only later ones.
/// </summary>
/// <param name="Backend">Its name.</param>
/// <param name="Class"><c>ping round trip</c>, <c>udp round trip</c>, <c>one way icmp</c>, …: one-way times are from the endpoint's interface to the other's, by two observers' clocks on a live backend.</param>
/// <param name="First">First packets, or later ones.</param>
/// <param name="Sorted">Every time, ascending; never empty.</param>
public sealed record LatencyRow(string Backend, string Class, bool First, ImmutableArray<SimTime> Sorted)
{
    public int Count => Sorted.Length;

    public SimTime P50 => Percentile(50);

    public SimTime P90 => Percentile(90);

    public SimTime P99 => Percentile(99);

    public SimTime Max => Sorted[^1];

    /// <summary>The smallest time that at least this share of all does not exceed.</summary>
    /// <param name="percent">1 to 100.</param>
    public SimTime Percentile(int percent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        return Sorted[(int)((((long)percent * Count) + 99) / 100) - 1];
    }
}

/// <summary>Latency of one run by class. Timing never decides a verdict; this is for reports.</summary>
public static class LatencyTable
{
    /// <returns>Rows by class, first packets before later ones; classes without a time are left out.</returns>
    public static ImmutableArray<LatencyRow> Of(Plan plan, BackendRun run, ImmutableArray<Journey> journeys)
    {
        SortedDictionary<(string Class, bool Later), List<SimTime>> classes = new(Comparer<(string Class, bool Later)>.Create((a, b) =>
            string.CompareOrdinal(a.Class, b.Class) is var order and not 0 ? order : a.Later.CompareTo(b.Later)));

        void Add(string name, bool first, SimTime time)
        {
            if (!classes.TryGetValue((name, !first), out List<SimTime>? times))
            {
                classes.Add((name, !first), times = []);
            }
            times.Add(time);
        }

        AddRoundTrips(plan.Scenario, run, Add);
        AddOneWay(journeys, Add);
        return [.. classes.Select(entry => new LatencyRow(run.Traits.Name, entry.Key.Class, !entry.Key.Later, [.. entry.Value.Order()]))];
    }

    private static void AddRoundTrips(Scenario scenario, BackendRun run, Action<string, bool, SimTime> add)
    {
        SortedSet<(int, Ipv4Address)> met = [];
        foreach (StepOutcome outcome in run.Outcomes.OrderBy(outcome => outcome.Began))
        {
            Step step = scenario.Timeline[outcome.Step];
            if (Exchange.Parties(step) is not (EndpointId from, Ipv4Address to))
            {
                continue;
            }
            // When one of several went unanswered, nobody knows whether the first time is the first packet's.
            bool first = met.Add((from.Index, to)) && outcome.RoundTrips.Length == outcome.Sent;
            string name = step is PingStep ? "ping round trip" : step is UdpStep ? "udp round trip" : "tcp round trip";
            for (int i = 0; i < outcome.RoundTrips.Length; i++)
            {
                add(name, first && i == 0, outcome.RoundTrips[i]);
            }
        }
    }

    private static void AddOneWay(ImmutableArray<Journey> journeys, Action<string, bool, SimTime> add)
    {
        SortedSet<(int, Ipv4Address)> met = [];
        foreach (Journey journey in journeys)
        {
            FrameFacts facts = FrameFacts.ReadFirst(journey);
            if (journey.Origin is not EndpointId origin || !facts.IsIpv4)
            {
                continue;
            }
            bool first = met.Add((origin.Index, facts.Destination));
            if (journey.End == JourneyEnd.Delivered)
            {
                string protocol = facts.Protocol == InnerProtocol.Any ? "ip" : facts.Protocol.ToString().ToLowerInvariant();
                add($"one way {protocol}", first, journey.Ended - journey.Began);
            }
        }
    }
}
