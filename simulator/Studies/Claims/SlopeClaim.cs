using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>A measure grows along an axis with this slope: of the straight line of least squares through the points' means, or in logarithms the exponent of a power law. Every curve must.</summary>
/// <param name="Axis">That x is; by index.</param>
/// <param name="Log">Both in logarithms.</param>
public sealed record SlopeClaim(int Number, SourcePlace Where, string Says, int Measure, int Axis, bool Log, Expression? Is, Tolerance Within, ImmutableArray<int> Points)
    : Claim(Number, "slope", Where, Says)
{
    protected override IEnumerable<ClaimFinding> Findings(SweepResults results)
    {
        SweepGrid grid = results.Experiment.Grid;
        foreach (ImmutableArray<int> curve in grid.GroupsOf(Points, Axis))
        {
            string at = grid.Describe(curve[0], Axis);
            double[] x = [.. curve.Select(p => grid.ValueOf(p, Axis).Number)];
            double[] y = [.. curve.Select(p => results.Of(p, Measure).Mean)];
            if (y.Any(double.IsNaN))
            {
                yield return ClaimFinding.Not(at, "nothing was measured at one of its points");
            }
            else if (Log && x.Concat(y).Any(v => v <= 0))
            {
                yield return ClaimFinding.Not(at, "a value is not positive, so it has no logarithm");
            }
            else
            {
                LineFit fit = Log ? LineFit.OfLogarithms(x, y) : LineFit.Of(x, y);
                NameLookup names = results.NamesAt(curve[0]);
                (double low, double high) = Within.Around(Is?.Number(names) ?? 0, fit.StandardError, names);
                yield return new ClaimFinding(at, fit.Slope, fit.HalfWidth, Tolerance.Bounds(low, high), fit.Slope >= low && fit.Slope <= high, "");
            }
        }
    }
}
