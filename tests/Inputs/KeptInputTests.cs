using System.Security.Cryptography;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Experiments;
using MizarLab.Harness.Experiments.Slurm;
using MizarLab.Harness.Inputs;
using MizarLab.Harness.Results;
using MizarLab.Scenarios;
using MizarLab.Studies;
using MizarLab.Tests.Cli;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Inputs;

/// <summary>A run keeps the files that what it ran has named: it can be made again when they are gone, and says when they were others.</summary>
public sealed class KeptInputTests : IDisposable
{
    private const string Scenario = """
        name: replay
        dialect: lab
        topology: { generate: { droplets: 4, endpoints: 12, endpoints_per_network: 6, networks_per_vpc: 2 } }
        timeline: [ traffic: { name: own, workload: { capture: { file: captures/web.pcapng } }, for: 1s } ]
        expect: [ carried: { step: own } ]
        """;

    private const string Experiment = """
        experiment: Does it arrive?
        study:
          traffic:
            topology: { droplets: 4, endpoints: 12, endpoints_per_network: 6, networks_per_vpc: 2 }
            workload: { capture: { file: captures/web.pcapng } }
            for: 30ms
        sweep: { study.workload.capture.speed: [1, 2] }
        repeat: 2
        claims: [ exact: { measure: arrived_share, is: 1 } ]
        """;

    private readonly TemporaryFolder folder = new();

    public KeptInputTests()
    {
        Directory.CreateDirectory(folder.File("captures"));
        File.WriteAllBytes(Capture, WebCapture.Bytes());
        File.WriteAllText(folder.File("replay.yaml"), Scenario);
        File.WriteAllText(folder.File("asked.yaml"), Experiment);
    }

    public void Dispose() => folder.Dispose();

    private string Capture => folder.File(WebCapture.Name);

    private string Runs => folder.File("runs");

