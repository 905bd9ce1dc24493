using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MizarLab.Studies;

namespace MizarLab.Reports;

/// <summary>
/// An experiment's one figure: means over an axis, a curve each combination of the others, with their 95 % intervals as a band and what exact and band claims expect as a broken line.
/// Writes <c>NAME.tsv</c>, <c>NAME.gp</c> and, with gnuplot, <c>NAME.svg</c>.
/// </summary>
public static class ExperimentFigure
{
    public const string Name = "figure";

    public static async Task<FigureResult> DrawAsync(ExperimentSummary summary, FigurePlan plan, string folder, Gnuplot gnuplot)
    {
        FigureData data = FigureData.Of(summary.Results, plan);
        if (data.Panels.IsEmpty)
        {
            return new FigureResult(null, "nothing was measured that could be drawn");
        }
        string script = Path.Combine(folder, Name + ".gp");
        await OutputFile.WriteTextAsync(Path.Combine(folder, Name + ".tsv"), data.Text());
        await OutputFile.WriteTextAsync(script, FigureScript.Of(summary.Experiment, plan, data, Name));
        FigureResult drawn = await gnuplot.DrawAsync(script, Path.Combine(folder, Name + ".svg"));
        return drawn.Svg is { } svg ? drawn with { Svg = InlineSvg.Of(svg, Name, summary.Experiment.Question) } : drawn;
    }
}

/// <summary>A point of a curve. What is not known is NaN.</summary>
/// <param name="X">Of words, their place on the axis from 0.</param>
internal readonly record struct FigurePoint(double X, string XText, double Y, double Low, double High, double Expected);

/// <param name="Index">Of its block in the data file.</param>
/// <param name="Colour">The same for the same curve in all panels.</param>
internal sealed record FigureCurve(string Title, int Index, int Colour, ImmutableArray<FigurePoint> Points)
{
    public bool HasBand => Points.Any(p => p.High > p.Low);

    public bool HasExpected => Points.Any(p => !double.IsNaN(p.Expected));
}

internal sealed record FigurePanel(string Title, ImmutableArray<FigureCurve> Curves);

/// <summary>What is drawn, panel by panel.</summary>
internal sealed record FigureData(ImmutableArray<FigurePanel> Panels)
{
    public static FigureData Of(SweepResults results, FigurePlan plan)
    {
        SweepGrid grid = results.Experiment.Grid;
        bool several = plan.Y.Length > 1;
        List<string> titles = [];
        int index = 0;
        ImmutableArray<FigurePanel>.Builder panels = ImmutableArray.CreateBuilder<FigurePanel>();
        ImmutableArray<ImmutableArray<int>> panes = plan.Panels < 0
            ? [plan.Points]
            : [.. plan.Points.GroupBy(p => grid.IndexOf(p, plan.Panels)).OrderBy(g => g.Key).Select(g => g.ToImmutableArray())];
        foreach (ImmutableArray<int> pane in panes)
        {
            List<FigureCurve> curves = [];
            foreach (int measure in plan.Y)
            {
                foreach (ImmutableArray<int> group in grid.GroupsOf(pane, plan.X, plan.Panels))
                {
                    string at = CurveName(grid, plan, group[0]);
                    string title = (several, at.Length > 0) switch
                    {
                        (true, true) => $"{results.Experiment.Measures[measure].Meaning}, {at}",
                        (false, true) => at,
                        _ => results.Experiment.Measures[measure].Meaning,
                    };
                    ImmutableArray<FigurePoint> points = [.. group.Select(p => Point(results, plan, p, measure)).Where(p => !double.IsNaN(p.Y) && (!plan.YLog || p.Y > 0)).OrderBy(p => p.X)];
                    if (points.IsEmpty)
                    {
                        continue;
                    }
                    if (!titles.Contains(title))
                    {
                        titles.Add(title);
                    }
                    curves.Add(new FigureCurve(title, index++, titles.IndexOf(title), points));
                }
            }
            if (curves.Count > 0)
            {
                panels.Add(new FigurePanel(plan.Panels < 0 ? "" : $"{grid.Axes[plan.Panels].Name} {grid.ValueOf(pane[0], plan.Panels).Text}".Replace('_', ' '), [.. curves]));
            }
        }
        return new FigureData(panels.ToImmutable());
    }

    public IEnumerable<FigurePoint> Points => Panels.SelectMany(p => p.Curves).SelectMany(c => c.Points);

    /// <summary>A header line, then a block a curve, two empty lines between: gnuplot's <c>index</c>.</summary>
    public string Text()
    {
        StringBuilder text = new("# x\tvalue\tmean\tinterval_low\tinterval_high\texpected\n");
        foreach (FigurePanel panel in Panels)
        {
            foreach (FigureCurve curve in panel.Curves)
            {
                text.Append(CultureInfo.InvariantCulture, $"# {(panel.Title.Length > 0 ? panel.Title + ": " : "")}{curve.Title}\n");
                foreach (FigurePoint p in curve.Points)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{p.X:R}\t\"{p.XText.Replace("\"", "", StringComparison.Ordinal)}\"\t{p.Y:R}\t{p.Low:R}\t{p.High:R}\t{p.Expected:R}\n");
                }
                text.Append("\n\n");
            }
        }
        return text.ToString();
    }

    /// <summary>What tells a curve from the others: the values of the axes that differ in the figure, of words that say of what they are the word alone.</summary>
    private static string CurveName(SweepGrid grid, FigurePlan plan, int point) => string.Join(", ", Enumerable.Range(0, grid.Axes.Length)
        .Where(axis => axis != plan.X && axis != plan.Panels && plan.Points.Select(p => grid.IndexOf(p, axis)).Distinct().Count() > 1)
        .Select(axis => (grid.Axes[axis].IsNumeric || grid.ValueOf(point, axis).Text is "on" or "off" ? $"{grid.Axes[axis].Name} {grid.ValueOf(point, axis).Text}" : grid.ValueOf(point, axis).Text).Replace('_', ' ')));

    private static FigurePoint Point(SweepResults results, FigurePlan plan, int point, int measure)
    {
        SweepGrid grid = results.Experiment.Grid;
        PointStatistics value = results.Of(point, measure);
        AxisValue x = grid.ValueOf(point, plan.X);
        double expected = double.NaN;
        foreach (Claim claim in results.Experiment.Claims)
        {
            expected = claim.ExpectedAt(results, point, measure) ?? expected;
        }
        bool hidden = plan.YLog && expected <= 0;
        return new FigurePoint(
            grid.Axes[plan.X].IsNumeric ? x.Number : grid.IndexOf(point, plan.X), x.Text, value.Mean, value.Mean - value.HalfWidth, value.Mean + value.HalfWidth, hidden ? double.NaN : expected);
    }
}
