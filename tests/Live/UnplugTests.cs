using System.Text.Json;
using MizarLab.Harness.Namespaces;
using MizarLab.Tests.Cli;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Live;

/// <summary>One underlay link unplugged by hand while a run waits: the live backend fails, the model passes, and the report says where they part.</summary>
[Collection(LiveCollection.Name)]
public sealed class UnplugTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [RootFact]
    public Task NetnsFailsWhereTheModelPasses() => FailsWhereTheModelPassesAsync("netns");

    [DockerFact]
    public Task DockerFailsWhereTheModelPasses() => FailsWhereTheModelPassesAsync("docker");

    /// <summary>On a busy machine two seconds may be over before the link is unplugged, and then the run passes: the next waits longer.</summary>
    private async Task FailsWhereTheModelPassesAsync(string live)
    {
        CommandRun run = await UnplugAsync(live, 2);
        run = run.ExitCode == 0 ? await UnplugAsync(live, 10) : run;
        run = (run.ExitCode == 0 ? await UnplugAsync(live, 60) : run).Ends(1);
        Assert.Matches(@"│ model +│ pass ", run.Output);
        Assert.Matches($"│ {live} +│ fail ", run.Output);
        Assert.EndsWith("1 passed, 1 failed, 0 skipped\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(
            @"unplugged\.yaml:\d+:\d+: step 'ping-2', a → b arp request frame 1: path differs\n"
            + $@" +model +left \(agent\) → switch \(transit\) → left \(transit\)\n +{live} +left \(agent\)\n",
            run.Output);
    }

    private async Task<CommandRun> UnplugAsync(string live, int seconds)
    {
        string scenario = ScenarioFile.Write(
            folder, "unplugged.yaml", $"wait: {seconds}s, ping: {{ from: a, to: b, timeout: 300ms }}", "reachable: { from: a, to: b }");
        using LiveCommand command = LiveCommand.Start(folder, scenario, $"model,{live}");
        string runId = await command.UntilItStandsAsync(id => LabNames.Endpoint(id, 1));
        // The port is among the last things made, so it may have to be waited for; the bouncer is the scenario's third droplet.
        string[] pull = ["-n", LabNames.Underlay(runId), "link", "set", "dev", LabNames.UnderlayPort(runId, 2), "down"];
        await LiveLab.UntilAsync(
            command.Process.WaitForExitAsync(), async () => await PortIsUpAsync(runId, 2));
        await Command.RequireAsync("ip", pull, null, CancellationToken.None);

        CommandRun run = await command.EndAsync();
        Assert.Empty(await LiveCommand.TracesOfAsync(runId));
        return run;
    }

    private static async Task<bool> PortIsUpAsync(string runId, int droplet)
    {
        Command.Answer answer = await Command.RunAsync(
            "ip", ["-n", LabNames.Underlay(runId), "-j", "link", "show", "dev", LabNames.UnderlayPort(runId, droplet)], null, TimeSpan.FromSeconds(5), CancellationToken.None);
        return answer.ExitCode == 0 && JsonDocument.Parse(answer.Output).RootElement[0].GetProperty("operstate").GetString() == "UP";
    }
}
