using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class TableJudge : ExpectationJudge<TableExpectation>
{
    private const string Separator = " = ";

    protected override Finding Evaluate(TableExpectation expectation, Evidence evidence)
    {
        string subject = $"table {expectation.Table} on {evidence.Topology.NameOf(expectation.Droplet)}";
        TableDump? dump = evidence.Run.Tables.FirstOrDefault(table => table.Droplet == expectation.Droplet && table.Table == expectation.Table);
        if (dump is null)
        {
            return Finding.Not($"{subject}: the backend dumped no such table");
        }
        foreach (string row in expectation.Contains)
        {
            if (!dump.Rows.Contains(row))
            {
                string instead = dump.Rows.FirstOrDefault(other => KeyOf(other) == KeyOf(row)) ?? $"no row of that key among {dump.Rows.Length}";
                return Finding.Not($"{subject}: expected row {row}, found {instead}");
            }
        }
        foreach (string key in expectation.Absent)
        {
            if (dump.Rows.FirstOrDefault(row => KeyOf(row) == key) is string present)
            {
                return Finding.Not($"{subject}: row {present} is there");
            }
        }
        if (expectation.Count is int count && count != dump.Rows.Length)
        {
            return Finding.Not($"{subject}: {Words.Count(dump.Rows.Length, "row")}, not {count}: {Some(dump.Rows)}");
        }
        return new Finding(true, $"{subject}: {Words.Count(dump.Rows.Length, "row")}; {Words.Count(expectation.Contains.Length, "expected row")} there, {expectation.Absent.Length} keys absent");
    }

    private static string KeyOf(string row) => row.IndexOf(Separator, StringComparison.Ordinal) is int at and >= 0 ? row[..at] : row;

    private static string Some(ImmutableArray<string> rows) => string.Join("; ", rows.Take(4)) + (rows.Length > 4 ? "; …" : "");
}
