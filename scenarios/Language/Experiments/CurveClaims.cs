using System.Collections.Immutable;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;
using static MizarLab.Scenarios.Experiments.ClaimParts;

namespace MizarLab.Scenarios.Experiments;

/// <summary>Claims about how a measure moves along an axis.</summary>
internal static class CurveClaims
{
    private static readonly Key<bool> Log = Key.Has("log", BooleanShape.Instance, false, "Of the logarithms: the exponent of a power law.");
    private static readonly Key<Trend> Way = Key.Needs(
        "is", new ChoiceShape<Trend>("a trend", ("rising", Trend.Rising), ("falling", Trend.Falling), ("not_falling", Trend.NotFalling), ("not_rising", Trend.NotRising)), "Which way; the strict ones have no equal neighbours.");
    private static readonly Key<string> Axis = Key.Needs("by", new TextShape(60), "The axis whose values are put in order.");
    private static readonly Key<YamlNode> Increasing = Key.Needs("increasing", ValueListShape.Instance, "Values of that axis, the one with the smallest mean first.");

    public static readonly ClaimKind Slope = new(
        new RecordShape("slope", "The line of least squares through a curve's means has this slope.", MeasureKey, Over, Log, MayBe, Within, Between, Where, Says),
        (fields, number, view) =>
        {
            int measure = view.Measure(fields.Get(MeasureKey), fields.PlaceOf(MeasureKey));
            int axis = view.Axis(fields.Get(Over), fields.PlaceOf(Over), numeric: true);
            ImmutableArray<int> points = CurvePoints(fields, axis, view, 2);
            Expression? value = fields.Given(MayBe) ? fields.Get(MayBe) : null;
            bool good = Check(fields, value, fields.Get(Within), points, false, view) & view.Check(value, fields.PlaceOf(MayBe), points) && measure >= 0 && !points.IsEmpty;
            string words = $"{fields.Get(MeasureKey)} {(fields.Get(Log) ? "is a power" : "is a line")} of {fields.Get(Over)} whose {(fields.Get(Log) ? "exponent" : "slope")} {ValueClaims.Said(value, fields.Get(Within))}";
            return good ? new SlopeClaim(number, fields.Where, InWords(fields, () => words), measure, axis, fields.Get(Log), value, fields.Get(Within), points) : null;
        });

    public static readonly ClaimKind Monotonic = new(
        new RecordShape("monotonic", "Along an axis the means go one way only.", MeasureKey, Over, Way, Between, Where, Says),
        (fields, number, view) =>
        {
            int measure = view.Measure(fields.Get(MeasureKey), fields.PlaceOf(MeasureKey));
            int axis = view.Axis(fields.Get(Over), fields.PlaceOf(Over), numeric: true);
            ImmutableArray<int> points = CurvePoints(fields, axis, view, 2);
            string way = fields.Get(Way) switch { Trend.Rising => "rises", Trend.Falling => "falls", Trend.NotFalling => "never falls", _ => "never rises" };
            return measure >= 0 && !points.IsEmpty
                ? new MonotonicClaim(number, fields.Where, InWords(fields, () => $"{fields.Get(MeasureKey)} {way} with {fields.Get(Over)}"), measure, axis, fields.Get(Way), points)
                : null;
        });

    public static readonly ClaimKind Order = new(
        new RecordShape("order", "At points alike but for one axis, the means increase in this order of its values.", MeasureKey, Axis, Increasing, Where, Says),
        (fields, number, view) =>
        {
            int measure = view.Measure(fields.Get(MeasureKey), fields.PlaceOf(MeasureKey));
            int axis = view.Axis(fields.Get(Axis), fields.PlaceOf(Axis), false);
            ImmutableArray<int> selected = PointsOf(fields, view);
            ImmutableArray<int> order = axis < 0 ? [] : [.. ((YamlList)fields.Get(Increasing)).Items.Select(v => view.Value(axis, v))];
            SweepGrid grid = view.Experiment.Grid;
            ImmutableArray<int> points = axis < 0 ? [] : [.. selected.Where(p => order.Contains(grid.IndexOf(p, axis)))];
            if (measure < 0 || order.Contains(-1) || points.IsEmpty)
            {
                return null;
            }
            string words = $"{fields.Get(MeasureKey)}: {string.Join(" < ", order.Select(v => grid.Axes[axis].Values[v].Text))}";
            return new OrderClaim(number, fields.Where, InWords(fields, () => words), measure, axis, order, points);
        });
}
