using System.Globalization;
using System.Text;
using System.Text.Json;
using MizarLab.Harness.Results;

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

    public static string Text(IReadOnlyList<PlanRow> rows)
    {
        StringBuilder text = new();
        int[] widths = [.. Columns.Select((column, i) => rows.Select(row => Cell(i, row).Length).Append(column.Name.Length).Max())];
        text.AppendLine(string.Join("  ", Columns.Select((column, i) => column.Name.PadLeft(widths[i]))));
        foreach (PlanRow row in rows)
        {
            text.AppendLine(string.Join("  ", Columns.Select((_, i) => Cell(i, row).PadLeft(widths[i]))));
        }
        foreach (PlanRow row in rows.Where(row => row.Wrong is not null))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"wrong: {row.Endpoints} endpoints: {row.Wrong}");
        }
        return text.ToString();
    }

    public static string Markdown(IReadOnlyList<PlanRow> rows)
    {
        StringBuilder text = new();
        text.AppendLine("# Plans").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Kernel {ManifestFactory.Kernel()}, {ManifestFactory.Cpu()}.").AppendLine();
        text.AppendLine($"| {string.Join(" | ", Columns.Select(column => column.Name))} |");
        text.AppendLine($"|{string.Concat(Columns.Select(_ => "---:|"))}");
        foreach (PlanRow row in rows)
        {
            text.AppendLine($"| {string.Join(" | ", Columns.Select((_, i) => Cell(i, row)))} |");
        }
        return text.ToString();
    }

    public static void WriteJson(IReadOnlyList<PlanRow> rows, Stream output)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("kernel", ManifestFactory.Kernel());
        writer.WriteString("cpu", ManifestFactory.Cpu());
        writer.WriteStartArray("rows");
        foreach (PlanRow row in rows)
        {
            writer.WriteStartObject();
            foreach ((string name, Func<PlanRow, double> of, int digits) in Columns)
            {
                writer.WriteNumber(name, Math.Round(of(row), digits));
            }
            writer.WriteString("wrong", row.Wrong);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Cell(int column, PlanRow row) =>
        Columns[column].Of(row).ToString("F" + Columns[column].Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
