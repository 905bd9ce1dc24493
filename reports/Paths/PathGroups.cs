using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Reports;

/// <summary>
/// Frames of one step from one endpoint that went the same way: same programs on the same droplets with the same verdicts, same outer
/// TTLs, same end. <see cref="Counts"/> is how many each backend saw, in the order of <see cref="PathGroups.Backends"/>.
/// </summary>
public sealed record PathGroup(string Backend, Journey First, ImmutableArray<int> Counts)
{
    /// <summary>Every backend saw equally many.</summary>
    public bool Agreed => Counts.All(c => c == Counts[0]);
}

/// <summary>All ways frames went in a scenario, over all its backends, in the order they were first seen.</summary>
public sealed record PathGroups(ImmutableArray<string> Backends, ImmutableArray<PathGroup> Groups)
{
    public int Journeys(int backend) => Groups.Sum(g => g.Counts[backend]);

    public static PathGroups Of(IReadOnlyList<(string Backend, ImmutableArray<Journey> Journeys)> runs)
    {
        Dictionary<string, (string Backend, Journey First, int[] Counts)> groups = new(StringComparer.Ordinal);
        List<string> order = [];
        for (int i = 0; i < runs.Count; i++)
        {
            foreach (Journey journey in runs[i].Journeys)
            {
                string key = Key(journey);
                if (!groups.TryGetValue(key, out (string Backend, Journey First, int[] Counts) group))
                {
                    group = (runs[i].Backend, journey, new int[runs.Count]);
                    groups.Add(key, group);
                    order.Add(key);
                }
                group.Counts[i]++;
            }
        }
        return new PathGroups(
            [.. runs.Select(r => r.Backend)],
            [.. order.Select(key => groups[key]).Select(g => new PathGroup(g.Backend, g.First, [.. g.Counts])).OrderBy(g => g.First.Step < 0).ThenBy(g => g.First.Step)]);
    }

    /// <summary>
    /// Which groups to draw when there is not room for all: one of each shape first (same droplets, same end), so that a drop late in
    /// a long run is not lost behind twelve equal pings; then from the beginning.
    /// </summary>
    public SortedSet<int> Choose(int limit)
    {
        SortedSet<int> chosen = [];
        SortedSet<string> shapes = new(StringComparer.Ordinal);
        for (int i = 0; i < Groups.Length && chosen.Count < limit; i++)
        {
            Journey journey = Groups[i].First;
            if (shapes.Add($"{string.Join(' ', journey.Hops.Select(h => h.Run.Droplet.Index))} {journey.End} {journey.EndReason}"))
            {
                chosen.Add(i);
            }
        }
        for (int i = 0; i < Groups.Length && chosen.Count < limit; i++)
        {
            chosen.Add(i);
        }
        return chosen;
    }

    private static string Key(Journey journey)
    {
        StringBuilder key = new();
        key.Append(CultureInfo.InvariantCulture, $"{journey.Step} {journey.Origin?.Index} {journey.Crafted} {journey.Protocol} {journey.End} {journey.DeliveredTo?.Index}");
        foreach (JourneyHop hop in journey.Hops)
        {
            Sighting run = hop.Run;
            key.Append(CultureInfo.InvariantCulture, $"|{run.Droplet.Index} {run.Program} {run.Verdict} {run.Reason} {FrameSummary.TtlOf(run.FrameOut)}");
        }
        return key.ToString();
    }
}
