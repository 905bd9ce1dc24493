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
    [InlineData("a command is missing; there are run,", "")]
    [InlineData("no command is named 'frob'; there are run,", "frob")]
    [InlineData("no command is named 'runn' (did you mean 'run'?)", "runn")]
    [InlineData("try 'mizarlab bench --help'", "bench", "simulatr")]
    [InlineData("try 'mizarlab bench plan --help'", "bench", "plan", "--threads", "x")]
    [InlineData("no switch is named 'foo'", "bench", "data-plane", "--without", "loop_guard,foo")]
    [InlineData("--rounds is a whole number from 1 to 10000, not '0'", "bench", "data-plane", "--rounds", "0")]
    [InlineData("--cases is a whole number from 1 to 1000000000000000, not 'abc'", "fuzz", "--cases", "abc")]
    [InlineData("--minutes is a number from 0.001 to 10000000, not 'NaN'", "fuzz", "--minutes", "NaN")]
    [InlineData("'x' is no dialect; there are mizar, lab, both", "fuzz", "--dialect", "x")]
    [InlineData("--cases is a whole number from 0 to", "conform", "--profile", "x", "--cases=-1")]
    [InlineData("--confidence is a number from 50 to 99.9999, not '100'", "compare", "a", "b", "--confidence", "100")]
    [InlineData("--threads is a whole number from 1 to 1024, not '1e3'", "simulate", "x.yaml", "--threads", "1e3")]
    [InlineData("'moon' is no place for runs; there are local, slurm", "simulate", "x.yaml", "--on", "moon")]
    [InlineData("--udp is a whole number from 1 to 65535, not '70000'", "trace", "x.yaml", "--from", "a", "--to", "b", "--udp", "70000")]
    [InlineData("'x' is no list; there are scenarios, experiments", "list", "x")]
    [InlineData(".: a folder, where a file is wanted", "vectors", ".")]
    [InlineData(".: a folder, where a file is wanted", "trace", ".", "--from", "a", "--to", "b")]
    [InlineData("no *.yaml in this folder", "run", ".")]
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
