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

    /// <summary>From the moment a run is entered, before anything of it is made, to about its end.</summary>
    private const int LatestKillMilliseconds = 1_200;

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
        string folder = Directory.CreateTempSubdirectory("mizarlab-killed-").FullName;
        try
        {
            for (int i = 0; i < kills; i++)
            {
                string runId = await RunAndKillAsync(backend, folder, LatestKillMilliseconds * i / kills);
                Assert.Empty(LiveLab.TracesOf(runId));
                Assert.Empty(await ContainersOfAsync(runId));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Kills the command so long after it has entered its run, sweeps, and answers the run's id.</summary>
    private static async Task<string> RunAndKillAsync(string backend, string folder, int delay)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string scenario = Path.Combine(Repository.Root, "scenarios", "library", "demo.yaml");
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "mizarlab.dll"), "run", scenario, "--on", backend, "--out", folder])
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        string? runId;
        while ((runId = RunOf(process.Id)) is null)
        {
            Assert.False(process.HasExited, process.HasExited ? $"the command ended before its run began: {await output} {await errors}" : "");
            // On this thread, not by a timer: a busy test host lets those wait for longer than a run takes.
            Thread.Sleep(1);
        }
        Thread.Sleep(delay);
        process.Kill();
        await process.WaitForExitAsync();
        await LeftoverSweep.RunAsync(CancellationToken.None);
        // What the command had started held its output, and let go when it was swept.
        await Task.WhenAll(output, errors);
        return runId;
    }

    private static string? RunOf(int process)
    {
        string begin = process.ToString(CultureInfo.InvariantCulture) + " ";
        return !Directory.Exists(RunRegistry.DefaultFolder)
            ? null
            : Directory.EnumerateFiles(RunRegistry.DefaultFolder)
                .Where(f => LabNames.IsRunId(Path.GetFileName(f)) && ReadOrNothing(f).StartsWith(begin, StringComparison.Ordinal))
                .Select(Path.GetFileName)
                .FirstOrDefault();
    }

    /// <summary>Others' entries come and go.</summary>
    private static string ReadOrNothing(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }

    private static async Task<IReadOnlyList<ContainerEntry>> ContainersOfAsync(string runId)
    {
        using DockerEngine? engine = await DockerEngine.FindAsync(CancellationToken.None);
        return engine is null ? [] : await engine.ListAsync(runId, CancellationToken.None);
    }
}
