using System.Diagnostics;
using MizarLab.Harness.Leftovers;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Tests.Live;

[Collection(LiveCollection.Name)]
public sealed class LeftoverTests : IAsyncLifetime
{
    private readonly List<string> made = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (string name in made)
        {
            await Command.RunAsync("ip", ["netns", "del", name], null, TimeSpan.FromSeconds(5), CancellationToken.None);
        }
    }

    /// <summary>As a killed run leaves them: an entry whose process is gone, namespaces with a link between, and a process in one of them.</summary>
    [RootFact]
    public async Task DeadRunIsRemovedWhole()
    {
        string runId = LiveLab.NewRunId();
        await EnterAsync(runId, "2 1");
        await MakeAsync(LabNames.Droplet(runId, 0), LabNames.Endpoint(runId, 0));
        await new IpBatch()
            .Add("link", "add", "name", "p1", "netns", LabNames.Droplet(runId, 0), "type", "veth", "peer", "name", "eth0", "netns", LabNames.Endpoint(runId, 0))
            .RunAsync(null, CancellationToken.None);
        using Process inside = await SleepAsync(LabNames.Endpoint(runId, 0));

        SweepReport report = await LeftoverSweep.RunAsync(CancellationToken.None);

        Assert.Contains(runId, report.Runs);
        Assert.Contains(LabNames.Droplet(runId, 0), report.Namespaces);
        Assert.Contains(LabNames.Endpoint(runId, 0), report.Namespaces);
        Assert.True(inside.WaitForExit(5_000), "a process of the dead run lives on");
        Assert.Empty(LiveLab.TracesOf(runId));
    }

    /// <summary>A process id is used again; only with the start time does it say that the run lives.</summary>
    [RootFact]
    public async Task RunWhoseProcessIdWentToAnotherIsDead()
    {
        string runId = LiveLab.NewRunId();
        await EnterAsync(runId, $"{Environment.ProcessId} 1");
        await MakeAsync(LabNames.Droplet(runId, 0));

        SweepReport report = await LeftoverSweep.RunAsync(CancellationToken.None);

        Assert.Contains(runId, report.Runs);
        Assert.Empty(LiveLab.TracesOf(runId));
    }

    [RootFact]
    public async Task LivingRunIsLeftAlone()
    {
        string runId = LiveLab.NewRunId();
        using IDisposable entry = RunRegistry.Enter(runId);
        await MakeAsync(LabNames.Droplet(runId, 0));

        SweepReport report = await LeftoverSweep.RunAsync(CancellationToken.None);

        Assert.DoesNotContain(runId, report.Runs);
        Assert.Equal(2, LiveLab.TracesOf(runId).Count);
        Assert.Throws<Harness.Backends.HarnessException>(() => RunRegistry.Enter(runId));
    }

    /// <summary>A run is entered before anything of it is made; a sweep that had looked before then must not take it for nobody's.</summary>
    [RootFact]
    public async Task RunThatBeginsDuringASweepIsLeftAlone()
    {
        const int runs = 60;
        using CancellationTokenSource end = new();
        Task<int> sweeping = Task.Run(async () =>
        {
            int sweeps = 0;
            for (; !end.IsCancellationRequested; sweeps++)
            {
                await LeftoverSweep.RunAsync(CancellationToken.None);
            }
            return sweeps;
        });
        for (int i = 0; i < runs; i++)
        {
            string runId = LiveLab.NewRunId(), name = LabNames.Droplet(runId, 0);
            using IDisposable entry = RunRegistry.Enter(runId);
            await MakeAsync(name);
            await Task.Delay(10);
            Assert.True(File.Exists(Path.Combine(NetworkNamespace.Folder, name)), $"run {i} of {runs} lost its namespace to a sweep");
            await Command.RequireAsync("ip", ["netns", "del", name], null, CancellationToken.None);
        }
        await end.CancelAsync();
        Assert.True(await sweeping > 1, "no sweep went on meanwhile");
    }

    /// <summary>Of a run nobody entered: gone when nobody lives in it, left alone when somebody does.</summary>
    [RootFact]
    public async Task UnknownRunIsRemovedOnlyWhenEmpty()
    {
        string runId = LiveLab.NewRunId();
        string empty = LabNames.Droplet(runId, 0), inhabited = LabNames.Droplet(runId, 1);
        await MakeAsync(empty, inhabited);
        using Process inside = await SleepAsync(inhabited);
        try
        {
            SweepReport report = await LeftoverSweep.RunAsync(CancellationToken.None);

            Assert.Contains(empty, report.Namespaces);
            Assert.DoesNotContain(inhabited, report.Namespaces);
            Assert.False(inside.HasExited);
            Assert.True(File.Exists(Path.Combine(NetworkNamespace.Folder, inhabited)));
        }
        finally
        {
            inside.Kill();
            await inside.WaitForExitAsync();
        }
    }

    [RootFact]
    public async Task OthersNamespacesAreLeftAlone()
    {
        string[] others = ["ml-test-d0", "mizarlab-other", "ml-0123456789-d0", "ml-ABCDEF01-d0"];
        await MakeAsync(others);

        SweepReport report = await LeftoverSweep.RunAsync(CancellationToken.None);

        Assert.Empty(report.Namespaces.Intersect(others));
        Assert.All(others, name => Assert.True(File.Exists(Path.Combine(NetworkNamespace.Folder, name))));
    }

    private static async Task EnterAsync(string runId, string processAndStart)
    {
        Directory.CreateDirectory(RunRegistry.DefaultFolder);
        await File.WriteAllTextAsync(Path.Combine(RunRegistry.DefaultFolder, runId), processAndStart + "\n");
    }

    private static string? ReadNamespace(int process) => File.ResolveLinkTarget($"/proc/{process}/ns/net", returnFinalTarget: false)?.Name;

    /// <summary>A process that lives in a namespace, once it is there.</summary>
    private static async Task<Process> SleepAsync(string inside)
    {
        ProcessStartInfo start = new("nsenter");
        foreach (string argument in (string[])[$"--net={Path.Combine(NetworkNamespace.Folder, inside)}", "--", "sleep", "60"])
        {
            start.ArgumentList.Add(argument);
        }
        Process process = Process.Start(start)!;
        await LiveLab.UntilAsync(process.WaitForExitAsync(), () => Task.FromResult(ReadNamespace(process.Id) != ReadNamespace(Environment.ProcessId)));
        return process;
    }

    private async Task MakeAsync(params string[] names)
    {
        made.AddRange(names);
        IpBatch batch = new();
        foreach (string name in names)
        {
            batch.Add("netns", "add", name);
        }
        await batch.RunAsync(null, CancellationToken.None);
    }
}
