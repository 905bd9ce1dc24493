using System.Diagnostics;
using System.Globalization;
using MizarLab.Harness.Leftovers;
using MizarLab.Harness.Namespaces;
using MizarLab.Tests.Cli;
using MizarLab.Tests.Reports;
using Xunit.Abstractions;

namespace MizarLab.Tests.Live;

/// <summary>Runs killed by SIGKILL at random moments: the next run leaves nothing of them, and takes nothing from a run that lives.</summary>
[Collection(LiveCollection.Name)]
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>Names the moments of a run of this test, so that it can be run again.</summary>
    private const string SeedVariable = "MIZARLAB_SEED";

    private readonly TemporaryFolder folder = new();

    private static int Rounds => LongRun.Or(5, 50);

    public void Dispose() => folder.Dispose();

    [RootFact]
    public Task KilledRunInNamespacesIsRemovedByTheNext() => KillAsync("netns", longest: 2_500);

    [DockerFact]
    public Task KilledRunInContainersIsRemovedByTheNext() => KillAsync("docker", longest: 6_000);

    [RootFact]
    public async Task LivingRunIsNotTouched()
    {
        string scenario = ScenarioFile.Write(
            folder, "waits.yaml", "ping: { from: a, to: b }, wait: 8s, ping: { from: b, to: a }", "reachable: { from: a, to: b }, reachable: { from: b, to: a }");
        using LiveCommand living = LiveCommand.Start(folder, scenario, "netns");
        string runId = await living.UntilItStandsAsync(id => LabNames.Endpoint(id, 1), milliseconds: 1_000);
        int before = LiveLab.TracesOf(runId).Count;

        SweepReport swept = await LeftoverSweep.RunAsync(CancellationToken.None);
        (await CommandRun.OfAsync("run", ScenarioFile.Good(folder), "--on", "netns", "--out", folder.File("other"))).Ends(0);
        (await CommandRun.OfAsync("clean")).Ends(0);

        Assert.DoesNotContain(runId, swept.Runs);
        Assert.False(living.Process.HasExited, "the run ended before it was swept around: nothing was shown");
        Assert.Equal(before, LiveLab.TracesOf(runId).Count);
        (await living.EndAsync()).Ends(0);
        Assert.Empty(await LiveCommand.TracesOfAsync(runId));
    }

    /// <param name="on">The live backend.</param>
    /// <param name="longest">A run is killed at a random moment of its first so many milliseconds: before it made anything up to the midst of its timeline.</param>
    private async Task KillAsync(string on, int longest)
    {
        int seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } named ? int.Parse(named, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        Random moments = new(seed);
        string scenario = ScenarioFile.Write(folder, "killed.yaml", "ping: { from: a, to: b, count: 3 }, wait: 20s", "reachable: { from: a, to: b }");
        string next = ScenarioFile.Good(folder);
        int unborn = 0, things = 0;
        for (int round = 0; round < Rounds; round++)
        {
            int moment = moments.Next(longest);
            string? runId = await KillOneAsync(scenario, on, moment);
            if (runId is null)
            {
                unborn++;
                continue;
            }
            things += (await LiveCommand.TracesOfAsync(runId)).Count;

            // Any next run will do, on whatever backend.
            (await CommandRun.OfAsync("run", next, "--on", round % 2 == 0 ? "model" : on, "--out", folder.File("next"))).Ends(0);

            IReadOnlyList<string> left = await LiveCommand.TracesOfAsync(runId);
            Assert.True(left.Count == 0, $"round {round}, killed after {moment} ms: left {string.Join(", ", left)}");
            Assert.Empty(ProcessesOf(runId));
        }
        output.WriteLine($"{Rounds} runs on {on} killed, {unborn} before they had an id; {things} namespaces, links, entries and containers removed, none left");
        Assert.True(things > 0, "no run was killed while something of it stood: nothing was shown");
    }

    /// <returns>The killed run's id; null when it had none yet.</returns>
    private async Task<string?> KillOneAsync(string scenario, string on, int moment)
    {
        using LiveCommand command = LiveCommand.Start(folder, scenario, on);
        await Task.Delay(moment);
        Assert.False(command.Process.HasExited, "the run ended before it was killed");
        await command.SignalAsync("KILL");
        await command.Process.WaitForExitAsync();
        return command.RunId;
    }

    /// <summary>Processes that were started for a run: its id stands in their command line.</summary>
    private static List<string> ProcessesOf(string runId)
    {
        List<string> found = [];
        foreach (Process process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    string line = File.ReadAllText($"/proc/{process.Id}/cmdline").Replace('\0', ' ');
                    if (line.Contains(runId, StringComparison.Ordinal))
                    {
                        found.Add(line);
                    }
                }
                catch (IOException)
                {
                    // It ended while we looked.
                }
            }
        }
        return found;
    }
}
