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
            int[] points = [.. Order.SelectMany(v => group.Where(p => grid.IndexOf(p, Axis) == v))];
            PointStatistics[] means = [.. points.Select(p => results.Of(p, Measure))];
            if (means.Length < 2 || means.Any(m => m.Count == 0))
            {
                yield return ClaimFinding.Not(at, means.Length < 2 ? "only one of those to be ordered is here" : "nothing was measured at one of its points");
                continue;
            }
            (double apart, double half) = Steps.Least(means, up: true);
            bool held = apart > 0;
            string order = string.Join(held ? " < " : ", ", points.Select((p, i) => $"{grid.ValueOf(p, Axis).Text} {Estimate.Text(means[i].Mean, means[i].HalfWidth)}"));
            yield return new ClaimFinding(at.Length == 0 ? order : $"{at}: {order}", apart, half, "steps > 0", held, "");
        }
    }
}

/// <summary>From each mean to the next.</summary>
internal static class Steps
{
    /// <summary>The least step, with the half of its interval as if the two means were independent: what their replications have in common (the seeds) makes it narrower still.</summary>
    public static (double Step, double Half) Least(ReadOnlySpan<PointStatistics> means, bool up)
    {
        (double least, double half) = (double.PositiveInfinity, 0);
        for (int i = 1; i < means.Length; i++)
        {
            double step = up ? means[i].Mean - means[i - 1].Mean : means[i - 1].Mean - means[i].Mean;
            if (step < least)
            {
                (least, half) = (step, Math.Sqrt((means[i].HalfWidth * means[i].HalfWidth) + (means[i - 1].HalfWidth * means[i - 1].HalfWidth)));
            }
        }
        return (least, half);
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
            PointStatistics[] means = [.. curve.OrderBy(p => grid.ValueOf(p, Axis).Number).Select(p => results.Of(p, Measure))];
            if (means.Length < 2 || means.Any(m => m.Count == 0))
            {
                yield return ClaimFinding.Not(at, means.Length < 2 ? "a curve of one point" : "nothing was measured at one of its points");
                continue;
            }
            (double least, double half) = Steps.Least(means, Trend is Trend.Rising or Trend.NotFalling);
            bool strictly = Trend is Trend.Rising or Trend.Falling;
            yield return new ClaimFinding(at, least, half, strictly ? "steps > 0" : "steps ≥ 0", strictly ? least > 0 : least >= 0, "");
        }
    }
}
