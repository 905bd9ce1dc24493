using System.Diagnostics;
using MizarLab.Harness.Namespaces;
using MizarLab.Tests.Live;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>Ctrl-C and SIGTERM in the midst of a live run: it takes everything down, then ends as shells expect.</summary>
[Collection(LiveCollection.Name)]
public sealed class SignalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [RootFact]
    public Task CtrlC() => InterruptAsync("INT", 130);

    [RootFact]
    public Task Terminated() => InterruptAsync("TERM", 143);

    [RootFact]
    public Task TerminalClosed() => InterruptAsync("HUP", 129);

    private async Task InterruptAsync(string signal, int exitCode)
    {
        string scenario = ScenarioFile.Write(folder, "long.yaml", "ping: { from: a, to: b }, wait: 60s", "reachable: { from: a, to: b }");
        using LiveCommand command = LiveCommand.Start(folder, scenario, "netns");
        string runId = await command.UntilItStandsAsync(id => LabNames.Endpoint(id, 1), milliseconds: 1_000);
        Assert.NotEmpty(await LiveCommand.TracesOfAsync(runId));

        await command.SignalAsync(signal);

        CommandRun run = (await command.EndAsync()).Ends(exitCode);
        Assert.EndsWith("mizarlab: interrupted; everything made is gone\n", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Assert.Empty(await LiveCommand.TracesOfAsync(runId));
        Assert.Null(command.RunId);
    }

    /// <summary>A search cut short is no proof that there is nothing to find, and must not pass for one.</summary>
    [RootFact]
    public async Task AFuzzCutShortDoesNotPass()
    {
        using Process command = CommandRun.Start(["fuzz", "--dialect", "lab", "--cases", "1000000000"]);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await Command.RequireAsync("kill", ["-s", "TERM", command.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], null, CancellationToken.None);
        CommandRun cut = (await CommandRun.EndAsync(command)).Ends(143);
        Assert.Matches(@"interrupted; no difference in the \d+ cases so far", cut.Errors);
        Assert.Contains("interrupted: ", cut.Output, StringComparison.Ordinal);
    }
}
