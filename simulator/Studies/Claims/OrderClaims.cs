using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>At points alike but for one axis, a measure's means increase in a given order of that axis' values.</summary>
/// <param name="Order">Indices of the axis' values, the smallest measure's first.</param>
public sealed record OrderClaim(int Number, SourcePlace Where, string Says, int Measure, int Axis, ImmutableArray<int> Order, ImmutableArray<int> Points) : Claim(Number, "order", Where, Says)
{
    protected override IEnumerable<ClaimFinding> Findings(SweepResults results)
    {
        SweepGrid grid = results.Experiment.Grid;
        foreach (ImmutableArray<int> group in grid.GroupsOf(Points, Axis))
        {
            string at = grid.Describe(group[0], Axis);
            (int Value, double Mean)[] means = [.. Order.SelectMany(v => group.Where(p => grid.IndexOf(p, Axis) == v)).Select(p => (grid.IndexOf(p, Axis), results.Of(p, Measure).Mean))];
            if (means.Length < 2 || means.Any(m => double.IsNaN(m.Mean)))
            {
                yield return ClaimFinding.Not(at, means.Length < 2 ? "only one of those to be ordered is here" : "nothing was measured at one of its points");
                continue;
            }
            bool held = Enumerable.Range(1, means.Length - 1).All(i => means[i - 1].Mean < means[i].Mean);
            double apart = Enumerable.Range(1, means.Length - 1).Min(i => means[i].Mean - means[i - 1].Mean);
            string order = string.Join(held ? " < " : ", ", means.Select(m => $"{grid.Axes[Axis].Values[m.Value].Text} {Shown(m.Mean)}"));
            yield return new ClaimFinding(at.Length == 0 ? order : $"{at}: {order}", apart, double.NaN, "steps > 0", held, "");
        }
    }
}

/// <summary>How a measure moves along an axis.</summary>
public enum Trend : byte
{
    Rising,
    Falling,

    /// <summary>Rising or staying.</summary>
    NotFalling,

    /// <summary>Falling or staying.</summary>
    NotRising,
}

/// <summary>Along an axis a measure's means go one way only.</summary>
public sealed record MonotonicClaim(int Number, SourcePlace Where, string Says, int Measure, int Axis, Trend Trend, ImmutableArray<int> Points) : Claim(Number, "monotonic", Where, Says)
{
    protected override IEnumerable<ClaimFinding> Findings(SweepResults results)
    {
        SweepGrid grid = results.Experiment.Grid;
        foreach (ImmutableArray<int> curve in grid.GroupsOf(Points, Axis))
        {
            string at = grid.Describe(curve[0], Axis);
            double[] means = [.. curve.OrderBy(p => grid.ValueOf(p, Axis).Number).Select(p => results.Of(p, Measure).Mean)];
            if (means.Length < 2 || means.Any(double.IsNaN))
            {
                yield return ClaimFinding.Not(at, means.Length < 2 ? "a curve of one point" : "nothing was measured at one of its points");
                continue;
            }
            bool up = Trend is Trend.Rising or Trend.NotFalling;
            double least = Enumerable.Range(1, means.Length - 1).Min(i => up ? means[i] - means[i - 1] : means[i - 1] - means[i]);
            bool strictly = Trend is Trend.Rising or Trend.Falling;
            yield return new ClaimFinding(at, least, double.NaN, strictly ? "steps > 0" : "steps ≥ 0", strictly ? least > 0 : least >= 0, "");
        }
    }
}
