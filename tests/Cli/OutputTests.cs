using System.Diagnostics;
using System.Text.Json;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>What stands on standard output, what on standard error, and what is kept.</summary>
public sealed class OutputTests : IDisposable
{
    private static readonly string[] Results = ["pass", "fail", "skip"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Parsing the whole of it as one value is what holds that nothing else is there.</summary>
    [Fact]
    public async Task JudgingCommandsPrintOneObject()
    {
        string good = ScenarioFile.Good(folder), bad = ScenarioFile.Bad(folder);
        string vectors = Path.Combine(Repository.Root, "tests", "Conformance", "Vectors", "upstream.json");
        (string[] Arguments, int ExitCode)[] commands =
        [
            (["run", good, bad, "--json"], 1),
            (["run", good, "--json", "--on", "model"], 0),
            (["validate", good, ScenarioFile.Write(folder, "typo.yaml", "ping: { from: a, to: bb }", "no_unexpected_drops"), "--json"], 2),
            (["vectors", vectors, "--on", "model", "--json"], 0),
        ];
        foreach ((string[] arguments, int exitCode) in commands)
        {
            JsonElement root = (await CommandRun.OfAsync(folder.Path, [], arguments)).Ends(exitCode).Json;
            string[] all = ["passed", "failed", "skipped", "rows", .. arguments[0] == "run" ? ["measures"] : Array.Empty<string>()];
            Assert.Equal(all, root.EnumerateObject().Select(p => p.Name));
            string[] results = [.. root.GetProperty("rows").EnumerateArray().Select(Row)];
            Assert.Equal(results.Count(r => r == "pass"), root.GetProperty("passed").GetInt32());
            Assert.Equal(results.Count(r => r == "fail"), root.GetProperty("failed").GetInt32());
            Assert.Equal(results.Count(r => r == "skip"), root.GetProperty("skipped").GetInt32());
            Assert.NotEmpty(results);
        }
    }

    [Fact]
    public async Task ListAndDoctorPrintOneObject()
    {
        JsonElement lists = (await CommandRun.OfAsync("list", "--json")).Ends(0).Json;
        Assert.Equal(["backends", "dialects", "experiments", "scenarios"], lists.EnumerateObject().Select(p => p.Name));
        Assert.Contains("model", lists.GetProperty("backends").EnumerateArray().Select(b => b.GetProperty("name").GetString()));
        Assert.Contains("scenarios/experiments/paths.yaml", lists.GetProperty("experiments").EnumerateArray().Select(b => b.GetProperty("name").GetString()));
        Assert.Contains("scenarios/library/demo.yaml", lists.GetProperty("scenarios").EnumerateArray().Select(b => b.GetProperty("name").GetString()));

        CommandRun doctor = await CommandRun.OfAsync("doctor", "--json");
        bool whole = doctor.Json.GetProperty("backends").EnumerateArray().All(b => b.GetProperty("available").GetBoolean());
        doctor.Ends(whole ? 0 : 3);
    }

    [Fact]
    public async Task SchemaIsTheOneInTheRepository() =>
        Assert.Equal(
            File.ReadAllText(Path.Combine(Repository.Root, "scenarios", "scenario.schema.json")), (await CommandRun.OfAsync("schema")).Ends(0).Output);

    /// <summary>Progress is on standard error; piped, neither has an escape.</summary>
    [Fact]
    public async Task PipedOutputIsPlain()
    {
        CommandRun run = (await CommandRun.OfAsync(folder.Path, [("TERM", "xterm-256color")], "run", ScenarioFile.Bad(folder))).Ends(1);
        Assert.DoesNotContain('\e', run.Output + run.Errors);
        Assert.Contains("on model: ran in", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("ran in", run.Output, StringComparison.Ordinal);
    }

    /// <summary>As <c>mizarlab list | head -1</c>: its reader is gone before it writes.</summary>
    [Fact]
    public async Task ReaderThatLeavesIsNoError()
    {
        foreach (string[] arguments in (string[][])[["list"], ["schema"], ["list", "--json"], ["run", ScenarioFile.Good(folder)]])
        {
            using Process process = CommandRun.Start(arguments, folder.Path);
            process.StandardOutput.Close();
            string errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.DoesNotContain("Exception", errors, StringComparison.Ordinal);
            Assert.DoesNotContain("defect", errors, StringComparison.Ordinal);
            Assert.Equal(0, process.ExitCode);
        }
    }

    /// <summary>Files of one name, scenarios of one name, from two folders: both run and both are kept.</summary>
    [Fact]
    public async Task FilesOfOneNameDoNotCollide()
    {
        string first = ScenarioFile.Good(folder, "one/same.yaml");
        string second = ScenarioFile.Write(folder, "two/same.yaml", "ping: { from: b, to: a }", "reachable: { from: b, to: a }");
        string runs = folder.File("runs");
        CommandRun run = (await CommandRun.OfAsync("run", folder.File("one"), folder.File("two"), "--out", runs, "--json")).Ends(0);
        Assert.Equal(2, run.Json.GetProperty("passed").GetInt32());

        string kept = Path.Combine(Assert.Single(Directory.GetDirectories(runs)), "scenarios");
        Assert.Equal(File.ReadAllText(first), File.ReadAllText(Path.Combine(kept, "same.yaml")));
        Assert.Equal(File.ReadAllText(second), File.ReadAllText(Path.Combine(kept, "same-2.yaml")));
        Assert.Equal(2, Directory.GetFiles(kept).Length);
    }

    [Fact]
    public async Task SameScenarioAndSeedGiveTheSameRows()
    {
        string[] arguments = ["run", Path.Combine(Repository.Root, "scenarios", "library", "demo.yaml"), "--on", "model", "--json", "--out", folder.File("runs")];
        Assert.Equal((await CommandRun.OfAsync(arguments)).Ends(0).Output, (await CommandRun.OfAsync(arguments)).Ends(0).Output);
    }

    private static string Row(JsonElement row)
    {
        Assert.Equal(["name", "backend", "result", "reason"], row.EnumerateObject().Select(p => p.Name));
        Assert.NotEqual("", row.GetProperty("name").GetString());
        string result = row.GetProperty("result").GetString()!;
        Assert.Contains(result, Results);
        return result;
    }
}
