using System.Diagnostics;
using System.Text.Json;
using MizarLab.Tests.Cli;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Experiments;

/// <summary><c>simulate</c> as a user starts it: what it leaves, how it ends, and how it goes on after Ctrl-C.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ToolFact("gnuplot")]
    public async Task A_run_leaves_a_report_with_its_figure_and_one_JSON_object()
    {
        CommandRun run = (await CommandRun.OfAsync("simulate", Path.Combine(ExperimentLibrary.Folder, "paths.yaml"), "--quick", "--out", folder.Path, "--json")).Ends(0);
        Assert.Equal((3, 0), (run.Json.GetProperty("passed").GetInt32(), run.Json.GetProperty("failed").GetInt32()));
        string left = Assert.Single(Directory.GetDirectories(folder.Path));
        string page = File.ReadAllText(Path.Combine(left, "report.html"));
        Assert.Contains("How many of the paths between two networks are used?", page, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No figure", page, StringComparison.Ordinal);
        Assert.Contains("quick: the smaller form", page, StringComparison.Ordinal);
        Assert.Contains(run.Json.GetProperty("experiments")[0].GetProperty("fingerprint").GetString()!, page, StringComparison.Ordinal);
        foreach (string file in (string[])["results.db", "results.csv", "summary.json", "manifest.json", "experiment.yaml", "figures/figure.svg", "figures/figure.gp", "figures/figure.tsv"])
        {
            Assert.True(new FileInfo(Path.Combine(left, file)).Length > 0, file);
        }
    }

    [Fact]
    public async Task A_claim_that_does_not_hold_ends_with_1_and_a_wrong_file_with_2()
    {
        string file = folder.File("e.yaml");
        File.WriteAllText(file, "experiment: q?\nstudy:\n  paths: { pairs: 100 }\nclaims:\n  - exact: { measure: distinct_paths, is: 3 }\n");
        CommandRun broken = (await CommandRun.OfAsync("simulate", file, "--out", folder.File("runs"))).Ends(1);
        Assert.Contains("FAILS", broken.Output, StringComparison.Ordinal);
        Assert.EndsWith("0 passed, 1 failed, 0 skipped\n", broken.Output, StringComparison.Ordinal);
        File.WriteAllText(file, "experiment: q?\nstudy:\n  paths: { pairs: 0 }\n");
        CommandRun wrong = (await CommandRun.OfAsync("simulate", file, "--out", folder.File("none"))).Ends(2);
        Assert.Contains("e.yaml:3:19: expected a number of pairs", wrong.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("none")));
    }

    [Fact]
    public async Task Ctrl_C_keeps_what_is_done_and_says_how_to_go_on()
    {
        string file = folder.File("e.yaml");
        File.WriteAllText(file, "experiment: q?\nstudy:\n  paths: { pairs: 2_000_000 }\nrepeat: 60\n");
        string runs = folder.File("runs");
        using Process command = CommandRun.Start(["simulate", file, "--threads", "2", "--out", runs], folder.Path);
        Stopwatch clock = Stopwatch.StartNew();
        while (!(Directory.Exists(runs) && Directory.GetDirectories(runs) is [var one] && File.Exists(Path.Combine(one, "results.csv")) && File.ReadAllText(Path.Combine(one, "results.csv")).Count(c => c == '\n') > 2))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(4), "no run ended");
            await Task.Delay(50);
        }
        using (Process kill = Process.Start("kill", ["-INT", $"{command.Id}"]))
        {
            await kill.WaitForExitAsync();
        }
        CommandRun cut = (await CommandRun.EndAsync(command)).Ends(130);
        string left = Assert.Single(Directory.GetDirectories(runs));
        Assert.Contains($"simulate --resume runs/{Path.GetFileName(left)}", cut.Errors, StringComparison.Ordinal);
        JsonElement ended = (await CommandRun.OfAsync("simulate", "--resume", left, "--json")).Ends(0).Json.GetProperty("experiments")[0];
        JsonElement whole = (await CommandRun.OfAsync("simulate", file, "--out", folder.File("whole"), "--json")).Ends(0).Json.GetProperty("experiments")[0];
        Assert.Equal(whole.GetProperty("fingerprint").GetString(), ended.GetProperty("fingerprint").GetString());
        Assert.Equal(60, ended.GetProperty("runs").GetInt32());
    }
}
