using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;

namespace MizarLab.Observation;

/// <summary>
/// What can be measured of a run from outside: load by role, what programs ended, and of the caches what reasons and changed rows tell. Fills in what a backend does not
/// measure itself, so that the columns are the same for all, and says what nobody can know there.
/// </summary>
public static class ObservedMeasures
{
    /// <summary>The run with all measures that can be had, and a reason for each that cannot.</summary>
    public static BackendRun Complete(BackendRun run, Topology topology)
    {
        string backend = run.Traits.Name;
        List<string> absent = [];
        RunMeasures measures = run.Measures ?? FromOutside(run, topology, absent);
        if (measures.Queues.IsDefault)
        {
            absent.Add($"queue lengths: {backend}'s queues are the kernel's own, which tell nobody their length over time");
        }
        if (measures.Caches.IsDefault)
        {
            measures = measures with { Caches = CachesOf(run, topology, absent) };
        }
        return run with { Measures = measures with { Absent = [.. measures.Absent, .. absent] } };
    }

    private static RunMeasures FromOutside(BackendRun run, Topology topology, List<string> absent)
    {
        SimTime end = SimTime.Zero;
        foreach (Sighting s in run.Sightings)
        {
            end = s.Time > end ? s.Time : end;
        }
        absent.Add($"losses outside programs: what is lost on {run.Traits.Name}'s links is seen only as frames that did not arrive");
        if (!run.Traits.TellsReasons)
        {
            absent.Add($"load by role: the programs on {run.Traits.Name} say no reasons, and a role is known by them");
        }
        MeterSettings settings = MeterSettings.Default;
        RoleMeter meter = new(topology.Droplets.Length, settings);
        SortedDictionary<(int Droplet, ProgramId Program, Verdict Verdict, Reason Reason), long> ends = [];
        foreach (Sighting s in run.Sightings.Where(s => s.Kind == SightingKind.Program))
        {
            // Observers' clocks may put a frame some microseconds before the timeline's beginning.
            SimTime time = s.Time < SimTime.Zero ? SimTime.Zero : s.Time;
            ProgramResult result = new() { Verdict = s.Verdict, Reason = s.Reason };
            meter.Ran(s.Droplet, s.Program, in result, time, s.Program == ProgramId.Transit ? s.FrameIn.Length : s.FrameOut.Length);
            if (s.Verdict is not (Verdict.Redirect or Verdict.Tx) && s.Reason != Reason.ToBridge)
            {
                (int, ProgramId, Verdict, Reason) place = (s.Droplet.Index, s.Program, s.Verdict, s.Reason);
                ends[place] = ends.GetValueOrDefault(place) + 1;
            }
        }
        RoleTable roles = new([meter], topology.Droplets.Length, d => topology.Droplets[d].Name);
        SimTime width = settings.WidthFor(end, roles.Width);
        RunMeasures measures = new(end, width)
        {
            Losses = [.. ends.Select(e => new PlaceLoss(
                topology.Droplets[e.Key.Droplet].Name, PlaceLoss.ByProgram(e.Key.Program, e.Key.Verdict), TableText.Word(e.Key.Reason), e.Value))],
        };
        return measures with { Roles = run.Traits.TellsReasons ? roles.In(measures) : default };
    }

    /// <summary>An agent that took the direct path says so, as does a divider; rows that come and go are seen where a backend sees changed rows.</summary>
    private static ImmutableArray<CacheUse> CachesOf(BackendRun run, Topology topology, List<string> absent)
    {
        SortedDictionary<(int Droplet, CacheTable Cache), Seen> all = [];
        Seen Of(DropletId droplet, CacheTable cache) =>
            all.TryGetValue((droplet.Index, cache), out Seen? found) ? found : all[(droplet.Index, cache)] = new Seen();
        foreach (Sighting s in run.Sightings.Where(s => s.Kind == SightingKind.Program))
        {
            if (run.Traits.TellsReasons && s.Reason == Reason.DirectPath)
            {
                Of(s.Droplet, CacheTable.DirectPath).Hits++;
            }
            foreach (TableChange change in s.Changes.IsDefault ? [] : s.Changes)
            {
                if (CacheOf(change.Table) is { } cache)
                {
                    Of(s.Droplet, cache).Note(change);
                }
            }
        }
        foreach (TableDump dump in run.Tables)
        {
            if (CacheOf(dump.Table) is { } cache && !dump.Rows.IsEmpty)
            {
                Of(dump.Droplet, cache).Rows = dump.Rows.Length;
            }
        }
        bool changes = run.Traits.TableChangesPerHop, reasons = run.Traits.TellsReasons;
        absent.Add($"cache misses: a program on {run.Traits.Name} does not say that it looked in vain{(reasons ? "; hits are known of the direct path alone, by the reason" : ", nor that it found")}");
        absent.Add(changes
            ? $"cache evictions: the maps of {run.Traits.Name} let rows go without a word; what programs remove is seen"
            : $"cache insertions, evictions and removals: rows are read at the end of a run on {run.Traits.Name}, not at each hop");
        return
        [
            .. all.Select(entry => new CacheUse(
                topology.Droplets[entry.Key.Droplet].Name, TableText.Word(entry.Key.Cache), reasons && entry.Key.Cache == CacheTable.DirectPath ? entry.Value.Hits : null, null,
                changes ? entry.Value.Insertions : null, null, changes ? entry.Value.Removals : null, entry.Value.Rows)),
        ];
    }

    private static CacheTable? CacheOf(string table) =>
        Enum.GetValues<CacheTable>().Where(cache => TableText.Word(cache) == table).Select(cache => (CacheTable?)cache).FirstOrDefault();

    private sealed class Seen
    {
        private readonly SortedSet<string> keys = new(StringComparer.Ordinal);

        public long Hits { get; set; }

        public long Insertions { get; private set; }

        public long Removals { get; private set; }

        public int Rows { get; set; }

        public void Note(TableChange change)
        {
            if (change.Value is null)
            {
                Removals += keys.Remove(change.Key) ? 1 : 0;
            }
            else
            {
                Insertions += keys.Add(change.Key) ? 1 : 0;
            }
        }
    }
}
