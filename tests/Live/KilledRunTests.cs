using System.Diagnostics;
using System.Globalization;
using MizarLab.Harness.Docker;
using MizarLab.Harness.Leftovers;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Tests.Live;

/// <summary>The command itself, killed so that it can clean up nothing: what it leaves is gone after a sweep, which the next run begins with.</summary>
[Collection(LiveCollection.Name)]
public sealed class KilledRunTests
{
    private const int Kills = 5, KillsWhenLong = 50;

    /// <summary>From before a run has made anything to after it has ended by itself.</summary>
    private const int LatestKillMilliseconds = 3_000;

    [RootFact]
    public Task OnNetns() => KillAtManyMomentsAsync("netns");

    [DockerFact]
    public async Task OnDocker()
    {
        using (DockerEngine engine = await DockerEngine.FindAsync(CancellationToken.None) ?? await DockerDaemon.Lab.EnsureRunningAsync(CancellationToken.None))
        {
            await DropletImage.Build().EnsureImportedAsync(engine, CancellationToken.None);
        }
        await KillAtManyMomentsAsync("docker");
    }

    private static async Task KillAtManyMomentsAsync(string backend)
    {
        int kills = Environment.GetEnvironmentVariable("MIZARLAB_LONG") == "1" ? KillsWhenLong : Kills;
        int foundInTheMidst = 0;
        string folder = Directory.CreateTempSubdirectory("mizarlab-killed-").FullName;
        try
        {
            for (int i = 0; i < kills; i++)
            {
                IReadOnlyList<string> runs = await RunAndKillAsync(backend, folder, 400 + ((LatestKillMilliseconds - 400) * i / kills));
                await LeftoverSweep.RunAsync(CancellationToken.None);
                foundInTheMidst += runs.Count;
                foreach (string runId in runs)
                {
                    Assert.Empty(LiveLab.TracesOf(runId));
                    Assert.Empty(await ContainersOfAsync(runId));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Assert.True(foundInTheMidst > 0, "no run was killed in its midst");
    }

    /// <returns>The runs that were entered by the process when it was killed.</returns>
    private static async Task<IReadOnlyList<string>> RunAndKillAsync(string backend, string folder, int delay)
    {
        string cli = Path.Combine(AppContext.BaseDirectory, "mizarlab.dll");
        string scenario = Path.Combine(Repository.Root, "scenarios", "library", "demo.yaml");
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[cli, "run", scenario, "--on", backend, "--out", folder, "--json"])
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await Task.Delay(delay);
        string id = process.Id.ToString(CultureInfo.InvariantCulture);
        process.Kill();
        await process.WaitForExitAsync();
        string[] entered = Directory.Exists(RunRegistry.DefaultFolder)
            ? [.. Directory.EnumerateFiles(RunRegistry.DefaultFolder)
                .Where(f => LabNames.IsRunId(Path.GetFileName(f)) && File.ReadAllText(f).StartsWith(id + " ", StringComparison.Ordinal))
                .Select(f => Path.GetFileName(f))]
            : [];
        // What it had started may still hold its output; killed by the sweep, it lets go.
        await LeftoverSweep.RunAsync(CancellationToken.None);
        await Task.WhenAll(output, errors);
        return entered;
    }

    private static async Task<IReadOnlyList<ContainerEntry>> ContainersOfAsync(string runId)
    {
        using DockerEngine? engine = await DockerEngine.FindAsync(CancellationToken.None);
        return engine is null ? [] : await engine.ListAsync(runId, CancellationToken.None);
    }
}
