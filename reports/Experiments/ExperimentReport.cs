using MizarLab.Observation;
using MizarLab.Reports.Experiments;

namespace MizarLab.Reports;

/// <summary>
/// <c>report.html</c> of an experiment: what was asked and whether the claims hold, the one figure, the claims with their values, the table, how to have it again. One file, no
/// script, as <see cref="HtmlReport"/>'s.
/// </summary>
public static class ExperimentReport
{
    /// <summary>Writes <c>report.html</c>, and under <c>figures/</c> the figure with its data and script.</summary>
    /// <param name="folder">The run's.</param>
    public static async Task WriteAsync(ExperimentSummary summary, Manifest manifest, string folder, Gnuplot? gnuplot = null)
    {
        FigureResult? figure = summary.Experiment.Figure is { } plan
            ? await ExperimentFigure.DrawAsync(summary, plan, Path.Combine(folder, FileNames.Figures), gnuplot ?? new Gnuplot())
            : null;
        ExperimentView view = new(summary, manifest, figure);
        await OutputFile.WriteTextAsync(Path.Combine(folder, FileNames.Report), await HtmlReport.RenderAsync<ExperimentPage>(nameof(ExperimentPage.View), view));
    }
}
