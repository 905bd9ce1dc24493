using System.Collections.Immutable;
using MizarLab.Measure;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>Backends that measured the same, and what.</summary>
/// <param name="Backends">Their names: <c>model, bpf</c>.</param>
/// <param name="Run">Of the first of them.</param>
public sealed record MeasuredAlike(string Backends, RunMeasures Run);

/// <summary>A row of the losses: frames by backend, in the order of <see cref="MeasuresView.Backends"/>; null where a backend cannot see such a loss.</summary>
public sealed record LossRow(string Place, string By, string Cause, ImmutableArray<long?> Frames);

/// <summary>What was measured of one scenario, made ready for the page: backends that agree are shown once.</summary>
public sealed class MeasuresView
{
    private readonly (string Backend, RunMeasures Run)[] runs;

    private MeasuresView((string, RunMeasures)[] runs)
    {
        this.runs = runs;
        Backends = [.. this.runs.Select(run => run.Backend)];
        Loads = Alike(run => run.Roles, role => $"{role} {string.Join(' ', role.FramesOverTime)} {string.Join(' ', role.BytesOverTime)}");
        Queues = Alike(run => run.Queues, queue => $"{queue.Place} {string.Join(' ', queue.Most)} {queue.Waited}");
        Caches = Alike(run => run.Caches, cache => $"{cache}");
        Losses = LossRows();
    }

    /// <summary>All that measured anything.</summary>
    public ImmutableArray<string> Backends { get; }

    /// <summary>Where load is known.</summary>
    public ImmutableArray<MeasuredAlike> Loads { get; }

    /// <summary>Where queues were watched and a frame waited.</summary>
    public ImmutableArray<MeasuredAlike> Queues { get; }

    /// <summary>Where anything is known of a cache.</summary>
    public ImmutableArray<MeasuredAlike> Caches { get; }

    public ImmutableArray<LossRow> Losses { get; }

    /// <summary>What is not measured, and why; each said once.</summary>
    public ImmutableArray<string> Absent => [.. runs.SelectMany(run => run.Run.Absent).Distinct()];

    /// <summary>Null when there is nothing to draw.</summary>
    public FigureResult? LoadFigure { get; private set; }

    /// <summary>Null when there is nothing to draw.</summary>
    public FigureResult? QueueFigure { get; private set; }

    /// <summary>Bouncers and dividers of a run, those that carried most first.</summary>
    public static IEnumerable<RoleLoad> Holders(RunMeasures run) =>
        run.Roles.Where(role => role.Role is RunRole.Bouncer or RunRole.Divider)
            .OrderByDescending(role => role.Bytes).ThenBy(role => role.Droplet, StringComparer.Ordinal).ThenBy(role => role.Role);

    /// <summary>Queues of a run, the longest first.</summary>
    public static IEnumerable<QueueLength> Longest(RunMeasures run) =>
        run.Queues.OrderByDescending(queue => queue.Longest).ThenByDescending(queue => queue.Waited).ThenBy(queue => queue.Place, StringComparer.Ordinal);

    /// <summary>The most frames a second a holder had in any interval.</summary>
    public static double MostFramesASecond(RoleLoad role, RunMeasures run) => role.FramesOverTime.Select((frames, i) => frames / Seconds(run, i)).DefaultIfEmpty(0).Max();

    /// <summary>Of a scenario's backends; null when none measured anything.</summary>
    public static async Task<MeasuresView?> CreateAsync(ScenarioResult result, string folder, string name, Gnuplot gnuplot)
    {
        (string, RunMeasures)[] runs = [.. result.Backends.Where(b => b.Run?.Measures is not null).Select(b => (b.Backend, b.Run!.Measures!))];
        if (runs.Length == 0)
        {
            return null;
        }
        MeasuresView view = new(runs);
        SeriesPanel[] loads = [.. view.Loads.Where(alike => HasCourse(alike.Run) && Holders(alike.Run).Any()).Select(LoadPanel)];
        SeriesPanel[] queues = [.. view.Queues.Where(alike => HasCourse(alike.Run)).Select(QueuePanel)];
        view.LoadFigure = loads.Length == 0 ? null : await new SeriesFigure("Load of bouncers and dividers over time", "Mb/s", loads).DrawAsync(folder, name + "-load", gnuplot);
        view.QueueFigure = queues.Length == 0 ? null : await new SeriesFigure("Longest queues over time", "frames waiting, most", queues).DrawAsync(folder, name + "-queues", gnuplot);
        return view;
    }

    /// <summary>Two intervals at least: one is a number, which the table says.</summary>
    private static bool HasCourse(RunMeasures run) => run.Intervals > 1;

    private static SeriesPanel LoadPanel(MeasuredAlike alike) => new(
        $"load on {alike.Backends}",
        alike.Run.Interval,
        alike.Run.End,
        [.. Holders(alike.Run).Take(SeriesFigure.MostCurves).Select(role => new SeriesCurve(
            $"{role.Droplet}, {Wording.Of(role.Role)}", [.. role.BytesOverTime.Select((bytes, i) => bytes * 8 / 1e6 / Seconds(alike.Run, i))]))]);

    private static SeriesPanel QueuePanel(MeasuredAlike alike) => new(
        $"queues on {alike.Backends}",
        alike.Run.Interval,
        alike.Run.End,
        [.. Longest(alike.Run).Take(SeriesFigure.MostCurves).Select(queue => new SeriesCurve(queue.Place, [.. queue.Most.Select(most => (double)most)]))]);

    private static double Seconds(RunMeasures run, int interval) => run.LengthOf(interval).Picoseconds / 1e12;

    private ImmutableArray<MeasuredAlike> Alike<T>(Func<RunMeasures, ImmutableArray<T>> part, Func<T, string> text) =>
    [
        .. runs.Where(run => part(run.Run) is { IsDefaultOrEmpty: false })
            .GroupBy(run => $"{run.Run.End} {run.Run.Interval}\n{string.Join('\n', part(run.Run).Select(text))}", StringComparer.Ordinal)
            .Select(group => new MeasuredAlike(string.Join(", ", group.Select(run => run.Backend)), group.First().Run)),
    ];

    private ImmutableArray<LossRow> LossRows() =>
    [
        .. runs.SelectMany(run => run.Run.Losses).Select(loss => (loss.By, loss.Place, loss.Cause)).Distinct()
            .Select(row => new LossRow(row.Place, row.By, row.Cause, [.. runs.Select(run => FramesOf(run.Run, row))])),
    ];

    private static long? FramesOf(RunMeasures run, (string By, string Place, string Cause) row) =>
        run.Losses.FirstOrDefault(loss => (loss.By, loss.Place, loss.Cause) == row) is { } loss ? loss.Frames
        : row.By == PlaceLoss.ByFabric && run.Queues.IsDefault ? null
        : 0;
}
