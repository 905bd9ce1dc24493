using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>Files and places that are not as they should be: told in one line each.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A broken file does not hide the next one's mistakes.</summary>
    [Fact]
    public async Task ValidateTellsOfEveryFile()
    {
        File.WriteAllBytes(folder.File("1-bytes.yaml"), [(byte)'n', 0xFF, 0xFE]);
        File.WriteAllText(folder.File("2-empty.yaml"), "");
        File.CreateSymbolicLink(folder.File("3-dangling.yaml"), folder.File("absent"));
        ScenarioFile.Write(folder, "4-typo.yaml", "pong: { from: a, to: b }", "no_unexpected_drops");
        ScenarioFile.Good(folder, "5-good.yaml");

        CommandRun run = (await CommandRun.OfAsync("validate", folder.Path)).Ends(2);
        string[] errors = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Collection(
            errors,
            e => Assert.Contains("1-bytes.yaml:1:2: ", e, StringComparison.Ordinal),
            e => Assert.Matches(@"2-empty\.yaml:1:1: ", e),
            e => Assert.Contains("3-dangling.yaml: ", e, StringComparison.Ordinal),
            e => Assert.Matches(@"4-typo\.yaml:\d+:\d+: .*'pong'.*did you mean.*'ping'", e));
        Assert.Equal($"{folder.File("5-good.yaml")}: valid\n", run.Output);
    }

    /// <summary>A name is shown, and turns no terminal's colours, title or lines.</summary>
    [Theory]
    [InlineData("\e[31m\a.yaml", "\\x1b[31m\\x07.yaml")]
    [InlineData("ok\r1 passed.yaml", "ok\\x0d1 passed.yaml")]
    [InlineData("\u202Eyaml.x.yaml", "\\u202eyaml.x.yaml")]
    public async Task ANameIsReadByPeopleAndNotByTheirTerminal(string name, string shown)
    {
        foreach (string command in new[] { "run", "simulate", "validate", "vectors" })
        {
            Assert.Contains(shown, (await CommandRun.OfAsync(command, folder.File(name))).Ends(2).Errors, StringComparison.Ordinal);
        }
        File.WriteAllText(folder.File(name), "typo: 1");
        string told = (await CommandRun.OfAsync("validate", folder.Path)).Ends(2).Errors;
        Assert.Contains($"{shown}:1:1: ", told, StringComparison.Ordinal);
        Assert.DoesNotContain(told, c => c != '\n' && char.IsControl(c));
    }

    [Fact]
    public async Task HugeFileIsRefusedUnread()
    {
        using (FileStream huge = File.Create(folder.File("huge.yaml")))
        {
            huge.SetLength(1L << 40);
        }
        Assert.Contains("larger than 1 MiB", (await CommandRun.OfAsync("run", folder.File("huge.yaml"))).Ends(2).Errors, StringComparison.Ordinal);
    }

    /// <summary>Before minutes of work, not after them.</summary>
    [Theory]
    [InlineData("bench", "plan")]
    [InlineData("bench", "simulator")]
    public async Task AFolderThatIsAFileIsToldBeforeABenchBegins(params string[] command)
    {
        File.WriteAllText(folder.File("taken"), "mine");
        Assert.Equal($"mizarlab: {folder.File("taken")}: a file, where a folder is wanted\n", (await CommandRun.OfAsync([.. command, "--out", folder.File("taken")])).Ends(2).Errors);
        Assert.Equal("mine", File.ReadAllText(folder.File("taken")));
    }

    [Theory]
    [InlineData("run", "scenarios/library/demo.yaml", "--on", "model")]
    [InlineData("simulate", "scenarios/experiments/paths.yaml", "--quick")]
    public async Task AFolderOfRunsThatIsAFileIsTold(params string[] command)
    {
        File.WriteAllText(folder.File("taken"), "mine");
        Assert.Contains($"{folder.File("taken")} is a file, not a folder (name another with --out)", (await CommandRun.OfAsync([.. command, "--out", folder.File("taken")])).Ends(3).Errors, StringComparison.Ordinal);
    }

    /// <summary>A terminal that cannot write over a line gets none that should be.</summary>
    [Theory]
    [InlineData("xterm", true)]
    [InlineData("dumb", false)]
    public async Task ADumbTerminalGetsNoEscapes(string terminal, bool rewritten)
    {
        string good = ScenarioFile.Good(folder, "good.yaml");
        string seen = await MizarLab.Harness.Namespaces.Command.RequireAsync(
            "script", ["-qec", $"stty cols 80; env TERM={terminal} NO_COLOR=1 dotnet {CommandRun.Program} run {good} --on model --out {folder.File("runs")}", "/dev/null"], "", CancellationToken.None);
        Assert.Equal(rewritten, seen.Contains("\e[K", StringComparison.Ordinal));
        Assert.Contains("1 passed, 0 failed, 0 skipped", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[3", seen, StringComparison.Ordinal);
    }

    /// <summary>A device says that it is empty and never ends.</summary>
    [Theory]
    [InlineData("validate", "/dev/zero")]
    [InlineData("vectors", "/dev/zero")]
    [InlineData("run", "scenarios/library/demo.yaml", "--profile", "/dev/zero")]
    [InlineData("run", "scenarios/library/demo.yaml", "--calibration", "/dev/zero")]
    public async Task WhatNeverEndsIsRefused(params string[] arguments) =>
        Assert.Matches(@"zero: (larger|more) than \d+ MiB", (await CommandRun.OfAsync(arguments)).Ends(2).Errors);

    /// <summary>Told apart by what is in them, whatever the folder.</summary>
    [Fact]
    public async Task ScenariosAndExperimentsAreTakenForWhatTheyAre()
    {
        const string scenario = "scenarios/library/demo.yaml", experiment = "scenarios/experiments/paths.yaml";
        Assert.Equal($"{scenario}: valid\n{experiment}: valid\n", (await CommandRun.OfAsync("validate", scenario, experiment)).Ends(0).Output);
        Assert.Equal($"{experiment}:{FirstLine(experiment)}:1: an experiment is no scenario (mizarlab simulate runs it)\n", (await CommandRun.OfAsync("run", experiment)).Ends(2).Errors);
        Assert.Equal($"{scenario}:{FirstLine(scenario)}:1: a scenario is no experiment (mizarlab run runs it)\n", (await CommandRun.OfAsync("simulate", scenario)).Ends(2).Errors);

        string wrong = folder.File("x.yaml");
        File.WriteAllText(wrong, File.ReadAllText(Path.Combine(Repository.Root, experiment)).Replace("claims:", "clams:", StringComparison.Ordinal));
        Assert.Contains("(did you mean 'claims'?)", (await CommandRun.OfAsync("validate", wrong)).Ends(2).Errors, StringComparison.Ordinal);
    }

    /// <summary>Where the results go is tried before the minutes in which they are made.</summary>
    [RootFact]
    public async Task JUnitFileThatCannotBeWritten() =>
        Assert.Matches(@"\Amizarlab: /proc/x\.xml: [^\n]+\n\z", (await CommandRun.OfAsync("conform", "--profile", "profiles/mizarlab.profile.yaml", "--junit", "/proc/x.xml")).Ends(2).Errors);

    private static int FirstLine(string file) =>
        1 + File.ReadLines(Path.Combine(Repository.Root, file)).TakeWhile(line => line.StartsWith('#')).Count();

    /// <summary>A file that is there and gives nothing, to root neither.</summary>
    [Fact]
    public async Task UnreadableFileIsToldInOneLine() =>
        Assert.Matches(@"\Amizarlab: /proc/self/mem: [^\n]+\n\z", (await CommandRun.OfAsync("run", "/proc/self/mem")).Ends(2).Errors);

    /// <summary>Copied out of its checkout, the command runs a user's scenario on the model and says what it misses.</summary>
    [Fact]
    public async Task CommandOutsideACheckout()
    {
        string copy = folder.File("a copy");
        Directory.CreateDirectory(copy);
        // Its own folder as published; the tests' also holds a browser driver.
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory).Where(f => Path.GetExtension(f) is ".dll" or ".json"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "runtimes"), "libe_sqlite3.so", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(AppContext.BaseDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        Task<CommandRun> RunAsync(params string[] arguments) =>
            CommandRun.EndAsync(CommandRun.Start(arguments, folder.Path, program: Path.Combine(copy, "mizarlab.dll")));

        Assert.Contains("1 passed, 0 failed, 1 skipped", (await RunAsync("run", ScenarioFile.Good(folder, on: "model, bpf"))).Ends(0).Output, StringComparison.Ordinal);
        Assert.Contains("outside", (await RunAsync("demo")).Ends(3).Errors, StringComparison.Ordinal);
        Assert.Contains("outside", (await RunAsync("list", "scenarios")).Ends(3).Errors, StringComparison.Ordinal);
        Assert.Contains("model", (await RunAsync("list")).Ends(0).Output, StringComparison.Ordinal);
    }
}
