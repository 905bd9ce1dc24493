using System.Text.RegularExpressions;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

public partial class HtmlReportTests
{
    [Fact]
    public async Task IsOneWellFormedPageThatNeedsNothingElse()
    {
        string html = await RenderAsync(SampleRun.Mixed);
        HtmlStructure.Check(html);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(LoadsSomething(), html);
    }

    [Fact]
    public async Task VerdictComesFirst()
    {
        string html = await RenderAsync(SampleRun.Mixed);
        int verdict = html.IndexOf("id=\"verdict\">FAIL<", StringComparison.Ordinal);
        Assert.InRange(verdict, 0, html.IndexOf("id=\"results\"", StringComparison.Ordinal));
        Assert.Contains("id=\"verdict\">PASS<", await RenderAsync(SampleRun.AllPassed), StringComparison.Ordinal);
        Assert.Contains("id=\"verdict\">NOTHING RAN<", await RenderAsync(SampleRun.NothingRan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostileTextStaysText()
    {
        string html = await RenderAsync(HostileRun.Make());
        HtmlStructure.Check(html);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(ControlCharacter(), html);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostileNamesMakePlainFileNames()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(HostileRun.Make(), folder.Path);
        await CaptureReport.WriteAsync(HostileRun.Make(), folder.Path);
        foreach (string file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
        {
            Assert.Matches("^[a-z0-9./-]+$", Path.GetRelativePath(folder.Path, file));
        }
    }

    [Fact]
    public async Task ADifferenceShowsLineFieldsHexAndCapture()
    {
        string html = System.Net.WebUtility.HtmlDecode(await RenderAsync(SampleRun.Mixed));
        string difference = html[html.IndexOf("<article class=\"difference\"", StringComparison.Ordinal)..html.IndexOf("</article>", StringComparison.Ordinal)];
        int line = difference.IndexOf("scenarios/library/demo.yaml:12:5", StringComparison.Ordinal);
        int changed = difference.IndexOf("<tr class=\"changed\"><th scope=\"row\">ttl</th><td>64</td><td>63</td></tr>", StringComparison.Ordinal);
        int hex = difference.IndexOf("<mark>3f</mark>", StringComparison.Ordinal);
        int capture = difference.IndexOf("captures/02-a-divider-that-forgets-bpf.pcapng", StringComparison.Ordinal);
        Assert.True(line >= 0 && line < changed && changed < hex && hex < capture, $"{line} {changed} {hex} {capture}");
        // TTL and VNI, and nothing else, are marked.
        Assert.Equal(2, Regex.Count(difference, "<tr class=\"changed\">"));
    }

    [Fact]
    public async Task WithoutGnuplotTheNumbersStayAndThePageSaysWhy()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(SampleRun.AllPassed, folder.Path, new ReportOptions { Gnuplot = new Gnuplot("gnuplot-that-is-not-there") });
        string html = System.Net.WebUtility.HtmlDecode(File.ReadAllText(folder.File("report.html")));
        Assert.Contains("No figure: gnuplot could not be started", html, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\">42.38us</td>", html, StringComparison.Ordinal);
        Assert.Contains("ping round trip\tmodel\tlater\t42.38\t100", File.ReadAllText(folder.File("figures/01-two-networks-in-one-vpc-latency.tsv")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALargeRunIsCountedAndListedNotDrawn()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(SampleRun.AllPassed, folder.Path, new ReportOptions { LaddersPerScenario = 1, PathsPerScenario = 2 });
        string html = System.Net.WebUtility.HtmlDecode(File.ReadAllText(folder.File("report.html")));
        Assert.Equal(1, Regex.Count(html, "<svg class=\"ladder\""));
        Assert.Contains("1 way is drawn, one of each shape first, 2 listed, 1 more are not", html, StringComparison.Ordinal);
    }

    /// <summary>Of a whole library nobody reads every way: what passed is shown shorter, what failed is not.</summary>
    [Fact]
    public async Task OfManyScenariosThoseThatPassedAreShorter()
    {
        ScenarioResult passed = SampleRun.Mixed.Scenarios[0], failed = SampleRun.Mixed.Scenarios[1];
        ReportOptions options = new() { ScenariosInFull = 2, LaddersOfManyScenarios = 1 };
        Assert.Equal((await Ladders([passed]), await Ladders([failed])), (await Ladders([passed, passed]) / 2, await Ladders([failed, failed]) / 2));
        Assert.True(await Ladders([passed]) > 1 && await Ladders([failed]) > 1);
        Assert.Equal(2 + await Ladders([failed]), await Ladders([passed, failed, passed]));

        async Task<int> Ladders(ScenarioResult[] scenarios)
        {
            using TemporaryFolder folder = new();
            await HtmlReport.WriteAsync(SampleRun.Mixed with { Scenarios = [.. scenarios] }, folder.Path, options);
            return Regex.Count(File.ReadAllText(folder.File("report.html")), "<svg class=\"ladder\"");
        }
    }

    /// <summary>Headers are told where they come or change; what only goes on is named.</summary>
    [Fact]
    public async Task HeadersThatAHopLeavesAloneAreNamedAfterTheFirstHop()
    {
        string html = System.Net.WebUtility.HtmlDecode(await RenderAsync(SampleRun.AllPassed));
        string[] hops = [.. Regex.Matches(html, "<ol class=\"hops\">.*?</ol>", RegexOptions.Singleline).Select(m => m.Value)];
        Assert.NotEmpty(hops);
        Assert.All(hops, journey =>
        {
            string[] runs = journey.Split("<li>")[1..];
            Assert.DoesNotContain("as before", runs[0], StringComparison.Ordinal);
            Assert.All(runs[1..], run => Assert.Matches("<p class=\"layer same\"><b>[^<]*eth[^<]*</b> <span>as before</span>", run));
        });
        Assert.Contains("<span>taken off</span>", string.Concat(hops), StringComparison.Ordinal);
    }

    /// <summary>The page is UTF-8: only what HTML needs is spelt out.</summary>
    [Fact]
    public async Task LettersAreLetters()
    {
        string html = await RenderAsync(SampleRun.AllPassed);
        Assert.Contains("→", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("&#x(?!22;|27;|A;|D;|9;|60;|FFFD;)", html);
    }

    [Fact]
    public async Task TheSameRunGivesTheSamePage() => Assert.Equal(await RenderAsync(SampleRun.Mixed), await RenderAsync(SampleRun.Mixed));

    private static async Task<string> RenderAsync(RunResult run)
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(run, folder.Path);
        return File.ReadAllText(folder.File("report.html"));
    }

    [GeneratedRegex("""(src|srcset|background|data|action)\s*=|url\((?!#)|@import|\son\w+\s*=""", RegexOptions.IgnoreCase)]
    private static partial Regex LoadsSomething();

    [GeneratedRegex("""[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|&#x?0*[0-8bcef];|&#x1[0-9a-f];""", RegexOptions.IgnoreCase)]
    private static partial Regex ControlCharacter();
}
