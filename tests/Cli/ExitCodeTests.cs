using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>0 all held, 1 something did not, 2 wrong scenario or arguments, 3 the machine lacks what was asked for, 4 nothing ran.</summary>
public sealed class ExitCodeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AllHeld() => (await RunAsync("run", ScenarioFile.Good(folder), "--on", "model")).Ends(0);

    [Fact]
    public async Task SomethingDidNotHold()
    {
        CommandRun run = (await RunAsync("run", ScenarioFile.Bad(folder), ScenarioFile.Good(folder))).Ends(1);
        Assert.EndsWith("1 passed, 1 failed, 0 skipped\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such file", "run", "absent.yaml")]
    [InlineData("unknown option '--nope'", "run", "good.yaml", "--nope")]
    [InlineData("unknown option '--nope'", "validate", "--nope")]
    [InlineData("no backend is named 'foo'", "run", "good.yaml", "--on", "model,foo")]
    [InlineData("names no backend", "run", "good.yaml", "--on", ",")]
    [InlineData("'purple' is not a dialect", "run", "good.yaml", "--dialect", "purple")]
    [InlineData("'x' is no seed", "run", "good.yaml", "--seed", "x")]
    [InlineData("'-1' is no seed", "run", "good.yaml", "--seed=-1")]
    [InlineData("--out names no folder", "run", "good.yaml", "--out", "")]
    [InlineData("Required argument", "run")]
    [InlineData("Required command", "")]
    [InlineData("'frob'", "frob")]
    [InlineData("no scenario", "run", ".")]
    [InlineData("absent.json", "vectors", "absent.json")]
    [InlineData("'netns'", "vectors", "absent.json", "--on", "netns")]
    [InlineData("'5' is no size from 1MiB to 64GiB", "bench", "simulator", "--sample-limit", "5")]
    [InlineData("'65GiB' is no size", "bench", "simulator", "--sample-limit", "65GiB")]
    public async Task WrongArguments(string said, params string[] arguments)
    {
        using TemporaryFolder empty = new();
        CommandRun run = (await CommandRun.OfAsync(empty.Path, [], [.. arguments.Where(a => a.Length > 0 || arguments.Length > 1)])).Ends(2);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Assert.Empty(Directory.GetFileSystemEntries(empty.Path));
    }

    [Fact]
    public async Task BadScenario()
    {
        string file = ScenarioFile.Write(folder, "typo.yaml", "ping: { from: a, to: bb }", "reachable: { from: a, to: b }");
        CommandRun run = (await RunAsync("run", file)).Ends(2);
        Assert.Matches(@"typo\.yaml:\d+:\d+: .*did you mean", run.Errors);
    }

    /// <summary>Named, so that its lack is an error; one line, and nothing ran.</summary>
    [Fact]
    public async Task NamedBackendThatTheMachineLacks()
    {
        string runs = folder.File("runs");
        CommandRun run = (await WithoutProgramsAsync("run", ScenarioFile.Good(folder), "--on", "model,bpf", "--out", runs)).Ends(3);
        Assert.Matches(@"\Amizarlab: backend bpf: [^\n]+\n\z", run.Errors);
        Assert.False(Directory.Exists(runs));

        string vectors = Path.Combine(Repository.Root, "tests", "Conformance", "Vectors", "upstream.json");
        (await WithoutProgramsAsync("vectors", vectors, "--on", "bpf")).Ends(3);
    }

    /// <summary>Only the scenario's own wish, so that its lack is a skip; with nothing else to run, nothing ran.</summary>
    [Fact]
    public async Task NothingRan()
    {
        CommandRun run = (await WithoutProgramsAsync("run", ScenarioFile.Good(folder, on: "bpf"), "--out", folder.File("runs"), "--json")).Ends(4);
        Assert.Equal(1, run.Json.GetProperty("skipped").GetInt32());
        (await WithoutProgramsAsync("run", ScenarioFile.Good(folder, on: "model, bpf"), "--out", folder.File("runs"))).Ends(0);
    }

    [Fact]
    public async Task FolderThatCannotBeWritten() =>
        Assert.Contains("--out", (await RunAsync("run", ScenarioFile.Good(folder), "--out", "/proc/runs")).Ends(3).Errors, StringComparison.Ordinal);

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync(folder.Path, [], arguments);

    private Task<CommandRun> WithoutProgramsAsync(params string[] arguments) => CommandRun.OfAsync(folder.Path, [("MIZARLAB_BPF", folder.Path)], arguments);
}
