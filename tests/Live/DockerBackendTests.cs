using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Docker;
using MizarLab.Harness.Leftovers;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;
using Xunit.Abstractions;
using static MizarLab.Tests.Live.LiveTopology;

namespace MizarLab.Tests.Live;

/// <summary>A test that needs root and a Docker Engine, running or installed; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DockerFactAttribute : FactAttribute
{
    public DockerFactAttribute()
    {
        Availability docker = Environment.IsPrivilegedProcess ? new DockerBackend().Probe() : Availability.No("needs root");
        if (!docker.Available)
        {
            Skip = docker.Reason;
        }
    }
}

/// <summary>A test that starts a daemon itself.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DockerDaemonFactAttribute : FactAttribute
{
    public DockerDaemonFactAttribute()
    {
        Availability daemon = DropletImage.Probe() is { Available: false } image ? image : DockerDaemon.Probe();
        if (!daemon.Available)
        {
            Skip = daemon.Reason;
        }
    }
}

[Collection(LiveCollection.Name)]
public sealed class DockerBackendTests(ITestOutputHelper output)
{
    private static readonly DockerBackend Backend = new();

    [DockerFact]
    public async Task ContainersDoAsNamespacesDo()
    {
        string runId = LiveLab.NewRunId();
        Step[] steps = [Ping("p", A, AddressC, 2), Tcp("t", H, AddressB, 3, 2), Udp("u", C, AddressA, 2, reply: true)];
        long began = Environment.TickCount64;
        BackendRun docker = await LiveLab.RunAsync(Backend, Plan(steps), runId);
        output.WriteLine($"docker {Environment.TickCount64 - began} ms");
        BackendRun netns = await LiveLab.RunAsync(new NetnsBackend(), Plan(steps));

        Assert.Equal(0, docker.Missed);
        Assert.All(docker.Outcomes, o => Assert.Null(o.Trouble));
        Assert.Equal(netns.Outcomes.Select(o => (o.Arrived, o.BytesArrived)), docker.Outcomes.Select(o => (o.Arrived, o.BytesArrived)));
        Assert.Equal(Ways(netns), Ways(docker));
        Assert.Equal(netns.Tables.SelectMany(t => t.Rows), docker.Tables.SelectMany(t => t.Rows));
        Assert.Empty(LiveLab.TracesOf(runId));
        Assert.Empty(await ContainersOfAsync(runId));
    }

