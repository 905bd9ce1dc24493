using Microsoft.Playwright;
using MizarLab.Reports;
using MizarLab.Tests.Cli;

namespace MizarLab.Tests.Reports;

/// <summary>The page in a real browser with scripts off, in light and in dark.</summary>
public class BrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private const string Chromium = ChromiumFixture.Program;

    /// <summary>Unfolds everything; empty when the page is no wider than the window, else what ends beyond its right edge.</summary>
    private const string StickingOut = """
        () => {
            document.querySelectorAll('details').forEach(d => d.open = true);
            const width = document.documentElement.clientWidth;
            const boxed = e => e && (getComputedStyle(e).overflowX !== 'visible' || boxed(e.parentElement));
            return document.documentElement.scrollWidth <= width ? '' : [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > width + 1 && !boxed(e.parentElement))
                .map(e => `${e.tagName} ${e.className} in ${e.parentElement.tagName} ${e.parentElement.className}: ${e.textContent.slice(0, 60)}`).slice(0, 12).join('\n');
        }
        """;

    [ToolFact(Chromium)]
    public async Task ShowsVerdictLadderAndMatrixWithoutScripts()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(SampleRun.Mixed, folder.Path);
        await WithPageAsync(folder.File("report.html"), ColorScheme.Light, async page =>
        {
            await VisibleAsync(page, "#verdict", "FAIL");
            await VisibleAsync(page, ".results .mark.pass");
            await VisibleAsync(page, "#skipped", "no Docker engine answers");
            await VisibleAsync(page, "#\\30 1-two-networks-in-one-vpc svg.ladder .run", "agent: REDIRECT ToBouncer");
            await VisibleAsync(page, "#\\30 1-two-networks-in-one-vpc svg.ladder .upper", "TTL 64 · VNI 3");
            await VisibleAsync(page, "#\\30 1-two-networks-in-one-vpc .matrix td.ok");
            await VisibleAsync(page, "#\\30 2-a-divider-that-forgets .matrix td.unreachable");
            await VisibleAsync(page, ".difference tr.changed", "64");
            await VisibleAsync(page, ".latency td.number");

            // Unfolding needs no script either.
            ILocator headers = page.Locator(".headers").First;
            Assert.False(await headers.Locator("mark").First.IsVisibleAsync());
            await headers.Locator("summary").ClickAsync();
            await headers.Locator("mark", new() { HasText = "64 → 63" }).First.WaitForAsync();

            // The verdict is above everything else, and nothing is wider than the window.
            LocatorBoundingBoxResult? verdict = await page.Locator("#verdict").BoundingBoxAsync();
            LocatorBoundingBoxResult? results = await page.Locator("#results").BoundingBoxAsync();
            Assert.True(verdict!.Y < results!.Y);
            LocatorBoundingBoxResult? body = await page.Locator("body").BoundingBoxAsync();
            Assert.InRange(body!.Width, 1, 1280);
        });
    }

    [ToolFact(Chromium)]
    public async Task ALinkInTheTableLeadsToItsScenario()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(SampleRun.Mixed, folder.Path);
        await WithPageAsync(folder.File("report.html"), ColorScheme.Dark, async page =>
        {
            await page.Locator(".results a", new() { HasText = "a divider that forgets" }).ClickAsync();
            LocatorBoundingBoxResult? section = await page.Locator("#\\30 2-a-divider-that-forgets").BoundingBoxAsync();
            Assert.InRange(section!.Y, -1, 100);
        });
    }

    [ToolFact(Chromium)]
    public async Task TheOneFigureInEachThemeIsTheSamePictureInOtherColours()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(SampleRun.Mixed, folder.Path);
        byte[] light = await WithPageAsync(folder.File("report.html"), ColorScheme.Light, page => page.Locator("svg.ladder").First.ScreenshotAsync());
        byte[] dark = await WithPageAsync(folder.File("report.html"), ColorScheme.Dark, page => page.Locator("svg.ladder").First.ScreenshotAsync());
        Assert.NotEqual(light, dark);
    }

    /// <summary>Everything unfolded, on a telephone too: what is wider than the window scrolls in a box of its own.</summary>
    [ToolFact(Chromium)]
    public async Task NothingIsWiderThanTheWindow()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(SampleRun.Mixed, folder.Path);
        (await CommandRun.OfAsync("simulate", "scenarios/experiments/paths.yaml", "--quick", "--out", folder.File("runs"))).Ends(0);
        foreach (string report in (string[])[folder.File("report.html"), Path.Combine(Assert.Single(Directory.GetDirectories(folder.File("runs"))), "report.html")])
        {
            foreach (int width in (int[])[360, 400, 820, 1280])
            {
                string sticking = await WithPageAsync(report, ColorScheme.Light, page => page.EvaluateAsync<string>(StickingOut), scripts: true, width);
                Assert.True(sticking.Length == 0, $"{report} at {width}: {sticking}");
            }
        }
    }

    [ToolFact(Chromium)]
    public async Task HostileNamesDoNothing()
    {
        using TemporaryFolder folder = new();
        await HtmlReport.WriteAsync(HostileRun.Make(), folder.Path);
        // With scripts on, a page that let one through would say so.
        await WithPageAsync(
            folder.File("report.html"),
            ColorScheme.Light,
            async page =>
            {
                Assert.Equal(0, await page.Locator("script, img, iframe, object, embed").CountAsync());
                await VisibleAsync(page, "#provenance", "<script>alert(1)</script>");
                return true;
            },
            scripts: true);
    }

    private Task WithPageAsync(string file, ColorScheme scheme, Func<IPage, Task> look) =>
        WithPageAsync(file, scheme, async page =>
        {
            await look(page);
            return true;
        });

    private async Task<T> WithPageAsync<T>(string file, ColorScheme scheme, Func<IPage, Task<T>> look, bool scripts = false, int width = 1280)
    {
        await using IBrowserContext context = await (await chromium.BrowserAsync()).NewContextAsync(new BrowserNewContextOptions
        {
            JavaScriptEnabled = scripts,
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        List<string> dialogs = [];
        List<string> requests = [];
        page.Dialog += async (_, dialog) =>
        {
            dialogs.Add(dialog.Message);
            await dialog.DismissAsync();
        };
        page.Request += (_, request) => requests.Add(request.Url);
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        T seen = await look(page);
        Assert.Empty(dialogs);
        Assert.Equal([new Uri(file).AbsoluteUri], requests.Select(r => r.Split('#')[0]).Distinct());
        return seen;
    }

    private static async Task VisibleAsync(IPage page, string selector, string? text = null)
    {
        ILocator found = page.Locator(selector, text is null ? null : new PageLocatorOptions { HasText = text });
        Assert.True(await found.CountAsync() > 0, $"nothing is {selector} {text}");
        Assert.True(await found.First.IsVisibleAsync(), $"{selector} {text} is there and not visible");
    }
}
