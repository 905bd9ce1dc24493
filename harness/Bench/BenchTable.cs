using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MizarLab.Harness.Results;

namespace MizarLab.Harness.Bench;

/// <summary>A column of a bench's table: words stand to the left, figures to the right.</summary>
internal readonly record struct BenchColumn<TRow>(string Name, bool IsText, Func<TRow, string> Of);

/// <summary>The form all benches' results have: a table for a terminal, Markdown for a file, JSON for programs; the last two say what machine it was.</summary>
internal sealed class BenchTable<TRow>(string title, params ImmutableArray<BenchColumn<TRow>> columns)
{
    /// <summary>The columns' names and rows, a line each.</summary>
    public string Text(IReadOnlyList<TRow> rows)
    {
        StringBuilder text = new();
        int[] widths = [.. columns.Select(column => rows.Select(row => column.Of(row).Length).Append(column.Name.Length).Max())];
        Append(column => column.Name);
        foreach (TRow row in rows)
        {
            Append(column => column.Of(row));
        }
        return text.ToString();

        void Append(Func<BenchColumn<TRow>, string> cell) => text.AppendLine(
            string.Join("  ", columns.Select((column, i) => column.IsText ? cell(column).PadRight(widths[i]) : cell(column).PadLeft(widths[i]))).TrimEnd());
    }

    /// <param name="above">A paragraph between machine and table; null: none.</param>
    public string Markdown(IReadOnlyList<TRow> rows, string? above = null)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {title}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Kernel {ManifestFactory.Kernel()}, {ManifestFactory.Cpu()}.").AppendLine();
        if (above is not null)
        {
            text.AppendLine(above).AppendLine();
        }
        text.AppendLine($"| {string.Join(" | ", columns.Select(column => column.Name))} |");
        text.AppendLine($"|{string.Concat(columns.Select(column => column.IsText ? "---|" : "---:|"))}");
        foreach (TRow row in rows)
        {
            text.AppendLine($"| {string.Join(" | ", columns.Select(column => column.Of(row)))} |");
        }
        return text.ToString();
    }

    /// <param name="writeRow">A row's members.</param>
    /// <param name="writeHead">Members before the rows; null: none.</param>
    public static void WriteJson(IReadOnlyList<TRow> rows, Stream output, Action<Utf8JsonWriter, TRow> writeRow, Action<Utf8JsonWriter>? writeHead = null)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("kernel", ManifestFactory.Kernel());
        writer.WriteString("cpu", ManifestFactory.Cpu());
        writeHead?.Invoke(writer);
        writer.WriteStartArray("rows");
        foreach (TRow row in rows)
        {
            writer.WriteStartObject();
            writeRow(writer, row);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
