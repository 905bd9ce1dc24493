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
        DropletImage image = DropletImage.Build();
        using (DockerEngine engine = await EngineAsync())
        {
            await image.EnsureImportedAsync(engine, CancellationToken.None);
            string id = await engine.CreateAsync(
                new ContainerRequest(LabNames.Droplet(runId, 0), image.Name, runId, ["/bin/busybox", "sleep", "600"]), CancellationToken.None);
            await engine.StartAsync(id, CancellationToken.None);
        }
        SweepReport before = await LeftoverSweep.RunAsync(CancellationToken.None);
        // A run nobody entered, with a process in its container: left alone.
        Assert.DoesNotContain(LabNames.Droplet(runId, 0), before.Containers);
        Directory.CreateDirectory(RunRegistry.DefaultFolder);
        await File.WriteAllTextAsync(Path.Combine(RunRegistry.DefaultFolder, runId), "2 1\n");

        SweepReport report = await LeftoverSweep.RunAsync(CancellationToken.None);

        Assert.Contains(LabNames.Droplet(runId, 0), report.Containers);
        Assert.Empty(report.Troubles);
        Assert.Empty(await ContainersOfAsync(runId));
        Assert.Empty(LiveLab.TracesOf(runId));
    }

    [DockerFact]
    public async Task EngineSaysWhyItRefuses()
    {
        using DockerEngine engine = await EngineAsync();

        HarnessException refused = await Assert.ThrowsAsync<HarnessException>(() => engine.CreateAsync(
            new ContainerRequest(LabNames.Droplet("00000000", 0), "no-such-image:1", "00000000", ["/bin/true"]), CancellationToken.None));
        Assert.Contains("no-such-image", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<DockerEngine> EngineAsync() =>
        await DockerEngine.FindAsync(CancellationToken.None) ?? await DockerDaemon.EnsureRunningAsync(CancellationToken.None);

    private static async Task<IReadOnlyList<ContainerEntry>> ContainersOfAsync(string runId)
    {
        using DockerEngine engine = await EngineAsync();
        return await engine.ListAsync(runId, CancellationToken.None);
    }

    private static IEnumerable<(DropletId, ProgramId, Verdict, Reason, int)> Ways(BackendRun run) =>
        run.Sightings.Where(s => s.Kind == SightingKind.Program).Select(s => (s.Droplet, s.Program, s.Verdict, s.Reason, s.FrameOut.Length));
}
