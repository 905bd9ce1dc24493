using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

public sealed partial class MeasuresReportTests
{
    [Fact]
    public async Task Backends_that_measured_the_same_are_shown_once()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(MeteredSample.Made, folder.Path);
        string html = WebUtility.HtmlDecode(await File.ReadAllTextAsync(folder.File("report.html")));
        HtmlStructure.Check(await File.ReadAllTextAsync(folder.File("report.html")));
        Assert.Single(Regex.Matches(html, "\"col\">load on model, bpf<"));
        Assert.Single(Regex.Matches(html, "\"col\">load on netns<"));
        Assert.Single(Regex.Matches(html, "\"col\">queues on model, bpf<"));
        Assert.DoesNotContain("queues on netns", html, StringComparison.Ordinal);
        Assert.Contains("switch-1 → switch", html, StringComparison.Ordinal);

        // What model lost on a link bpf lost too, and netns cannot know; what a program dropped all three say.
        string losses = html[html.IndexOf("Losses by place", StringComparison.Ordinal)..html.IndexOf(">Caches<", StringComparison.Ordinal)];
        Assert.Matches("queue full</td>\\s*<td class=\"number\">3</td><td class=\"number\">3</td><td class=\"number\">–</td>", losses);
        Assert.Matches("empty list</td>\\s*<td class=\"number\">1</td><td class=\"number\">1</td><td class=\"number\">1</td>", losses);
        Assert.Contains("75\u202f%", html, StringComparison.Ordinal);
        Assert.Contains("queue lengths: the kernel's own", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_have_their_data_beside_them()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(MeteredSample.Made, folder.Path);
        string[] load = await File.ReadAllLinesAsync(folder.File("figures/01-two-networks-in-one-vpc-load.tsv"));
        Assert.Equal("panel\tcurve\tmilliseconds\tvalue", load[0]);
        // 2 000 bytes in 10 us are 1 600 Mb/s; the last interval is of 5 us, and its step ends with the run.
        Assert.Contains("0\t0\t0.01\t1600", load);
        Assert.Contains("0\t0\t0.03\t800", load);
        Assert.Contains("0\t0\t0.035\t800", load);
        Assert.Contains("0\t0\t0.01\t12", await File.ReadAllLinesAsync(folder.File("figures/01-two-networks-in-one-vpc-queues.tsv")));
        if (File.Exists("/usr/bin/gnuplot"))
        {
            Assert.Contains("Load of bouncers and dividers over time", await File.ReadAllTextAsync(folder.File("report.html")), StringComparison.Ordinal);
            Assert.True(File.Exists(folder.File("figures/01-two-networks-in-one-vpc-queues.svg")));
        }
    }

    [Fact]
    public async Task Hostile_names_stay_names()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(MeteredSample.Make("<blink>' . system(\"id\") .'\n\\x"), folder.Path);
        string html = await File.ReadAllTextAsync(folder.File("report.html"));
        HtmlStructure.Check(html);
        Assert.DoesNotContain("<blink>", html, StringComparison.Ordinal);
        string script = await File.ReadAllTextAsync(folder.File("figures/01-two-networks-in-one-vpc-load.gp"));
        Assert.All(script.Split('\n'), line => Assert.True(line.Count(c => c == '\'') % 2 == 0, line));
        Assert.DoesNotMatch(Missing(), html);
    }

    [Fact]
    public void Json_has_sums_and_peaks()
    {
        using JsonDocument json = JsonDocument.Parse(TextReportTests.Written(JsonSummary.Write, MeteredSample.Made));
        JsonElement[] measures = [.. json.RootElement.GetProperty("measures").EnumerateArray()];
        Assert.Equal(["model", "bpf", "netns"], measures.Select(m => m.GetProperty("backend").GetString()));
        JsonElement bouncer = measures[0].GetProperty("roles")[0];
        Assert.Equal(("bouncer", 30, 2_000), (bouncer.GetProperty("role").GetString(), bouncer.GetProperty("frames").GetInt32(), bouncer.GetProperty("most_bytes_in_an_interval").GetInt32()));
        Assert.Equal(12, measures[0].GetProperty("queues")[0].GetProperty("longest").GetInt32());
        Assert.False(measures[2].TryGetProperty("queues", out _));
        Assert.Equal(JsonValueKind.Null, measures[1].GetProperty("caches")[0].GetProperty("misses").ValueKind);
        Assert.Equal("queue_full", measures[0].GetProperty("losses")[0].GetProperty("cause").GetString());
    }

    [GeneratedRegex("No figure: (?!gnuplot could not be started)")]
    private static partial Regex Missing();
}
