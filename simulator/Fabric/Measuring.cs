using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>Puts together what the partitions of a metered run measured; the same whatever the partitions.</summary>
/// <param name="settings">Of the intervals.</param>
/// <param name="names">What places are called.</param>
/// <param name="droplets">How many there are, and their names.</param>
internal sealed class Measuring(MeterSettings settings, FabricPlaceNames names, (int Count, Func<int, string> Name) droplets)
{
    /// <summary>Load by role; each droplet's is in one partition's meter.</summary>
    public required IReadOnlyList<RoleMeter> Roles { get; init; }

    /// <summary>Null: queues are not watched.</summary>
    public required QueueMeters? Queues { get; init; }

    public required IReadOnlyList<Losses> Losses { get; init; }

    public required IReadOnlyList<ProgramEnds> Ends { get; init; }

    /// <summary>Null: the data plane counts no caches.</summary>
    public required ICountsCaches? Caches { get; init; }

    public RunMeasures Take(SimTime now)
    {
        RoleTable roles = new(Roles, droplets.Count, droplets.Name);
        (SimTime width, SimTime end) = (roles.Width, roles.End);
        foreach ((_, QueueSeries series) in Queues?.Used ?? [])
        {
            width = series.Width > width ? series.Width : width;
            end = series.End > end ? series.End : end;
        }
        // Timers may go on for long after the last frame.
        end = end < now ? end : now;
        RunMeasures measures = new(end, settings.WidthFor(end, width)) { Losses = LossesOf() };
        return measures with
        {
            Roles = Roles.Count == 0 ? default : roles.In(measures),
            Queues = Queues is null ? default : [.. Queues.Used.Select(queue => LengthOf(queue.Place, queue.Series, measures))],
            Caches = Caches is null ? default : CachesOf(Caches),
        };
    }

    private QueueLength LengthOf(FabricPlace place, QueueSeries series, RunMeasures run)
    {
        QueueInterval[] intervals = series.InIntervalsOf(run.Interval, run.End);
        return new QueueLength(
            names[place],
            [.. intervals.Select(interval => interval.Most)],
            [.. intervals.Select((interval, i) => (double)interval.Area / run.LengthOf(i).Picoseconds)],
            new SimTime((long)series.Area));
    }

    private ImmutableArray<PlaceLoss> LossesOf()
    {
        SortedDictionary<FabricLoss, long> fabric = [];
        foreach (Losses part in Losses)
        {
            part.AddTo(fabric);
        }
        SortedDictionary<ProgramEnd, long> programs = [];
        foreach (ProgramEnds part in Ends)
        {
            part.AddTo(programs);
        }
        return
        [
            .. fabric.Select(loss => new PlaceLoss(names[loss.Key.Place], PlaceLoss.ByFabric, TableText.Word(loss.Key.Cause), loss.Value)),
            .. programs.Select(end => new PlaceLoss(
                droplets.Name(end.Key.Droplet.Index), PlaceLoss.ByProgram(end.Key.Program, end.Key.Verdict), TableText.Word(end.Key.Reason), end.Value)),
        ];
    }

    private ImmutableArray<CacheUse> CachesOf(ICountsCaches caches) =>
    [
        .. from d in Enumerable.Range(0, droplets.Count)
           from cache in Enum.GetValues<CacheTable>()
           let counts = caches.CountsOf(new DropletId(d), cache)
           let rows = caches.RowsHeld(new DropletId(d), cache)
           where counts != default || rows > 0
           select new CacheUse(
               droplets.Name(d), TableText.Word(cache), counts.Hits, counts.Misses, counts.Insertions, counts.Evictions, counts.Removals, rows),
    ];
}
