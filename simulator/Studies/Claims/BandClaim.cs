using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>At every point a measure's mean lies within a tolerance of a formula. With <see cref="Tolerance.Exactly"/> every single run must.</summary>
/// <param name="Is">Null only with a range of its own.</param>
public sealed record BandClaim(int Number, string Kind, SourcePlace Where, string Says, int Measure, Expression? Is, Tolerance Within, ImmutableArray<int> Points)
    : Claim(Number, Kind, Where, Says)
{
    public override double? ExpectedAt(SweepResults results, int point, int measure) =>
        measure == Measure && Is is not null && Points.BinarySearch(point) >= 0 ? Is.Number(results.NamesAt(point)) : null;

    protected override IEnumerable<ClaimFinding> Findings(SweepResults results)
    {
        foreach (int point in Points)
        {
            yield return Finding(results, point);
        }
    }

    private ClaimFinding Finding(SweepResults results, int point)
    {
        string at = results.Experiment.Grid.Describe(point);
        PointStatistics measured = results.Of(point, Measure);
        if (measured.Count == 0)
        {
            return ClaimFinding.Not(at, "nothing was measured");
        }
        NameLookup names = results.NamesAt(point);
        double error = Within is Tolerance.Sigma { Deviation: { } known } ? known.Number(names) / Math.Sqrt(measured.Count) : measured.StandardError;
        (double low, double high) = Within.Around(Is?.Number(names) ?? 0, error, names);
        bool held = Within is Tolerance.Exactly ? measured.Least >= low && measured.Most <= high : measured.Mean >= low && measured.Mean <= high;
        return new ClaimFinding(at, measured.Mean, measured.HalfWidth, Tolerance.Bounds(low, high), held, "");
    }
}
