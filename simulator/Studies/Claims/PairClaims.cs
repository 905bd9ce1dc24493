using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>Points of one half of a sweep, each with its like in the other: the same but for the axes the halves are told apart by.</summary>
/// <param name="Pairs">Of points; never empty.</param>
/// <param name="Apart">Those axes.</param>
public sealed record PointPairs(ImmutableArray<(int Of, int To)> Pairs, ImmutableArray<int> Apart);

/// <summary>A measure is so many times its like at the other half's points.</summary>
public sealed record RatioClaim(int Number, SourcePlace Where, string Says, int Measure, PointPairs Pairs, Expression? Is, Tolerance Within) : Claim(Number, "ratio", Where, Says)
{
    protected override IEnumerable<ClaimFinding> Findings(SweepResults results)
    {
        foreach ((int of, int to) in Pairs.Pairs)
        {
            string at = results.Experiment.Grid.Describe(of, Pairs.Apart.AsSpan());
            PointStatistics over = results.Of(of, Measure);
            PointStatistics under = results.Of(to, Measure);
            if (over.Count == 0 || under.Count == 0)
            {
                yield return ClaimFinding.Not(at, "nothing was measured");
                continue;
            }
            if (under.Mean == 0)
            {
                yield return ClaimFinding.Not(at, "the other half's value is 0");
                continue;
            }
            double ratio = over.Mean / under.Mean;
            // To first order; what the replications have in common (the seeds) makes it narrower still.
            double error = Combined(over.StandardError, over.Mean, under.StandardError, under.Mean) * Math.Abs(ratio);
            double half = Combined(over.HalfWidth, over.Mean, under.HalfWidth, under.Mean) * Math.Abs(ratio);
            NameLookup names = results.NamesAt(of);
            (double low, double high) = Within.Around(Is?.Number(names) ?? 0, error, names);
            yield return new ClaimFinding(at, ratio, half, Tolerance.Bounds(low, high), ratio >= low && ratio <= high, "");
        }
    }

    private static double Combined(double errorA, double a, double errorB, double b)
    {
        double first = a == 0 ? 0 : errorA / a;
        double second = errorB / b;
        return Math.Sqrt((first * first) + (second * second));
    }
}

/// <summary>Along an axis the curve of one half crosses that of the other once, between two places.</summary>
/// <param name="Log">Whether the crossing is sought on a logarithmic x.</param>
public sealed record CrossoverClaim(int Number, SourcePlace Where, string Says, int Measure, int Axis, bool Log, PointPairs Pairs, Expression Low, Expression High) : Claim(Number, "crossover", Where, Says)
{
    protected override IEnumerable<ClaimFinding> Findings(SweepResults results)
    {
        SweepGrid grid = results.Experiment.Grid;
        ImmutableArray<int> apart = [.. Pairs.Apart, Axis];
        foreach (ImmutableArray<int> curve in grid.GroupsOf([.. Pairs.Pairs.Select(p => p.Of)], apart.AsSpan()))
        {
            string at = grid.Describe(curve[0], apart.AsSpan());
            Apart[] differences = [.. Pairs.Pairs.Where(p => curve.Contains(p.Of))
                .Select(p => Apart.Of(grid.ValueOf(p.Of, Axis).Number, results.Of(p.Of, Measure), results.Of(p.To, Measure))).OrderBy(d => d.X)];
            if (differences.Any(d => double.IsNaN(d.Difference)))
            {
                yield return ClaimFinding.Not(at, "nothing was measured at one of its points");
                continue;
            }
            (double X, double Half)[] crossings = [.. Crossings(differences)];
            if (crossings.Length != 1)
            {
                yield return ClaimFinding.Not(at, crossings.Length == 0 ? "the curves do not cross" : $"the curves cross {crossings.Length} times");
                continue;
            }
            NameLookup names = results.NamesAt(curve[0]);
            double low = Low.Number(names);
            double high = High.Number(names);
            yield return new ClaimFinding(at, crossings[0].X, crossings[0].Half, Tolerance.Bounds(low, high), crossings[0].X >= low && crossings[0].X <= high, "");
        }
    }

    /// <summary>The two curves' difference at a place.</summary>
    private readonly record struct Apart(double X, double Difference, double Half)
    {
        public static Apart Of(double x, PointStatistics of, PointStatistics to) =>
            new(x, of.Mean - to.Mean, Math.Sqrt((of.HalfWidth * of.HalfWidth) + (to.HalfWidth * to.HalfWidth)));
    }

    /// <summary>Where the difference changes its sign, by a straight line between neighbours, with the half of its interval to first order. Equal values are no crossing yet.</summary>
    private IEnumerable<(double X, double Half)> Crossings(Apart[] differences)
    {
        int before = -1;
        for (int i = 0; i < differences.Length; i++)
        {
            Apart right = differences[i];
            if (right.Difference == 0)
            {
                continue;
            }
            if (before >= 0 && differences[before].Difference < 0 != right.Difference < 0)
            {
                Apart left = differences[before];
                double step = left.Difference - right.Difference;
                double share = left.Difference / step;
                double half = Math.Sqrt(Square(right.Difference * left.Half) + Square(left.Difference * right.Half)) / (step * step);
                double x = Log && left.X > 0 ? left.X * StableMath.Pow(right.X / left.X, share) : left.X + ((right.X - left.X) * share);
                yield return (x, half * (Log && left.X > 0 ? x * StableMath.Log(right.X / left.X) : right.X - left.X));
            }
            before = i;
        }
    }

    private static double Square(double value) => value * value;
}
