using System.Diagnostics;
using System.Globalization;
using MizarLab.Harness.Docker;
using MizarLab.Harness.Namespaces;
using MizarLab.Tests.Live;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>The command at work on a live backend: found by its run's id while it works, sent signals, and looked for afterwards.</summary>
internal sealed class LiveCommand : IDisposable
{
    private readonly string runs;

    private LiveCommand(Process process, string runs) => (Process, this.runs) = (process, runs);

    public Process Process { get; }

    /// <summary>Null until it has made its folder.</summary>
    public string? RunId => Directory.Exists(runs) ? Directory.GetDirectories(runs).Select(p => Path.GetFileName(p)).SingleOrDefault() : null;

    /// <summary>Runs a scenario on one live backend; its folder of runs holds this run alone.</summary>
    public static LiveCommand Start(TemporaryFolder folder, string scenario, string on, params string[] more)
    {
        string runs = folder.File($"runs-{Directory.GetFileSystemEntries(folder.Path).Length}");
        return new LiveCommand(CommandRun.Start(["run", scenario, "--on", on, "--out", runs, .. more], folder.Path), runs);
    }

    /// <summary>Waits until a namespace of its run is there, and a while longer.</summary>
    public async Task<string> UntilItStandsAsync(Func<string, string> namespaceOf, int milliseconds = 0)
    {
        Task ended = Process.WaitForExitAsync();
        await LiveLab.UntilAsync(ended, () => Task.FromResult(RunId is { } id && File.Exists(Path.Combine(NetworkNamespace.Folder, namespaceOf(id)))));
        await Task.Delay(milliseconds);
        return RunId!;
    }

    /// <summary>By name: INT, TERM, KILL.</summary>
    public Task SignalAsync(string signal) =>
        Command.RequireAsync("kill", ["-s", signal, Process.Id.ToString(CultureInfo.InvariantCulture)], null, CancellationToken.None);

    public Task<CommandRun> EndAsync() => CommandRun.EndAsync(Process);

    /// <summary>Everything of a run that is still there: namespaces, links, pins, the registry's entry, containers.</summary>
    public static async Task<IReadOnlyList<string>> TracesOfAsync(string runId)
    {
        List<string> found = [.. LiveLab.TracesOf(runId)];
        foreach (DockerEngine engine in await DockerEngine.FindAllAsync(CancellationToken.None))
        {
            using (engine)
            {
                found.AddRange((await engine.ListAsync(runId, CancellationToken.None)).Select(c => c.Name));
            }
        }
        return found;
    }

    /// <summary>A test that failed half-way must not leave it running.</summary>
    public void Dispose()
    {
        try
        {
            Process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended, and was disposed of.
        }
        Process.Dispose();
    }
}
