using System.Text;
using System.Text.Json;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

public class TextReportTests
{
    [Fact]
    public void JUnit() => Verified.Equal(Written(JUnitReport.Write, SampleRun.Mixed));

    [Fact]
    public void Markdown() => Verified.Equal(MarkdownSummary.Format(SampleRun.Mixed));

    [Fact]
    public void Json() => Verified.Equal(Written(JsonSummary.Write, SampleRun.Mixed));

    [Fact]
    public void JsonIsOneObjectAndItsCountsAreThoseOfItsRows()
    {
        using JsonDocument json = JsonDocument.Parse(Written(JsonSummary.Write, SampleRun.Mixed));
        string[] results = [.. json.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("result").GetString()!)];
        Assert.Equal(results.Count(r => r == "pass"), json.RootElement.GetProperty("passed").GetInt32());
        Assert.Equal(results.Count(r => r == "fail"), json.RootElement.GetProperty("failed").GetInt32());
        Assert.Equal(results.Count(r => r == "skip"), json.RootElement.GetProperty("skipped").GetInt32());
    }

    [Fact]
    public void HostileTextStaysText()
    {
        RunResult hostile = HostileRun.Make();
        string markdown = MarkdownSummary.Format(hostile);
        Assert.DoesNotContain("<script", markdown, StringComparison.OrdinalIgnoreCase);
        using JsonDocument json = JsonDocument.Parse(Written(JsonSummary.Write, hostile));
        Assert.Equal(HostileRun.Text, json.RootElement.GetProperty("rows")[0].GetProperty("name").GetString());
    }

    internal static string Written(Action<RunResult, Stream> write, RunResult run)
    {
        using MemoryStream stream = new();
        write(run, stream);
        Assert.True(stream.CanWrite, "the stream stays the caller's");
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