    /// <summary>While containers are made, and in the midst of the timeline.</summary>
    [DockerFact]
    public async Task CancelledRunLeavesNothing()
    {
        foreach (int delay in (int[])[100, 3_000])
        {
            string runId = LiveLab.NewRunId();
            using CancellationTokenSource stop = new(delay);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LiveLab.RunAsync(Backend, Plan(Wait("w", 60_000)), runId, stop.Token));
            Assert.Empty(LiveLab.TracesOf(runId));
            Assert.Empty(await ContainersOfAsync(runId));
        }
    }

    [DockerFact]
    public async Task ContainersOfADeadRunAreRemoved()
    {
        string runId = LiveLab.NewRunId();
        using (RunRegistry.Enter(runId))
        {
            await StartContainerAsync(runId);
            SweepReport before = await LeftoverSweep.RunAsync(CancellationToken.None);
            Assert.DoesNotContain(LabNames.Droplet(runId, 0), before.Containers);
        }
        await File.WriteAllTextAsync(Path.Combine(RunRegistry.DefaultFolder, runId), "2 1\n");

        SweepReport report = await LeftoverSweep.RunAsync(CancellationToken.None);

        Assert.Contains(LabNames.Droplet(runId, 0), report.Containers);
        Assert.Empty(report.Troubles);
        Assert.Empty(await ContainersOfAsync(runId));
        Assert.Empty(LiveLab.TracesOf(runId));
    }

    /// <summary>A killed run's last request, done by the engine after the run was swept.</summary>
    [DockerFact]
    public async Task ContainerThatCameLateIsRemoved()
    {
        string runId = LiveLab.NewRunId();
        await StartContainerAsync(runId);

        SweepReport report = await LeftoverSweep.RunAsync(CancellationToken.None);

        Assert.Contains(LabNames.Droplet(runId, 0), report.Containers);
        Assert.Empty(await ContainersOfAsync(runId));
    }

    [DockerFact]
    public async Task EngineSaysWhyItRefuses()
    {
        using DockerEngine engine = await EngineAsync();

        HarnessException refused = await Assert.ThrowsAsync<HarnessException>(() => engine.CreateAsync(
            new ContainerRequest(LabNames.Droplet("00000000", 0), "no-such-image:1", "00000000", ["/bin/true"]), CancellationToken.None));
        Assert.Contains("no-such-image", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A daemon of the test's own: started once however often asked for, and gone with its folders when stopped.</summary>
    [DockerDaemonFact]
    public async Task DaemonComesAndGoes()
    {
        string folder = Directory.CreateTempSubdirectory("mizarlab-daemon-").FullName;
        DockerDaemon daemon = new(Path.Combine(folder, "run"), Path.Combine(folder, "data"), "mizarlab-test");
        try
        {
            Assert.False(await daemon.StopAsync(CancellationToken.None));
            DockerEngine[] engines = await Task.WhenAll(daemon.EnsureRunningAsync(CancellationToken.None), daemon.EnsureRunningAsync(CancellationToken.None));
            Assert.All(engines, e => Assert.Equal(daemon.SocketPath, e.Socket));
            Assert.Matches(@"^\d+\.\d+", await engines[0].VersionAsync(CancellationToken.None));
            DropletImage image = DropletImage.Build();
            await image.EnsureImportedAsync(engines[0], CancellationToken.None);
            Assert.True(await engines[1].HasImageAsync(image.Name, CancellationToken.None));
            string id = await engines[0].CreateAsync(new ContainerRequest("ml-00000000-d0", image.Name, "00000000", ["/bin/busybox", "sleep", "60"]), CancellationToken.None);
            int process = await engines[0].StartAsync(id, CancellationToken.None);
            Array.ForEach(engines, e => e.Dispose());

            Assert.True(await daemon.StopAsync(CancellationToken.None));

            Assert.Null(await DockerEngine.TryConnectAsync(daemon.SocketPath, CancellationToken.None));
            Assert.False(Directory.Exists($"/proc/{process}"));
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            await daemon.StopAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A daemon that was killed leaves its data folder mounted onto itself; the next one finds it so, and leaves it so.</summary>
    [DockerDaemonFact]
    public async Task KilledDaemonsMountGoesWithTheNext()
    {
        string folder = Directory.CreateTempSubdirectory("mizarlab-daemon-").FullName;
        DockerDaemon daemon = new(Path.Combine(folder, "run"), Path.Combine(folder, "data"), "mizarlab-test");
        try
        {
            (await daemon.EnsureRunningAsync(CancellationToken.None)).Dispose();
            int process = int.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "run", "docker.pid")), System.Globalization.CultureInfo.InvariantCulture);
            using (Process killed = Process.GetProcessById(process))
            {
                killed.Kill();
                await LiveLab.UntilAsync(Task.Delay(120_000), () => Task.FromResult(ProcessTable.StartTime(process) is null));
            }
            Assert.Contains(folder, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
            (await daemon.EnsureRunningAsync(CancellationToken.None)).Dispose();

            Assert.True(await daemon.StopAsync(CancellationToken.None));

            Assert.DoesNotContain(folder, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            await daemon.StopAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task StartContainerAsync(string runId)
    {
        DropletImage image = DropletImage.Build();
        using DockerEngine engine = await EngineAsync();
        await image.EnsureImportedAsync(engine, CancellationToken.None);
        string id = await engine.CreateAsync(
            new ContainerRequest(LabNames.Droplet(runId, 0), image.Name, runId, ["/bin/busybox", "sleep", "600"]), CancellationToken.None);
        await engine.StartAsync(id, CancellationToken.None);
    }

    private static async Task<DockerEngine> EngineAsync() =>
        await DockerEngine.FindAsync(CancellationToken.None) ?? await DockerDaemon.Lab.EnsureRunningAsync(CancellationToken.None);

    private static async Task<IReadOnlyList<ContainerEntry>> ContainersOfAsync(string runId)
    {
        using DockerEngine engine = await EngineAsync();
        return await engine.ListAsync(runId, CancellationToken.None);
    }

    private static IEnumerable<(DropletId, ProgramId, Verdict, Reason, int)> Ways(BackendRun run) =>
        run.Sightings.Where(s => s.Kind == SightingKind.Program).Select(s => (s.Droplet, s.Program, s.Verdict, s.Reason, s.FrameOut.Length));
}
