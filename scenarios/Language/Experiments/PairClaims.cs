using System.Collections.Immutable;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;
using static MizarLab.Scenarios.Experiments.ClaimParts;

namespace MizarLab.Scenarios.Experiments;

/// <summary>Claims that hold one half of a sweep against the other.</summary>
internal static class PairClaims
{
    private static readonly Key<YamlNode> Of = Key.Needs("of", SelectionShape.Instance, "One half, by values of axes: { architecture: full_mesh }.");
    private static readonly Key<YamlNode> To = Key.Needs("to", SelectionShape.Instance, "The other half, what the first is divided by.");
    private static readonly Key<YamlNode> And = Key.Needs("and", SelectionShape.Instance, "The other half.");
    private static readonly Key<bool> Log = Key.Has("log", BooleanShape.Instance, false, "Whether between two points the curves are straight on a logarithmic x.");
    private static readonly Key<ImmutableArray<Placed<Expression>>> Bounds = Key.Needs("between", new ListShape<Expression>(ExpressionShape.Instance, 2), "Where the crossing must lie.");

    public static readonly ClaimKind Ratio = new(
        new RecordShape("ratio", "One half's means are so many times the other's, at points otherwise alike.", MeasureKey, Of, To, MayBe, Within, Where, Says),
        (fields, number, view) =>
        {
            int measure = view.Measure(fields.Get(MeasureKey), fields.PlaceOf(MeasureKey));
            PointPairs? pairs = Pairs(fields, Of, To, view);
            ImmutableArray<int> points = pairs is null ? [] : [.. pairs.Pairs.Select(p => p.Of)];
            Expression? value = fields.Given(MayBe) ? fields.Get(MayBe) : null;
            bool good = Check(fields, value, fields.Get(Within), points, true, view) & view.Check(value, fields.PlaceOf(MayBe), points);
            string words = $"{fields.Get(MeasureKey)} of {SweepShape.TextOf(fields.Get(Of))} over that of {SweepShape.TextOf(fields.Get(To))} {ValueClaims.Said(value, fields.Get(Within))}";
            return good && measure >= 0 && pairs is not null ? new RatioClaim(number, fields.Where, InWords(fields, () => words), measure, pairs, value, fields.Get(Within)) : null;
        });

    public static readonly ClaimKind Crossover = new(
        new RecordShape("crossover", "Along an axis two curves cross once, between two places.", MeasureKey, Over, Of, And, Bounds, Log, Where, Says),
        (fields, number, view) =>
        {
            int measure = view.Measure(fields.Get(MeasureKey), fields.PlaceOf(MeasureKey));
            int axis = view.Axis(fields.Get(Over), fields.PlaceOf(Over), numeric: true);
            PointPairs? pairs = Pairs(fields, Of, And, view);
            if (fields.Get(Bounds) is not [var low, var high])
            {
                view.Diagnostics.Report(fields.PlaceOf(Bounds), "expected two values", "between: [10, 10_000]");
                return null;
            }
            ImmutableArray<int> points = pairs is null ? [] : [.. pairs.Pairs.Select(p => p.Of)];
            bool good = view.Check(low.Value, low.Where, points) & view.Check(high.Value, high.Where, points);
            if (measure < 0 || axis < 0 || pairs is null)
            {
                return null;
            }
            if (view.Experiment.Grid.GroupsOf(points, [.. pairs.Apart, axis]).Any(c => c.Length < 2))
            {
                view.Diagnostics.Report(fields.PlaceOf(Over), "a curve of one point crosses nothing", "at least 2 points each");
                good = false;
            }
            string words = $"{fields.Get(MeasureKey)} of {SweepShape.TextOf(fields.Get(Of))} and of {SweepShape.TextOf(fields.Get(And))} cross between {fields.Get(Over)} {low.Value} and {high.Value}";
            return good ? new CrossoverClaim(number, fields.Where, InWords(fields, () => words), measure, axis, fields.Get(Log), pairs, low.Value, high.Value) : null;
        });

    /// <summary>The halves' points, each with its like; null after something was reported.</summary>
    private static PointPairs? Pairs(Fields fields, Key<YamlNode> first, Key<YamlNode> second, SweepView view)
    {
        List<int> apart = [];
        bool mappings = true;
        foreach (Key<YamlNode> half in (Key<YamlNode>[])[first, second])
        {
            if (fields.Get(half) is not YamlMap)
            {
                view.Diagnostics.Report(fields.PlaceOf(half), "a half is told by values of axes", "{ architecture: full_mesh }");
                mappings = false;
            }
        }
        ImmutableArray<int> all = PointsOf(fields, view);
        if (!mappings)
        {
            return null;
        }
        ImmutableArray<int> of = [.. view.Points(fields.Get(first), fields.PlaceOf(first), apart).Intersect(all)];
        ImmutableArray<int> to = [.. view.Points(fields.Get(second), fields.PlaceOf(second), apart).Intersect(all)];
        if (of.IsEmpty || to.IsEmpty)
        {
            if (!view.Diagnostics.Any)
            {
                view.Diagnostics.Report(fields.Where, "a half has no points");
            }
            return null;
        }
        ImmutableArray<int> axes = [.. apart.Distinct().Order()];
        SortedDictionary<string, int> likes = new(StringComparer.Ordinal);
        foreach (int point in to)
        {
            if (!likes.TryAdd(KeyOf(point), point))
            {
                view.Diagnostics.Report(fields.PlaceOf(second), "several of its points are alike but for the axes named", "pin each axis the halves are told apart by to one value");
                return null;
            }
        }
        ImmutableArray<(int, int)> pairs = [.. of.Where(p => likes.ContainsKey(KeyOf(p))).Select(p => (p, likes[KeyOf(p)]))];
        if (pairs.IsEmpty)
        {
            view.Diagnostics.Report(fields.Where, "no point of one half has its like in the other");
            return null;
        }
        return new PointPairs(pairs, axes);

        string KeyOf(int point) => string.Join(' ', Enumerable.Range(0, view.Experiment.Grid.Axes.Length).Where(a => !axes.Contains(a)).Select(a => view.Experiment.Grid.IndexOf(point, a)));
    }
}
