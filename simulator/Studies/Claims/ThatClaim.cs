using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>A comparison of axes, parameters and measures' means that is true at every point.</summary>
public sealed record ThatClaim(int Number, string Kind, SourcePlace Where, string Says, Expression That, ImmutableArray<int> Points) : Claim(Number, Kind, Where, Says)
{
    protected override IEnumerable<ClaimFinding> Findings(SweepResults results)
    {
        Experiment experiment = results.Experiment;
        int shown = That.Names.Select(n => experiment.MeasureNamed(n.Name)).FirstOrDefault(m => m >= 0, -1);
        foreach (int point in Points)
        {
            string at = experiment.Grid.Describe(point);
            if (That.Names.Any(n => experiment.MeasureNamed(n.Name) is var m and >= 0 && results.Of(point, m).Count == 0))
            {
                yield return ClaimFinding.Not(at, "nothing was measured");
                continue;
            }
            PointStatistics measured = shown < 0 ? PointStatistics.Of([]) : results.Of(point, shown);
            yield return new ClaimFinding(at, measured.Mean, measured.HalfWidth, That.Text, That.Truth(results.NamesAt(point)), "");
        }
    }
}
