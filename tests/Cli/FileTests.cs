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

    [Fact]
    public async Task HugeFileIsRefusedUnread()
    {
        using (FileStream huge = File.Create(folder.File("huge.yaml")))
        {
            huge.SetLength(1L << 40);
        }
        Assert.Contains("larger than 16 MiB", (await CommandRun.OfAsync("run", folder.File("huge.yaml"))).Ends(2).Errors, StringComparison.Ordinal);
    }

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