    [Theory]
    [InlineData("run", "replay.yaml", "scenarios/replay.yaml", "--on", "model")]
    [InlineData("simulate", "asked.yaml", "experiment.yaml")]
    public async Task A_run_is_made_again_when_the_file_is_gone_and_differs_when_it_is_another(string command, string file, string kept, params string[] options)
    {
        string sum = Convert.ToHexStringLower(SHA256.HashData(WebCapture.Bytes()));
        string first = await RunAsync(command, file, options);
        Assert.Equal(WebCapture.Bytes(), File.ReadAllBytes(Path.Combine(first, "inputs", sum)));
        Assert.Contains($"\"{kept}: captures/web.pcapng\": \"{sum}, {WebCapture.Bytes().Length} bytes\"", File.ReadAllText(Path.Combine(first, "manifest.json")), StringComparison.Ordinal);
        if (command == "run")
        {
            Assert.Contains(sum, File.ReadAllText(Path.Combine(first, "report.html")), StringComparison.Ordinal);
        }

        // Another capture under the name: a run of it is another, and says whose fault that is.
        byte[] shorter = WebCapture.Bytes();
        File.WriteAllBytes(Capture, [.. shorter[..^(12 + 20 + 56)]]); // without the last packet
        string second = await RunAsync(command, file, options);
        CommandRun compared = (await CommandRun.OfAsync("compare", first, second)).Ends(1);
        Assert.Contains("file captures/web.pcapng", compared.Output, StringComparison.Ordinal);
        Assert.Contains(sum[..8], compared.Output, StringComparison.Ordinal);
        (await CommandRun.OfAsync("compare", first, first)).Ends(0);

        Directory.Delete(folder.File("captures"), recursive: true);
        (await CommandRun.OfAsync(command, folder.File(file), "--out", Runs)).Ends(2);
        CommandRun again = (await CommandRun.OfAsync("reproduce", first, "--out", Runs)).Ends(0);
        Assert.Contains("0 different", again.Output, StringComparison.Ordinal);

        // A copy that somebody changed is not taken for the run's.
        File.AppendAllText(Path.Combine(first, "inputs", sum), "x");
        CommandRun changed = (await CommandRun.OfAsync("reproduce", first, "--out", Runs)).Ends(2);
        Assert.Contains($"captures/web.pcapng: the run's copy {Path.Combine(first, "inputs", sum)} has changed since the run began", changed.Errors, StringComparison.Ordinal);
        File.Delete(Path.Combine(first, "inputs.json"));
        Assert.Contains("captures/web.pcapng: the run keeps no such file", (await CommandRun.OfAsync("reproduce", first, "--out", Runs)).Ends(2).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_is_resumed_with_the_file_it_began_with()
    {
        string run = await RunAsync("simulate", "asked.yaml");
        Directory.Delete(folder.File("captures"), recursive: true);
        CommandRun resumed = (await CommandRun.OfAsync("simulate", "--resume", run, "--out", Runs)).Ends(0);
        Assert.EndsWith("1 passed, 0 failed, 0 skipped\n", resumed.Output, StringComparison.Ordinal);
    }

    /// <summary>On a node there is nothing but the run's folder.</summary>
    [Fact]
    public void A_task_of_a_cluster_reads_the_runs_copy_and_no_other()
    {
        byte[] text = File.ReadAllBytes(folder.File("asked.yaml"));
        InputFiles inputs = InputFiles.Beside(folder.File("asked.yaml"));
        Experiment experiment = ExperimentLoader.Load("asked.yaml", text, inputs: inputs);
        RunFolder run = RunFolder.Create(Runs, "0a1b2c3d");
        run.Write(ExperimentFacts.Copy, output => output.Write(text));
        KeptInputs.Keep(run, inputs.Used.Select(input => (ExperimentFacts.Copy, input)));
        ExperimentFacts facts = ExperimentFacts.Of("asked.yaml", text, quick: false, inputs.Used);
        Assert.Equal(inputs.Used[0].Sha256, facts.ToRows(experiment)["file captures/web.pcapng"]);
        SlurmFolder slurm = new(run.Path);
        slurm.Prepare(facts);
        slurm.WriteChunk(new SlurmChunk(0, [new RunKey(0, 0), new RunKey(1, 1)]));
        slurm.WriteArray(0, [0]);
        Directory.Delete(folder.File("captures"), recursive: true);

        SlurmTask.Run(run.Path, array: 0, element: 0, threads: 1, CancellationToken.None);
        (string file, _, bool failed) = Assert.Single(slurm.Results());
        Assert.False(failed);
        Assert.Equal(2, TaskResult.Read(File.ReadAllText(file), facts, experiment.Measures.Length)!.Value.Length);

        // The same list with another capture is another experiment's.
        byte[] other = WebCapture.Bytes()[..^(12 + 20 + 56)];
        string sum = Convert.ToHexStringLower(SHA256.HashData(other));
        File.WriteAllBytes(Path.Combine(run.Path, "inputs", sum), other);
        File.WriteAllText(Path.Combine(run.Path, KeptInputs.List), File.ReadAllText(Path.Combine(run.Path, KeptInputs.List)).Replace(inputs.Used[0].Sha256, sum, StringComparison.Ordinal));
        Assert.Contains(
            "or a file it names has changed since the run began",
            Assert.Throws<HarnessException>(() => SlurmTask.Run(run.Path, 0, 0, 1, CancellationToken.None)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[{\"file\": \"experiment.yaml\", \"name\": \"captures/web.pcapng\", \"sha256\": \"../../../../etc/passwd\", \"bytes\": 1}]")]
    [InlineData("[null]")]
    public void A_list_that_somebody_wrote_by_hand_leads_nowhere(string list)
    {
        Directory.CreateDirectory(Runs);
        File.WriteAllText(Path.Combine(Runs, KeptInputs.List), list);
        Assert.StartsWith($"{Path.Combine(Runs, KeptInputs.List)}: ", Assert.Throws<HarnessException>(() => KeptInputs.Of(Runs, ExperimentFacts.Copy)).Message, StringComparison.Ordinal);
    }

    /// <summary>What is kept is what was read, not what lies there by then.</summary>
    [Fact]
    public void A_file_that_changes_between_reading_and_keeping_is_told()
    {
        InputFiles inputs = InputFiles.Beside(folder.File("asked.yaml"));
        inputs.Capture(WebCapture.Name);
        File.AppendAllText(Capture, "x");
        RunFolder run = RunFolder.Create(Runs, "0a1b2c3e");
        Assert.Equal(
            $"{Capture} has changed since it was read: run again",
            Assert.Throws<HarnessException>(() => KeptInputs.Keep(run, inputs.Used.Select(input => (ExperimentFacts.Copy, input)))).Message);
    }

    private async Task<string> RunAsync(string command, string file, params string[] options)
    {
        string[] before = Directory.Exists(Runs) ? Directory.GetDirectories(Runs) : [];
        (await CommandRun.OfAsync([command, folder.File(file), "--out", Runs, .. options])).Ends(0);
        return Assert.Single(Directory.GetDirectories(Runs).Except(before));
    }
}
