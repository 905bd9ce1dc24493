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

    /// <summary>How long a run that is to be killed waits at the end of its timeline, in milliseconds.</summary>
    private const int Lasts = 20_000;

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
        // On a busy machine a run of eight seconds may end before it was swept around, and nothing was shown.
        Assert.True(await LivesThroughASweepAsync(8) || await LivesThroughASweepAsync(40) || await LivesThroughASweepAsync(200), "the run ended before it was swept around: nothing was shown");
    }

    /// <returns>False when the run, which waits so many seconds, ended before the sweeps around it did.</returns>
    private async Task<bool> LivesThroughASweepAsync(int seconds)
    {
        string scenario = ScenarioFile.Write(
            folder, $"waits-{seconds}.yaml", $"ping: {{ from: a, to: b }}, wait: {seconds}s, ping: {{ from: b, to: a }}", "reachable: { from: a, to: b }, reachable: { from: b, to: a }");
        using LiveCommand living = LiveCommand.Start(folder, scenario, "netns");
        string runId = await living.UntilItStandsAsync(id => LabNames.Endpoint(id, 1));
        int before = LiveLab.TracesOf(runId).Count;
        // All of it stands when nothing more comes.
        for (int earlier = -1; earlier != before; (earlier, before) = (before, LiveLab.TracesOf(runId).Count))
        {
            await Task.Delay(500);
        }

        SweepReport swept = await LeftoverSweep.RunAsync(CancellationToken.None);
        (await CommandRun.OfAsync("run", ScenarioFile.Good(folder), "--on", "netns", "--out", folder.File($"other-{seconds}"))).Ends(0);
        (await CommandRun.OfAsync("clean")).Ends(0);

        Assert.DoesNotContain(runId, swept.Runs);
        int after = LiveLab.TracesOf(runId).Count;
        bool lived = !living.Process.HasExited;
        Assert.True(!lived || after == before || living.Process.WaitForExit(20_000), $"{before - after} of {before} things of a living run are gone");
        (await living.EndAsync()).Ends(0);
        Assert.Empty(await LiveCommand.TracesOfAsync(runId));
        return lived && after == before;
    }

    /// <param name="on">The live backend.</param>
    /// <param name="longest">
    /// A run is killed at a random moment of its first so many milliseconds, or of half as many again as one took to stand here and now: before it made anything up to the midst of its
    /// timeline. The first is killed as soon as it stands.
    /// </param>
    private async Task KillAsync(string on, int longest)
    {
        int seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } named ? int.Parse(named, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        Random moments = new(seed);
        string scenario = ScenarioFile.Write(folder, "killed.yaml", $"ping: {{ from: a, to: b, count: 3 }}, wait: {Lasts}ms", "reachable: { from: a, to: b }");
        string next = ScenarioFile.Good(folder);
        int unborn = 0, things = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long began = Environment.TickCount64;
            int moment = moments.Next(longest);
            string? runId = await KillOneAsync(scenario, on, round == 0 ? null : moment);
            if (round == 0)
            {
                moment = (int)(Environment.TickCount64 - began);
                longest = Math.Max(longest, moment + Math.Min(moment / 2, Lasts / 2));
            }
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

    /// <param name="moment">So many milliseconds after its start; null: as soon as an endpoint of it is there.</param>
    /// <returns>The killed run's id; null when it had none yet.</returns>
    private async Task<string?> KillOneAsync(string scenario, string on, int? moment)
    {
        using LiveCommand command = LiveCommand.Start(folder, scenario, on);
        await (moment is { } after ? Task.Delay(after) : command.UntilItStandsAsync(id => LabNames.Endpoint(id, 1)));
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
