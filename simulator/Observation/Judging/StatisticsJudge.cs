using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class StatisticsJudge : ExpectationJudge<StatisticsExpectation>
{
    protected override Finding Evaluate(StatisticsExpectation expectation, Evidence evidence)
    {
        string subject = $"statistics on {evidence.Topology[expectation.Droplet].Name}";
        TableDump? dump = evidence.Run.Tables.FirstOrDefault(t => t.Droplet == expectation.Droplet && t.Table == Tables.Statistics.Name);
        if (dump is not { Rows: [var row] })
        {
            return Finding.Not($"{subject}: nothing is counted there");
        }
        foreach ((string verdict, int? wanted) in (ReadOnlySpan<(string, int?)>)
            [("redirect", expectation.Redirect), ("expedited", expectation.Expedited), ("pass", expectation.Pass), ("drop", expectation.Drop)])
        {
            if (wanted is { } count && !row.Contains(string.Create(CultureInfo.InvariantCulture, $"{verdict} {count} packets"), StringComparison.Ordinal))
            {
                return Finding.Not($"{subject}: {row}, not {verdict} {count} packets");
            }
        }
        return new Finding(true, $"{subject}: {row}");
    }
}
