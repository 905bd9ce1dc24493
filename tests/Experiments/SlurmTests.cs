using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Experiments;
using MizarLab.Harness.Experiments.Slurm;
using MizarLab.Studies;
using MizarLab.Tests.Cli;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Experiments;

/// <summary>
/// Experiments on a real Slurm. Tasks are killed, the node fails, results are torn and come twice, the command itself dies: nothing is lost, nothing counted twice, and the fingerprint is
/// that of a run on this machine.
/// </summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SlurmTests : IDisposable
{
    /// <summary>Runs of about half a second, so that there is time to do harm.</summary>
    private const string Text = """
        experiment: q?
        study:
          paths: { pairs: 2_000_000 }
        sweep: { dialect: [mizar, lab], study.bouncers: [2, 3] }
        repeat: 8
        claims:
          - exact: { measure: distinct_paths, is: "lcm(bouncers, dividers, far_bouncers)", where: { dialect: mizar } }
        """;

    private static readonly ExperimentFacts Facts = new("e.yaml", "aa", false, "bb");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SlurmFact]
    public async Task Whatever_fails_the_end_is_that_of_a_local_run()
    {
        (string file, string whole) = await RunLocallyAsync();
        using SlurmCluster cluster = new(folder.File("cluster"));
        string runs = folder.File("runs");
        string[] arguments = ["simulate", file, "--on", "slurm", "--partition", "lab", "--out", runs, "--json"];

        // The command dies while its tasks run.
        Process first = CommandRun.Start(arguments, folder.Path, [cluster.Environment]);
        cluster.Until(() => Running(cluster).Length > 0);
        first.Kill();
        await first.WaitForExitAsync();
        string run = Assert.Single(Directory.GetDirectories(runs));

        // Resumed, it takes in what is there, and follows the tasks that go on.
        Process second = CommandRun.Start(["simulate", "--resume", run, "--on", "slurm", "--partition", "lab", "--json"], folder.Path, [cluster.Environment]);
        cluster.Until(() => Running(cluster).Length > 0);

        // A task is killed, and the node fails with all it runs; it comes back.
        cluster.Try("scancel", "--signal=KILL", "--full", Running(cluster)[0]);
        cluster.Until(() => Running(cluster).Length > 0);
        Assert.NotNull(cluster.Try("scontrol", "update", $"nodename={cluster.Node}", "state=down", "reason=test"));
        cluster.Until(() => Running(cluster).Length == 0);

        // Refused when the node has come back by itself (ReturnToService): what counts is that it is back.
        cluster.Until(() => cluster.Try("scontrol", "update", $"nodename={cluster.Node}", "state=resume") is not null
            || (cluster.Try("sinfo", "-h", "-o", "%T") ?? "").Trim() is "idle" or "mixed" or "allocated");

        // A result torn on its way, under the name of a task that has not ended yet.
        File.WriteAllText(Path.Combine(run, "slurm", "result-1-99"), "mizarlab-results 1 torn");

        CommandRun end = (await CommandRun.EndAsync(second)).Ends(0);
        JsonElement experiment = end.Json.GetProperty("experiments")[0];
        Assert.Equal(whole, experiment.GetProperty("fingerprint").GetString());
        Assert.Equal(32, experiment.GetProperty("runs").GetInt32());
        Assert.Equal(33, File.ReadAllLines(Path.Combine(run, ExperimentCsv.Name)).Length);
        Assert.True(File.Exists(Path.Combine(run, "slurm", "result-1-99.torn")));
        Assert.True(Directory.GetFiles(Path.Combine(run, "slurm"), "array-*").Length > 1, "nothing was submitted again");
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
    }

    [SlurmFact]
    public async Task A_duplicate_counts_once_and_one_with_another_content_not_at_all()
    {
        (string file, string whole) = await RunLocallyAsync();
        using SlurmCluster cluster = new(folder.File("cluster"));
        string runs = folder.File("runs");
        Process command = CommandRun.Start(["simulate", file, "--on", "slurm", "--partition", "lab", "--out", runs, "--json"], folder.Path, [cluster.Environment]);
        string? result = null;
        cluster.Until(() => (result = Results(runs).FirstOrDefault()) is not null);

        // The same once more, under the name of another array's task; and once with other numbers, whole and summed up.
        string slurm = Path.GetDirectoryName(result!)!, text = File.ReadAllText(result!), name = Path.GetFileName(result!);
        string[] header = text.Split('\n')[0].Split(' ');
        ExperimentFacts facts = new("e.yaml", header[2], false, header[3]);
        ImmutableArray<TimedOutcome> said = TaskResult.Read(text, facts, text.Split('\n')[1].Split(' ').Length - 5)!.Value;
        RunOutcome first = said[0].Outcome;
        RunOutcome other = new(first.Point, first.Replication, first.Seed, [.. first.Values.Select(v => v + 1)], first.Fingerprint + 1);
        string copy = $"{name[..name.LastIndexOf('-')]}-98", forged = $"{name[..name.LastIndexOf('-')]}-99";
        Put(slurm, copy, text);
        Put(slurm, forged, TaskResult.Text(facts, [new TimedOutcome(other, said[0].Elapsed), .. said.Skip(1)]));

        CommandRun end = (await CommandRun.EndAsync(command)).Ends(0);
        JsonElement experiment = end.Json.GetProperty("experiments")[0];
        Assert.Equal(whole, experiment.GetProperty("fingerprint").GetString());
        Assert.Equal(32, experiment.GetProperty("runs").GetInt32());
        string run = Assert.Single(Directory.GetDirectories(runs));
        Assert.Equal(33, File.ReadAllLines(Path.Combine(run, ExperimentCsv.Name)).Length);
        Assert.True(File.Exists(Path.Combine(slurm, $"{forged}.differs")));
        Assert.Contains(forged, end.Errors, StringComparison.Ordinal);
        Assert.Contains($"run {first.Point}.{first.Replication}", end.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(copy, end.Errors, StringComparison.Ordinal);
    }

    [SlurmFact]
    public async Task What_was_counted_wrongly_stops_the_run()
    {
        string file = folder.File("e.yaml");
        File.WriteAllText(file, Text);
        using SlurmCluster cluster = new(folder.File("cluster"));
        string runs = folder.File("runs");
        Process command = CommandRun.Start(["simulate", file, "--on", "slurm", "--partition", "lab", "--out", runs, "--json"], folder.Path, [cluster.Environment]);
        cluster.Until(() => Running(cluster).Length > 0);
        command.Kill();
        await command.WaitForExitAsync();
        string run = Assert.Single(Directory.GetDirectories(runs));
        cluster.Until(() => Results(runs).Length > 0);

        // A wrong result comes first, by name, and the true one after it.
        string result = Results(runs)[0], text = File.ReadAllText(result), name = Path.GetFileName(result);
        string[] header = text.Split('\n')[0].Split(' ');
        ExperimentFacts facts = new("e.yaml", header[2], false, header[3]);
        ImmutableArray<TimedOutcome> said = TaskResult.Read(text, facts, text.Split('\n')[1].Split(' ').Length - 5)!.Value;
        RunOutcome first = said[0].Outcome;
        RunOutcome other = new(first.Point, first.Replication, first.Seed, first.Values, first.Fingerprint + 1);
        File.Move(result, Path.Combine(Path.GetDirectoryName(result)!, $"{name}9"));
        Put(Path.GetDirectoryName(result)!, name, TaskResult.Text(facts, [new TimedOutcome(other, said[0].Elapsed), .. said.Skip(1)]));

        CommandRun end = await CommandRun.EndAsync(CommandRun.Start(["simulate", "--resume", run, "--on", "slurm", "--partition", "lab"], folder.Path, [cluster.Environment]));
        Assert.NotEqual(0, end.ExitCode);
        Assert.Contains($"run {first.Point}.{first.Replication} has been counted with another result", end.Errors, StringComparison.Ordinal);
        cluster.Until(() => Running(cluster).Length == 0);
    }

    [SlurmFact]
    public async Task Precision_over_several_rounds_is_that_of_a_local_run()
    {
        string file = folder.File("e.yaml");
        File.WriteAllText(file, """
            experiment: q?
            study:
              evenness: { bouncers: 4, set: zipf, pairs: 2_000, packets: 200_000 }
            sweep: { dialect: [mizar, lab], study.bouncers: [4, 8] }
            precision: { of: jain, within: 1.5%, least: 4, most: 64 }
            """);
        JsonElement local = (await CommandRun.OfAsync("simulate", file, "--out", folder.File("local"), "--json")).Ends(0).Json.GetProperty("experiments")[0];
        int runs = local.GetProperty("runs").GetInt32();
        Assert.True(runs > 2 * 4 * 4, $"{runs} runs are no third round of any point");
        using SlurmCluster cluster = new(folder.File("cluster"));
        CommandRun end = (await CommandRun.EndAsync(CommandRun.Start(
            ["simulate", file, "--on", "slurm", "--partition", "lab", "--out", folder.File("runs"), "--json"], folder.Path, [cluster.Environment]))).Ends(0);
        JsonElement experiment = end.Json.GetProperty("experiments")[0];
        Assert.Equal(local.GetProperty("fingerprint").GetString(), experiment.GetProperty("fingerprint").GetString());
        Assert.Equal(runs, experiment.GetProperty("runs").GetInt32());
        string run = Assert.Single(Directory.GetDirectories(folder.File("runs")));
        Assert.True(Directory.GetFiles(Path.Combine(run, "slurm"), "array-*").Length > 1, "one round");
    }

    [Fact]
    public async Task Without_Slurm_it_is_said_before_anything_runs()
    {
        string file = folder.File("e.yaml");
        File.WriteAllText(file, Text.Replace("2_000_000", "100", StringComparison.Ordinal));
        CommandRun run = await CommandRun.OfAsync(folder.Path, [("PATH", Path.GetDirectoryName(ToolFactAttribute.Find("dotnet")!)! + ":" + EnvFolder())], "simulate", file, "--on", "slurm", "--out", folder.File("runs"));
        run.Ends(3);
        Assert.StartsWith("mizarlab: --on slurm: no cluster answers here: 'sinfo", run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("runs")));
    }

    [Fact]
    public void A_result_is_whole_or_told_from_one()
    {
        ImmutableArray<TimedOutcome> runs =
        [
            new(new RunOutcome(0, 0, ulong.MaxValue, [1.5, double.NaN, -0.0], UInt128.MaxValue), TimeSpan.FromMilliseconds(3)),
            new(new RunOutcome(7, 1, 3, [double.MaxValue, double.PositiveInfinity, 0.1], 1), TimeSpan.Zero),
        ];
        string text = TaskResult.Text(Facts, runs);
        ImmutableArray<TimedOutcome> read = TaskResult.Read(text, Facts, 3)!.Value;
        Assert.Equal(runs.Select(r => (r.Outcome.Point, r.Outcome.Seed, r.Outcome.Fingerprint, r.Elapsed)), read.Select(r => (r.Outcome.Point, r.Outcome.Seed, r.Outcome.Fingerprint, r.Elapsed)));
        Assert.Equal(runs.SelectMany(r => r.Outcome.Values).Select(BitConverter.DoubleToInt64Bits), read.SelectMany(r => r.Outcome.Values).Select(BitConverter.DoubleToInt64Bits));
        for (int length = 0; length < text.Length; length++)
        {
            Assert.Null(TaskResult.Read(text[..length], Facts, 3));
        }
        for (int at = 0; at < text.Length; at++)
        {
            Assert.Null(TaskResult.Read(text[..at] + (text[at] == '1' ? '2' : '1') + text[(at + 1)..], Facts, 3));
        }
        Assert.Throws<HarnessException>(() => TaskResult.Read(text, Facts with { Build = "other" }, 3));
        Assert.Throws<HarnessException>(() => TaskResult.Read(text, Facts, 2));
    }

    /// <summary>The experiment's file, and the fingerprint it has on this machine alone.</summary>
    private async Task<(string File, string Fingerprint)> RunLocallyAsync()
    {
        string file = folder.File("e.yaml");
        File.WriteAllText(file, Text);
        return (file, (await CommandRun.OfAsync("simulate", file, "--out", folder.File("local"), "--json")).Ends(0).Json.GetProperty("experiments")[0].GetProperty("fingerprint").GetString()!);
    }

    /// <summary>Whole results that tasks have left so far.</summary>
    private static string[] Results(string runs) => Directory.Exists(runs)
        ? [.. Directory.GetFiles(runs, "result-*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).Contains('.', StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>As a task leaves a file: whole or not at all.</summary>
    private static void Put(string folder, string name, string text)
    {
        File.WriteAllText(Path.Combine(folder, $"{name}.part"), text);
        File.Move(Path.Combine(folder, $"{name}.part"), Path.Combine(folder, name));
    }

    private static string[] Running(SlurmCluster cluster) =>
        (cluster.Try("squeue", "-h", "-r", "-t", "RUNNING", "-o", "%F_%K") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The command is started by env.</summary>
    private string EnvFolder()
    {
        string bin = folder.File("bin");
        Directory.CreateDirectory(bin);
        File.CreateSymbolicLink(Path.Combine(bin, "env"), ToolFactAttribute.Find("env")!);
        return bin;
    }
}
