using System.Globalization;
using System.Text;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Harness.Results;

namespace MizarLab.Harness.Bench;

/// <summary>A bench in words: a table for a terminal, Markdown for a file, JSON for programs.</summary>
public static class BenchReport
{
    private static readonly string[] Columns = ["row", "dialect", "net ns", "spread", "lookups", "searches", "upstream ns", "goal", ""];

    public static string Text(BenchResult bench)
    {
        StringBuilder text = new();
        text.AppendLine(Heading(bench));
        Append(text, [.. bench.Rows.Select(Cells)]);
        foreach (BenchRow row in bench.Rows.Where(row => row.Discarded is not null))
        {
            text.AppendLine($"thrown away: {row.Name} {Name(row.Dialect)}: {row.Discarded}");
        }
        return text.ToString();
    }

    public static string Markdown(BenchResult bench)
    {
        StringBuilder text = new();
        text.AppendLine("# Data plane").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Kernel {ManifestFactory.Kernel()}, {ManifestFactory.Cpu()}.").AppendLine();
        text.AppendLine(Heading(bench)).AppendLine();
        text.AppendLine($"| {string.Join(" | ", Columns)} |");
        text.AppendLine($"|{string.Concat(Columns.Select((_, i) => i is 0 or 1 or >= 7 ? "---|" : "---:|"))}");
        foreach (BenchRow row in bench.Rows)
        {
            text.AppendLine($"| {string.Join(" | ", Cells(row))} |");
        }
        return text.ToString();
    }

    public static void WriteJson(BenchResult bench, Stream output)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("kernel", ManifestFactory.Kernel());
        writer.WriteString("cpu", ManifestFactory.Cpu());
        writer.WriteNumber("lookup_ns", Rounded(bench.LookupNanoseconds));
        writer.WriteStartArray("bare_rotation");
        foreach ((int endpoints, double nanoseconds) in bench.BareRotation)
        {
            writer.WriteStartObject();
            writer.WriteNumber("endpoints", endpoints);
            writer.WriteNumber("net_ns", Rounded(nanoseconds));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("rows");
        foreach (BenchRow row in bench.Rows)
        {
            writer.WriteStartObject();
            writer.WriteString("name", row.Name);
            writer.WriteString("dialect", Name(row.Dialect));
            Number("net_ns", row.NetNanoseconds);
            Number("lookups", row.Lookups);
            writer.WriteNumber("table_lookups", row.TableLookups);
            Number("spread_ns", row.SpreadNanoseconds);
            Number("upstream_ns", row.UpstreamNanoseconds);
            writer.WriteString("goal", row.Goal);
            writer.WriteString("result", row.Met switch { true => "ok", false => "missed", null => null });
            writer.WriteString("discarded", row.Discarded);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();

        void Number(string name, double? value)
        {
            if (value is { } number)
            {
                writer.WriteNumber(name, Rounded(number));
            }
            else
            {
                writer.WriteNull(name);
            }
        }
    }

    private static double Rounded(double value) => Math.Round(value, 2);

    private static string Heading(BenchResult bench)
    {
        IEnumerable<string> bare = bench.BareRotation.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Nanoseconds:0.0} ns over {b.Endpoints}"));
        return string.Create(CultureInfo.InvariantCulture, $"one warm lookup {bench.LookupNanoseconds:0.0} ns; rotating {string.Join(", ", bare)}");
    }

    private static string Name(Dialect dialect) => dialect.ToString().ToLowerInvariant();

    private static string[] Cells(BenchRow row) =>
    [
        row.Name,
        Name(row.Dialect),
        Figure(row.NetNanoseconds, "0.0"),
        Figure(row.SpreadNanoseconds, "0.0"),
        Figure(row.Lookups, "0.00"),
        row.TableLookups.ToString(CultureInfo.InvariantCulture),
        Figure(row.UpstreamNanoseconds, "0"),
        row.Goal ?? "",
        row.Discarded is not null ? "thrown away" : row.Met switch { true => "ok", false => "MISSED", null => "" },
    ];

    private static string Figure(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static void Append(StringBuilder text, string[][] rows)
    {
        int[] widths = [.. Columns.Select((column, i) => Math.Max(column.Length, rows.Length == 0 ? 0 : rows.Max(row => row[i].Length)))];
        foreach (string[] row in (string[][])[Columns, .. rows])
        {
            IEnumerable<string> cells = row.Select((cell, i) => i is 0 or 1 or >= 7 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
