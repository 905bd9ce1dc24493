using System.Globalization;
using System.Text;

namespace MizarLab.Harness.Bench;

/// <summary>The plan bench in words: a table for a terminal, Markdown for a file, JSON for programs.</summary>
public static class PlanReport
{
    private static readonly (string Name, Func<PlanRow, double> Of, int Digits)[] Columns =
    [
        ("droplets", row => row.Droplets, 0),
        ("endpoints", row => row.Endpoints, 0),
        ("threads", row => row.Threads, 0),
        ("plan_s", row => row.PlanSeconds, 2),
        ("build_s", row => row.BuildSeconds, 2),
        ("cpu_s", row => row.CpuSeconds, 2),
        ("rows", row => row.Rows, 0),
        ("heap_mb", row => row.HeapMegabytes, 0),
        ("peak_mb", row => row.PeakMegabytes, 0),
        ("bytes_an_endpoint", row => row.BytesAnEndpoint, 0),
        ("cold_run_ns", row => row.ColdRunNanoseconds, 0),
    ];

    private static readonly BenchTable<PlanRow> Table = new("Plans", [.. Columns.Select(column => new BenchColumn<PlanRow>(
        column.Name, IsText: false, row => column.Of(row).ToString("F" + column.Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)))]);

    public static string Text(IReadOnlyList<PlanRow> rows)
    {
        StringBuilder text = new(Table.Text(rows));
        foreach (PlanRow row in rows.Where(row => row.Wrong is not null))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"wrong: {row.Endpoints} endpoints: {row.Wrong}");
        }
        return text.ToString();
    }

    public static string Markdown(IReadOnlyList<PlanRow> rows) => Table.Markdown(rows);

    public static void WriteJson(IReadOnlyList<PlanRow> rows, Stream output) => BenchTable<PlanRow>.WriteJson(rows, output, static (writer, row) =>
    {
        foreach ((string name, Func<PlanRow, double> of, int digits) in Columns)
        {
            writer.WriteNumber(name, Math.Round(of(row), digits));
        }
        writer.WriteString("wrong", row.Wrong);
    });
}
