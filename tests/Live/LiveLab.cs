using System.Security.Cryptography;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Docker;
using MizarLab.Harness.Namespaces;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Tests.Live;

/// <summary>Tests of the live backends change one kernel and share two processors: one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveCollection : ICollectionFixture<LabDaemon>
{
    public const string Name = "live";
}

/// <summary>The lab's Docker daemon, which tests may start: it is ended again when none ran before, unless others run beside the tests that may be using it.</summary>
public sealed class LabDaemon : IAsyncLifetime
{
    /// <summary>The launcher sets it when it runs the scenario library beside the tests.</summary>
    private const string StaysVariable = "MIZARLAB_DAEMON_STAYS";

    private bool stays;

    public async Task InitializeAsync()
    {
        using DockerEngine? engine = await DockerEngine.TryConnectAsync(DockerDaemon.Lab.SocketPath, CancellationToken.None);
        stays = engine is not null || Environment.GetEnvironmentVariable(StaysVariable) == "1";
    }

    public Task DisposeAsync() => stays || !Environment.IsPrivilegedProcess ? Task.CompletedTask : DockerDaemon.Lab.StopAsync(CancellationToken.None);
}

/// <summary>Runs plans on a live backend and looks at what is left.</summary>
internal static class LiveLab
{
    public static string NewRunId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    public static async Task<BackendRun> RunAsync(IBackend backend, Plan plan, string? runId = null, CancellationToken cancel = default)
    {
        string folder = Directory.CreateTempSubdirectory("mizarlab-test-").FullName;
        try
        {
            return await backend.RunAsync(plan, new RunContext(runId ?? NewRunId(), folder, plan.Scenario.Settings, 1), cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Waits until something holds while a run goes on; two minutes are no measure of anything, they only end what hangs.</summary>
    public static async Task UntilAsync(Task running, Func<Task<bool>> holds)
    {
        for (long end = Environment.TickCount64 + 120_000; !await holds();)
        {
            Assert.False(running.IsCompleted, "the run ended before what was waited for");
            Assert.True(Environment.TickCount64 < end, "what was waited for did not come");
            await Task.Delay(5);
        }
    }

    /// <summary>Everything in the kernel's and the lab's folders that bears this run's id.</summary>
    public static IReadOnlyList<string> TracesOf(string runId)
    {
        List<string> found = [];
        foreach (string folder in (ReadOnlySpan<string>)[NetworkNamespace.Folder, RunRegistry.DefaultFolder, "/sys/class/net", "/sys/fs/bpf"])
        {
            if (Directory.Exists(folder))
            {
                found.AddRange(Directory.EnumerateFileSystemEntries(folder).Where(p => p.Contains(runId, StringComparison.Ordinal)));
            }
        }
        return found;
    }

    public static int Count(this BackendRun run, SightingKind kind, EndpointId endpoint) =>
        run.Sightings.Count(s => s.Kind == kind && s.Endpoint == endpoint);

    public static IEnumerable<string> Rows(this BackendRun run, DropletId droplet, ITable table) =>
        run.Tables.Single(t => t.Droplet == droplet && t.Table == table.Name).Rows;
}
