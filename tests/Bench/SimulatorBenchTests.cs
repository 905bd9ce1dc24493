using System.Text.Json;
using MizarLab.Fabric;
using MizarLab.Harness.Bench;
using MizarLab.Overlay;

namespace MizarLab.Tests.Bench;

public sealed class SimulatorBenchTests
{
    private static readonly SimulatorEffort Small = new(Repeats: 2, Hops: 20_000);

    [Fact]
    public void A_fabric_is_run_bare_and_on_the_data_plane_by_one_thread_and_two()
    {
        SimulatorBench bench = new(Small, _ => { });
        foreach (RelayPlane plane in Enum.GetValues<RelayPlane>())
        {
            SimulatorRow alone = bench.Measure(new SimulatorCase(FabricShape.LeafSpine(4, 2), 32, plane, 1), CancellationToken.None);
            SimulatorRow two = bench.Measure(new SimulatorCase(FabricShape.LeafSpine(4, 2), 32, plane, 2), CancellationToken.None);
            Assert.Null(alone.Wrong);
            Assert.Null(two.Wrong);
            Assert.Equal(alone.Fingerprint, two.Fingerprint);
            Assert.Equal(["host-leaf", "host-leaf", "leaf-spine", "leaf-spine"], alone.Tiers.Select(t => t.Tier));
            Assert.All(alone.Tiers, t => Assert.True(t.Bytes == t.Frames * alone.FrameBytes && t.BusiestBytes >= t.Bytes / t.Links, $"{t}"));
            Assert.Equal(plane == RelayPlane.Bare ? 1_064 : 1_156, alone.FrameBytes);
            Assert.True(alone.HopsPerSecond > 0 && alone.EventsPerSecond > alone.HopsPerSecond && alone.WallSeconds > 0 && alone.PeakMegabytes > 0 && alone.LookNanoseconds > 1);
        }
    }

    [Fact]
    public void The_direct_path_is_shorter()
    {
        SimulatorBench bench = new(Small, _ => { });
        double relayed = bench.Measure(new SimulatorCase(FabricShape.Star, 16, RelayPlane.Lab, 1), CancellationToken.None).MeanLatencyNanoseconds;
        double direct = bench.Measure(new SimulatorCase(FabricShape.Star, 16, RelayPlane.LabDirect, 1), CancellationToken.None).MeanLatencyNanoseconds;
        Assert.InRange(direct, 2_000, relayed * 0.8);
    }

    [Fact]
    public void The_report_has_the_columns_asked_for()
    {
        SimulatorRow row = new("star", 1_000, "bare", false, 1, 1_064, 19e6, 24e6, 0.5, 0.51, 42, 4_365.6, 10_000_000, 0, "ab", "it is late");
        string text = SimulatorReport.Text([row]);
        string markdown = SimulatorReport.Markdown([row]);
        using MemoryStream stream = new();
        SimulatorReport.WriteJson([row], stream);
        JsonElement json = JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("rows")[0];
        foreach (string column in (string[])["topology", "droplets", "dataplane", "threads", "hops_per_second", "events_per_second", "cpu_s", "wall_s", "peak_mb", "mean_latency_ns", "look_ns"])
        {
            Assert.Contains(column, text, StringComparison.Ordinal);
            Assert.Contains($"| {column} ", markdown, StringComparison.Ordinal);
            Assert.True(json.TryGetProperty(column, out _), column);
        }
        Assert.Contains("WRONG", text, StringComparison.Ordinal);
        Assert.Contains("it is late", text, StringComparison.Ordinal);
        Assert.Equal("it is late", json.GetProperty("wrong").GetString());
    }

    [Fact]
    public void All_rows_of_the_table_are_there()
    {
        string[] names = [.. SimulatorBench.Names];
        Assert.Equal(names.Length, names.Distinct().Count());
        foreach (string fabric in (string[])["star-1000", "star-10000", "leaf-spine-1024", "leaf-spine-10000"])
        {
            Assert.Equal(4, names.Count(n => n.StartsWith($"{fabric}-bare-", StringComparison.Ordinal) || n.StartsWith($"{fabric}-lab-1", StringComparison.Ordinal) || n.StartsWith($"{fabric}-lab-2", StringComparison.Ordinal)));
        }
        Assert.Contains("leaf-spine-1024-lab-direct-2", names);
    }
}
