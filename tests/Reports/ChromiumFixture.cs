using Microsoft.Playwright;

namespace MizarLab.Tests.Reports;

/// <summary>One browser for a class of tests, started when the first of them asks: Debian's own, driven by Playwright's driver from the package.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    public const string Program = "chromium";

    /// <summary>It runs as root in containers, touches no graphics card and talks to nobody.</summary>
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async Task<IBrowser> BrowserAsync()
    {
        playwright ??= await Playwright.CreateAsync();
        return browser ??= await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = ToolFactAttribute.Find(Program), Args = Arguments });
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }
        playwright?.Dispose();
    }
}
