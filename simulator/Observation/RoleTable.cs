using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;

namespace MizarLab.Observation;

/// <summary>Makes rows of what droplets carried by role.</summary>
/// <param name="meters">Each droplet is in one of them: its partition's.</param>
/// <param name="droplets">How many there are.</param>
/// <param name="name">Of a droplet.</param>
internal sealed class RoleTable(IReadOnlyList<RoleMeter> meters, int droplets, Func<int, string> name)
{
    private static readonly RunRole[] Roles = Enum.GetValues<RunRole>();

    /// <summary>The widest interval of any series; zero when there is none.</summary>
    public SimTime Width => Series.Select(series => series.Width).DefaultIfEmpty(SimTime.Zero).Max();

    /// <summary>The end of the last interval of any series in which there was a frame.</summary>
    public SimTime End => Series.Select(series => series.End).DefaultIfEmpty(SimTime.Zero).Max();

    /// <summary>All rows, by droplet and role, in a run's intervals.</summary>
    public ImmutableArray<RoleLoad> In(RunMeasures run) => [.. Enumerable.Range(0, droplets).SelectMany(d => RowsOf(d, run))];

    private IEnumerable<IntervalSeries> Series =>
        from d in Enumerable.Range(0, droplets)
        from role in Roles
        let series = LoadOf(d)?.Series(role)
        where series is not null
        select series;

    private DropletLoad? LoadOf(int droplet) => meters.Select(meter => meter[new DropletId(droplet)]).FirstOrDefault(found => found is not null);

    private IEnumerable<RoleLoad> RowsOf(int droplet, RunMeasures run)
    {
        if (LoadOf(droplet) is not { } load)
        {
            yield break;
        }
        foreach (RunRole role in Roles)
        {
            RoleSum wire = load.Sum(ProgramId.Transit, role);
            RoleSum all = wire + load.Sum(ProgramId.Agent, role);
            if (all.Frames > 0)
            {
                IntervalSeries? series = load.Series(role);
                yield return new RoleLoad(name(droplet), role, all.Frames, all.Bytes, wire.Frames, wire.Bytes)
                {
                    FramesOverTime = series is null ? [] : [.. series.InIntervalsOf(run.Interval, run.Intervals)],
                    BytesOverTime = series is null ? [] : [.. series.InIntervalsOf(run.Interval, run.Intervals, column: 1)],
                };
            }
        }
    }
}
