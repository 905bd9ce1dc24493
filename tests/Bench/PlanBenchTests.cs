using System.Text;
using System.Text.Json;
using MizarLab.Harness.Bench;
using MizarLab.Overlay;

namespace MizarLab.Tests.Bench;

/// <summary>The plan bench on a topology that is small for it: its rows are right, and its reports say what they are.</summary>
public sealed class PlanBenchTests
{
    private static readonly PlanRow Measured = new PlanBench(_ => { }).Measure(new GeneratedShape(60, 3_000), threads: 2, CancellationToken.None);

    [Fact]
    public void ItsTablesAreThePlansAndDeliver()
    {
        Assert.Null(Measured.Wrong);
        Assert.Equal((60, 3_000, 2), (Measured.Droplets, Measured.Endpoints, Measured.Threads));

        // On the host a slot, an endpoint, an agent and two neighbours; on each bouncer an endpoint and its host: nine, and a few for each droplet, network and VPC.
        Assert.InRange(Measured.Rows, 9 * 3_000, 9.5 * 3_000);
        Assert.True(Measured.ColdRunNanoseconds > 0);
        Assert.True(Measured.HeapMegabytes > 0);
    }

    [Fact]
    public void ReportsHaveTheRow()
    {
        using MemoryStream json = new();
        PlanReport.WriteJson([Measured, Measured with { Wrong = "lost" }], json);
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(json.ToArray()));
        JsonElement rows = document.RootElement.GetProperty("rows");
        Assert.Equal(3_000, rows[0].GetProperty("endpoints").GetInt32());
        Assert.Equal(Measured.Rows, rows[0].GetProperty("rows").GetInt64());
        Assert.Equal("lost", rows[1].GetProperty("wrong").GetString());
        Assert.Contains("wrong: 3000 endpoints: lost", PlanReport.Text([Measured with { Wrong = "lost" }]), StringComparison.Ordinal);
        Assert.Contains("| 60 | 3000 | 2 |", PlanReport.Markdown([Measured]), StringComparison.Ordinal);
    }
}
