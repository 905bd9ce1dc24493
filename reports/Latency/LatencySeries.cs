using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Reports;

/// <summary>Times of one kind on one backend, sorted. <see cref="First"/>: those of the first packet of each pair, which waits for ARP and the long way.</summary>
public sealed record LatencySeries(string Backend, bool First, ImmutableArray<SimTime> Sorted)
{
    public string Class => First ? "first" : "later";

    /// <summary>
    /// The round trips of a scenario: two series a backend, empty ones left out. First is the first of each pair of endpoint and
    /// address, in the order of the timeline.
    /// </summary>
    public static ImmutableArray<LatencySeries> Of(ScenarioResult result)
    {
        ImmutableArray<LatencySeries>.Builder series = ImmutableArray.CreateBuilder<LatencySeries>();
        foreach (BackendResult backend in result.Backends.Where(b => b.Run is not null))
        {
            List<SimTime> first = [];
            List<SimTime> later = [];
            List<(EndpointId, Ipv4Address)> pairs = [];
            foreach (StepOutcome outcome in backend.Run!.Outcomes.Where(o => !o.RoundTrips.IsDefaultOrEmpty))
            {
                (EndpointId, Ipv4Address)? pair = result.Scenario.Timeline[outcome.Step] switch
                {
                    PingStep s => (s.From, s.To),
                    UdpStep s => (s.From, s.To),
                    TcpStep s => (s.From, s.To),
                    _ => null,
                };
                bool begins = pair is { } key && !pairs.Contains(key);
                if (begins)
                {
                    pairs.Add(pair!.Value);
                    first.Add(outcome.RoundTrips[0]);
                }
                later.AddRange(begins ? outcome.RoundTrips.Skip(1) : outcome.RoundTrips);
            }
            foreach ((bool isFirst, List<SimTime> times) in new[] { (true, first), (false, later) })
            {
                if (times.Count > 0)
                {
                    times.Sort();
                    series.Add(new LatencySeries(backend.Backend, isFirst, [.. times]));
                }
            }
        }
        return series.ToImmutable();
    }

    /// <summary>The smallest time that at least this share of all times does not exceed (nearest rank); <paramref name="percent"/> from 0 to 100.</summary>
    public SimTime Percentile(decimal percent)
    {
        int rank = (int)decimal.Ceiling(percent / 100m * Sorted.Length);
        return Sorted[Math.Clamp(rank - 1, 0, Sorted.Length - 1)];
    }
}
