using System.Collections.Immutable;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>Keys that several kinds of claims have.</summary>
internal static class ClaimParts
{
    private static readonly TextShape NameOf = new(60);

    public static readonly Key<string> Says = Key.May("says", new TextShape(200), "The claim in words, for the report; without it, made of its keys.");
    public static readonly Key<string> MeasureKey = Key.Needs("measure", NameOf, "The measure it is about.");
    public static readonly Key<YamlNode> Where = Key.May("where", SelectionShape.Instance, "The points it is about, if not all.");
    public static readonly Key<Expression> Is = Key.Needs("is", ExpressionShape.Instance, "What it is said to be: a formula of axes, parameters and measures.");
    public static readonly Key<Expression> MayBe = Key.May("is", ExpressionShape.Instance, "What it is said to be: a formula of axes, parameters and measures. Without it, within gives bounds [low, high].");
    public static readonly Key<Tolerance> Within = Key.Needs("within", ToleranceShape.Instance, "How near it must be.");
    public static readonly Key<string> Over = Key.Needs("over", NameOf, "The axis along which; every combination of the others is a curve.");
    public static readonly Key<ImmutableArray<Placed<Expression>>> Between = Key.May("between", new ListShape<Expression>(ExpressionShape.Instance, 2), "Only points with the axis between these two, both included.");

    public static string InWords(Fields fields, Func<string> made) => fields.Given(Says) ? fields.Get(Says) : made();

    public static ImmutableArray<int> PointsOf(Fields fields, SweepView view) => view.Points(fields.Given(Where) ? fields.Get(Where) : null, fields.PlaceOf(Where));

    /// <summary>A tolerance with what is claimed, checked together; false after something was reported.</summary>
    /// <param name="errors">Whether what is measured has a standard error at all.</param>
    public static bool Check(Fields fields, Expression? value, Tolerance within, ImmutableArray<int> points, bool errors, SweepView view)
    {
        if (within is Tolerance.Range range)
        {
            return view.Check(range.Low, fields.PlaceOf(Within), points) & view.Check(range.High, fields.PlaceOf(Within), points) & view.Check(value, fields.PlaceOf(MayBe), points);
        }
        if (value is null)
        {
            view.Diagnostics.Report(fields.PlaceOf(Within), "a tolerance, but of what?", "add is: a formula, or write within: [low, high]");
        }
        if (within is Tolerance.Sigma { Deviation: null } && errors && view.Experiment.Replication.Most < 2 && points.Any(p => !view.Experiment.Exact[p]))
        {
            view.Diagnostics.Report(fields.PlaceOf(Within), "standard errors need replications", "add repeat: 10, or sigma: the deviation of one run by theory");
            return false;
        }
        return value is not null;
    }

    /// <summary>Points of a curve claim: its selection, less those outside <c>between</c>; empty after something was reported.</summary>
    /// <param name="axis">−1 when there is none of that name; what else is wrong is reported all the same.</param>
    public static ImmutableArray<int> CurvePoints(Fields fields, int axis, SweepView view, int least)
    {
        SweepGrid grid = view.Experiment.Grid;
        ImmutableArray<int> points = PointsOf(fields, view);
        if (fields.Given(Between))
        {
            if (fields.Get(Between) is not [var low, var high])
            {
                view.Diagnostics.Report(fields.PlaceOf(Between), "expected two values", "between: [10, 10_000]");
                return [];
            }
            if (!view.Check(low.Value, low.Where, points) | !view.Check(high.Value, high.Where, points) || axis < 0)
            {
                return [];
            }
            points = [.. points.Where(p => grid.ValueOf(p, axis).Number is var x
                && x >= low.Value.Number(view.Experiment.NamesAt(p, _ => double.NaN)) && x <= high.Value.Number(view.Experiment.NamesAt(p, _ => double.NaN)))];
        }
        if (axis < 0)
        {
            return [];
        }
        foreach (ImmutableArray<int> curve in grid.GroupsOf(points, axis))
        {
            if (curve.Length < least)
            {
                string at = grid.Describe(curve[0], axis);
                view.Diagnostics.Report(fields.Where, $"the curve{(at.Length > 0 ? $" of {at}" : "")} has {curve.Length} point{(curve.Length == 1 ? "" : "s")}{(view.Experiment.Quick ? " in the quick form" : "")}", $"at least {least}");
                return [];
            }
        }
        if (points.IsEmpty && fields.Given(Between) && !view.Diagnostics.Any)
        {
            view.Diagnostics.Report(fields.PlaceOf(Between), "no point lies between");
        }
        return points;
    }
}
