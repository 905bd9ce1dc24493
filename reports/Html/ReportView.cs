using System.Collections.Immutable;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Reports.Html;

/// <summary>A run with everything the page shows worked out; the components only lay it out.</summary>
public sealed record ReportView(RunResult Run, RunSummary Summary, ReportOptions Options, ImmutableArray<ScenarioView> Scenarios)
{
    /// <summary>All backends of the run, in the order they first appear.</summary>
    public ImmutableArray<string> Backends { get; } = [.. Run.Scenarios.SelectMany(s => s.Backends).Select(b => b.Backend).Distinct()];

    /// <summary>How much of a scenario is shown: less of one that passed among many.</summary>
    public ReportOptions OptionsOf(ScenarioView scenario) => scenario.Failed || Scenarios.Length <= Options.ScenariosInFull
        ? Options
        : Options with { LaddersPerScenario = Math.Min(Options.LaddersPerScenario, Options.LaddersOfManyScenarios), PathsPerScenario = Math.Min(Options.PathsPerScenario, Options.PathsOfManyScenarios) };

    public static async Task<ReportView> CreateAsync(RunResult run, string folder, ReportOptions options)
    {
        // Figures are drawn by other processes, so the scenarios wait for them together.
        ScenarioView[] scenarios = await Task.WhenAll(run.Scenarios.Select((scenario, i) => ScenarioView.CreateAsync(scenario, i, folder, options)));
        return new ReportView(run, RunSummary.Of(run), options, [.. scenarios]);
    }
}

/// <summary>One scenario, its journeys built and grouped, its figure drawn.</summary>
public sealed record ScenarioView
{
    public required int Index { get; init; }

    public required ScenarioResult Result { get; init; }

    public required Names Names { get; init; }

    /// <summary>One a backend, in the order of <see cref="ScenarioResult.Backends"/>.</summary>
    public required ImmutableArray<JudgedRow> Rows { get; init; }

    public required PathGroups Paths { get; init; }

    public required ReachabilityMatrix Reachability { get; init; }

    /// <summary>Round trips first, then one-way times; of a class, in the order of the backends.</summary>
    public required ImmutableArray<LatencyRow> Latency { get; init; }

    /// <summary>Null when there is nothing to draw.</summary>
    public required FigureResult? Figure { get; init; }

    /// <summary>Load, queues, losses and caches; null when no backend measured any.</summary>
    public required MeasuresView? Measures { get; init; }

    /// <summary>The fragment of this scenario in the page.</summary>
    public string Anchor => FileNames.Of(Index, Result.Scenario.Name);

    public bool Failed => Rows.Any(r => r.Result == Observation.Result.Fail);

    public BackendResult? Backend(string name) => Result.Backends.FirstOrDefault(b => b.Backend == name);

    public static async Task<ScenarioView> CreateAsync(ScenarioResult result, int index, string folder, ReportOptions options)
    {
        Plan plan = Plan.Create(result.Scenario);
        List<(string Backend, ImmutableArray<Journey> Journeys)> journeys =
            [.. result.Backends.Where(b => b.Run is not null).Select(b => (b.Backend, JourneyBuilder.Build(plan, b.Run!)))];
        ImmutableArray<LatencyRow> latency = [.. journeys
            .SelectMany(run => LatencyTable.Of(plan, result.Backends.First(b => b.Backend == run.Backend).Run!, run.Journeys))
            .OrderBy(row => !row.Class.EndsWith("round trip", StringComparison.Ordinal)).ThenBy(row => row.Class, StringComparer.Ordinal)];
        string name = FileNames.Of(index, result.Scenario.Name), figures = Path.Combine(folder, FileNames.Figures);
        return new ScenarioView
        {
            Index = index,
            Result = result,
            Names = new Names(result.Scenario),
            Rows = [.. result.Backends.Select(b => RunSummary.Judge(result, b))],
            Paths = PathGroups.Of(journeys),
            Reachability = ReachabilityMatrix.Of(result),
            Latency = latency,
            Figure = !LatencyFigure.Drawn(latency).Any() ? null : await LatencyFigure.DrawAsync(
                latency, figures, name + "-latency", options.Gnuplot),
            Measures = await MeasuresView.CreateAsync(result, figures, name, options.Gnuplot),
        };
    }
}
