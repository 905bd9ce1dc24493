using System.Collections.Immutable;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>The keys of <c>figure:</c>.</summary>
internal static class FigureKeys
{
    private static readonly TextShape NameOf = new(60);
    private static readonly ChoiceShape<bool> Scale = new("a scale", ("linear", false), ("log", true));

    private static readonly Key<string> X = Key.Needs("x", NameOf, "The axis drawn from left to right.");
    private static readonly Key<ImmutableArray<Placed<string>>> Y = Key.Needs("y", new OneOrMoreShape<string>(NameOf, 4), "The measure drawn, or up to four of one unit.");
    private static readonly Key<ImmutableArray<Placed<string>>> By = Key.Has("by", new OneOrMoreShape<string>(NameOf, 8), [], "Axes with a curve each value.");
    private static readonly Key<string> Panels = Key.May("panels", NameOf, "An axis with a panel each value.");
    private static readonly Key<YamlNode> Where = Key.May("where", SelectionShape.Instance, "The points drawn, if not all.");
    private static readonly Key<bool> XScale = Key.Has("x_scale", Scale, false, "Of x.");
    private static readonly Key<bool> YScale = Key.Has("y_scale", Scale, false, "Of y; on log, what is not positive is not drawn.");
    private static readonly Key<string> XLabel = Key.May("x_label", new TextShape(80), "Without it the axis' name and unit.");
    private static readonly Key<string> YLabel = Key.May("y_label", new TextShape(80), "Without it the measure's meaning and unit.");

    public static readonly RecordShape Shape = new("figure", "Means with their 95 % intervals, and what exact and band claims expect.", X, Y, By, Panels, Where, XScale, YScale, XLabel, YLabel);

    /// <summary>Null after something was reported.</summary>
    public static FigurePlan? Read(Fields fields, SweepView view)
    {
        int x = view.Axis(fields.Get(X), fields.PlaceOf(X), numeric: fields.Get(XScale));
        ImmutableArray<int> y = [.. fields.Get(Y).Select(m => view.Measure(m.Value, m.Where))];
        ImmutableArray<int> by = [.. fields.Get(By).Select(a => view.Axis(a.Value, a.Where, false))];
        int panels = fields.Given(Panels) ? view.Axis(fields.Get(Panels), fields.PlaceOf(Panels), false) : -1;
        ImmutableArray<int> points = view.Points(fields.Given(Where) ? fields.Get(Where) : null, fields.PlaceOf(Where));
        if (x < 0 || y.Contains(-1) || by.Contains(-1) || (fields.Given(Panels) && panels < 0) || points.IsEmpty)
        {
            return null;
        }
        SweepGrid grid = view.Experiment.Grid;
        for (int axis = 0; axis < grid.Axes.Length; axis++)
        {
            int values = points.Select(p => grid.IndexOf(p, axis)).Distinct().Count();
            if (values > 1 && axis != x && axis != panels && !by.Contains(axis))
            {
                view.Diagnostics.Report(fields.Where, $"axis '{grid.Axes[axis].Name}' takes {values} values and is neither x, by nor panels", "add it to by, or draw some points only: where");
                return null;
            }
        }
        if (fields.Get(XScale) && points.Any(p => grid.ValueOf(p, x).Number <= 0))
        {
            view.Diagnostics.Report(fields.PlaceOf(XScale), $"axis '{grid.Axes[x].Name}' has values that are not positive", "x_scale: linear");
        }
        string? unit = y.Select(m => view.Experiment.Measures[m].Unit).Distinct().Skip(1).FirstOrDefault();
        if (unit is not null)
        {
            view.Diagnostics.Report(fields.PlaceOf(Y), "measures of several units cannot share an axis");
        }
        int curves = grid.GroupsOf(points, x, panels).Length * y.Length;
        int panes = panels < 0 ? 1 : points.Select(p => grid.IndexOf(p, panels)).Distinct().Count();
        if (curves > FigurePlan.MostCurves || panes > FigurePlan.MostPanels)
        {
            view.Diagnostics.Report(
                fields.Where, curves > FigurePlan.MostCurves ? $"a panel of {curves} curves" : $"a figure of {panes} panels",
                $"at most {(curves > FigurePlan.MostCurves ? FigurePlan.MostCurves : FigurePlan.MostPanels)} can be told apart: draw some points only: where");
        }
        return new FigurePlan(x, y, panels, fields.Get(XScale), fields.Get(YScale), points, fields.Given(XLabel) ? fields.Get(XLabel) : null, fields.Given(YLabel) ? fields.Get(YLabel) : null);
    }
}
