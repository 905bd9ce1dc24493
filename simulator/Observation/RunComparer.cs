using System.Collections.Immutable;
using MizarLab.Management;
using MizarLab.Observation.Comparing;
using MizarLab.Observation.Reading;

namespace MizarLab.Observation;

/// <summary>
/// Holds two runs of one plan against each other.
/// <list type="bullet">
/// <item><b>Crafted frames</b>: path, verdict, reason, devmap and slot of every hop, every byte of every frame in and out, every sighting.</item>
/// <item><b>Stack frames</b>: sorted into flows (step, sender, addresses, protocol, kind) and paired in order; path, verdicts, wire sightings, end, number
/// of frames, and of the bytes what the overlay decides: outer headers with TTL and options, inner Ethernet header, inner TTL, an ARP frame whole.
/// How many data and acknowledgement segments a live kernel's TCP sends depends on timing: SYN, SYN-ACK, FIN and RST are counted and paired, of the rest
/// the sets of distinct (path, verdicts, TTLs, end) are equal; their bytes are compared as the step's outcome.</item>
/// <item><b>Outcomes</b> of the steps, and <b>tables</b> at the end.</item>
/// <item><b>Two simulated runs</b> share fabric, stacks and seed: every byte of every frame, every time and every table change is equal.</item>
/// </list>
/// </summary>
public static class RunComparer
{
    public static Comparison Compare(Plan plan, BackendRun left, BackendRun right) =>
        Compare(plan, left, JourneyBuilder.Build(plan, left), right, JourneyBuilder.Build(plan, right));

    /// <summary>The same with journeys already built.</summary>
    public static Comparison Compare(Plan plan, BackendRun left, ImmutableArray<Journey> leftJourneys, BackendRun right, ImmutableArray<Journey> rightJourneys)
    {
        DifferenceList found = new();
        if (left.Dialect != right.Dialect)
        {
            found.Add(Whole("dialect", left.Dialect.ToString(), right.Dialect.ToString()));
        }
        if (left.Missed > 0 || right.Missed > 0)
        {
            found.Add(Whole("evidence", $"{Words.Count(left.Missed, "sighting")} missed", $"{Words.Count(right.Missed, "sighting")} missed"));
        }
        new JourneyComparison(plan.Scenario, left.Traits, right.Traits, found).Compare(leftJourneys, rightJourneys);
        OutcomeComparison.Compare(plan.Scenario, left, right, found);
        TableComparison.Compare(plan.Topology, left, right, found);
        return new Comparison
        {
            Left = left.Traits.Name,
            Right = right.Traits.Name,
            Journeys = found.Journeys,
            Hops = found.Hops,
            Frames = found.Frames,
            TableRows = found.TableRows,
            Differences = found.ToImmutable(),
            FurtherDifferences = found.Further,
        };
    }

    private static Difference Whole(string aspect, string left, string right) => new() { Subject = "the whole run", Aspect = aspect, Left = left, Right = right };
}
