using System.Globalization;
using System.Text;
using System.Text.Json;
using MizarLab.Observation;

namespace MizarLab.Harness.Bench;

/// <summary>The simulator's bench in words: a table for a terminal, Markdown for a file, JSON for programs.</summary>
public static class SimulatorReport
{
    private static readonly BenchTable<SimulatorRow> Table = new(
        "Simulator",
        new("topology", true, row => row.Topology),
        new("droplets", false, row => Invariant($"{row.Droplets}")),
        new("dataplane", true, row => row.DataPlane),
        new("direct_path", true, row => row.DirectPath ? "on" : "off"),
        new("threads", false, row => Invariant($"{row.Threads}")),
        new("frame_bytes", false, row => Invariant($"{row.FrameBytes}")),
        new("hops_per_second", false, row => Invariant($"{row.HopsPerSecond / 1e6:0.00} M")),
        new("events_per_second", false, row => Invariant($"{row.EventsPerSecond / 1e6:0.00} M")),
        new("cpu_s", false, row => Invariant($"{row.CpuSeconds:0.000}")),
        new("wall_s", false, row => Invariant($"{row.WallSeconds:0.000}")),
        new("peak_mb", false, row => Invariant($"{row.PeakMegabytes:0}")),
        new("mean_latency_ns", false, row => Invariant($"{row.MeanLatencyNanoseconds:0.0}")),
        new("look_ns", false, row => Invariant($"{row.LookNanoseconds:0}")),
        new("", true, row => row.Wrong is null ? "" : "WRONG"));

    public static string Text(IReadOnlyList<SimulatorRow> rows)
    {
        StringBuilder text = new(Table.Text(rows));
        foreach (SimulatorRow row in rows.Where(row => row.Wrong is not null))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"wrong: {row.Topology} {row.Droplets} {row.DataPlane} {row.Threads}: {row.Wrong}");
        }
        foreach (string shortfall in Shortfalls(rows))
        {
            text.AppendLine(shortfall);
        }
        return text.ToString();
    }

    public static string Markdown(IReadOnlyList<SimulatorRow> rows) => Table.Markdown(rows) + string.Concat(Shortfalls(rows).Select(shortfall => $"\n{shortfall}\n"));

    /// <summary>Of each trace that is not whole, what it lacks.</summary>
    private static IEnumerable<string> Shortfalls(IReadOnlyList<SimulatorRow> rows) => rows
        .Where(row => row.Trace?.Shortfall is not null)
        .Select(row => Invariant($"{row.Topology} {row.Droplets} {row.DataPlane} {row.Threads}: {row.Trace!.Shortfall}"));

    public static void WriteJson(IReadOnlyList<SimulatorRow> rows, Stream output) => BenchTable<SimulatorRow>.WriteJson(rows, output, static (writer, row) =>
    {
        writer.WriteString("topology", row.Topology);
        writer.WriteNumber("droplets", row.Droplets);
        writer.WriteString("dataplane", row.DataPlane);
        writer.WriteBoolean("direct_path", row.DirectPath);
        writer.WriteNumber("threads", row.Threads);
        writer.WriteNumber("frame_bytes", row.FrameBytes);
        writer.WriteNumber("hops_per_second", Math.Round(row.HopsPerSecond));
        writer.WriteNumber("events_per_second", Math.Round(row.EventsPerSecond));
        writer.WriteNumber("cpu_s", Math.Round(row.CpuSeconds, 4));
        writer.WriteNumber("wall_s", Math.Round(row.WallSeconds, 4));
        writer.WriteNumber("peak_mb", Math.Round(row.PeakMegabytes, 1));
        writer.WriteNumber("mean_latency_ns", Math.Round(row.MeanLatencyNanoseconds, 2));
        writer.WriteNumber("look_ns", Math.Round(row.LookNanoseconds, 1));
        writer.WriteNumber("hops", row.Hops);
        writer.WriteNumber("collections", row.Collections);
        writer.WriteString("fingerprint", row.Fingerprint);
        writer.WriteNumber("simulated_s", row.SimulatedSeconds);
        writer.WriteStartArray("repeats_hops_per_second");
        foreach (double repeat in row.Repeats)
        {
            writer.WriteNumberValue(Math.Round(repeat));
        }
        writer.WriteEndArray();
        WriteTiers(writer, row);
        if (row.Trace is { } trace)
        {
            writer.WriteStartObject("trace");
            writer.WriteNumber("packets", trace.Packets);
            writer.WriteNumber("sightings", trace.Sightings);
            writer.WriteNumber("left_out", trace.LeftOut);
            writer.WriteString("shortfall", trace.Shortfall);
            writer.WriteEndObject();
        }
        writer.WriteString("wrong", row.Wrong);
    });

    /// <summary>By tier and direction: how full links were on average and the fullest, how long a frame waited on average.</summary>
    private static void WriteTiers(Utf8JsonWriter writer, SimulatorRow row)
    {
        const double bytesASecond = 100e9 / 8;
        writer.WriteStartArray("tiers");
        foreach (TierTraffic tier in row.Tiers)
        {
            double capacity = Math.Max(row.SimulatedSeconds * bytesASecond, 1);
            writer.WriteStartObject();
            writer.WriteString("tier", tier.Tier);
            writer.WriteString("direction", tier.IsUp ? "up" : "down");
            writer.WriteNumber("links", tier.Links);
            writer.WriteNumber("frames", tier.Frames);
            writer.WriteNumber("bytes", tier.Bytes);
            writer.WriteNumber("mean_load", Math.Round(tier.Bytes / capacity / Math.Max(tier.Links, 1), 4));
            writer.WriteNumber("highest_load", Math.Round(tier.BusiestBytes / capacity, 4));
            writer.WriteNumber("mean_wait_ns", Math.Round(tier.Waited.Picoseconds / 1_000.0 / Math.Max(tier.Frames, 1), 2));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
