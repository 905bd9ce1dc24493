using System.Globalization;
using System.Text;
using System.Text.Json;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Bench;

/// <summary>A bench in words: a table for a terminal, Markdown for a file, JSON for programs.</summary>
public static class BenchReport
{
    private static readonly BenchTable<BenchRow> Table = new(
        "Data plane",
        new("row", true, row => row.Name),
        new("dialect", true, row => Name(row.Dialect)),
        new("net ns", false, row => Figure(row.NetNanoseconds, "0.0")),
        new("spread", false, row => Figure(row.SpreadNanoseconds, "0.0")),
        new("lookups", false, row => Figure(row.Lookups, "0.00")),
        new("searches", false, row => row.TableLookups.ToString(CultureInfo.InvariantCulture)),
        new("upstream ns", false, row => Figure(row.UpstreamNanoseconds, "0")),
        new("goal", true, row => row.Goal ?? ""),
        new("", true, row => row.Discarded is not null ? "thrown away" : row.Met switch { true => "ok", false => "MISSED", null => "" }));

    public static string Text(BenchResult bench)
    {
        StringBuilder text = new();
        text.AppendLine(Heading(bench)).Append(Table.Text(bench.Rows));
        foreach (BenchRow row in bench.Rows.Where(row => row.Discarded is not null))
        {
            text.AppendLine($"thrown away: {row.Name} {Name(row.Dialect)}: {row.Discarded}");
        }
        return text.ToString();
    }

    public static string Markdown(BenchResult bench) => Table.Markdown(bench.Rows, Heading(bench));

    public static void WriteJson(BenchResult bench, Stream output)
    {
        BenchTable<BenchRow>.WriteJson(bench.Rows, output, WriteRow, writer =>
        {
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
        });

        static void WriteRow(Utf8JsonWriter writer, BenchRow row)
        {
            writer.WriteString("name", row.Name);
            writer.WriteString("dialect", Name(row.Dialect));
            Number(writer, "net_ns", row.NetNanoseconds);
            Number(writer, "lookups", row.Lookups);
            writer.WriteNumber("table_lookups", row.TableLookups);
            Number(writer, "spread_ns", row.SpreadNanoseconds);
            Number(writer, "upstream_ns", row.UpstreamNanoseconds);
            writer.WriteString("goal", row.Goal);
            writer.WriteString("result", row.Met switch { true => "ok", false => "missed", null => null });
            writer.WriteString("discarded", row.Discarded);
            writer.WriteStartArray("rounds_ns");
            foreach (double round in row.Rounds)
            {
                writer.WriteNumberValue(Rounded(round));
            }
            writer.WriteEndArray();
        }

        static void Number(Utf8JsonWriter writer, string name, double? value)
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

    private static string Figure(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
