using System.Collections.Immutable;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Experiments;
using MizarLab.Harness.Experiments.Slurm;
using MizarLab.Harness.Inputs;
using MizarLab.Harness.Results;
using MizarLab.Reports;
using MizarLab.Studies;

namespace MizarLab.Cli;

/// <summary>What the command line asks of <c>simulate</c>.</summary>
/// <param name="Root">The folder of all runs.</param>
internal sealed record SimulateRequest(int Threads, string Root, bool Quick, bool Json, string[] Arguments)
{
    /// <summary>On a cluster, not on this machine.</summary>
    public bool Slurm { get; init; }

    /// <summary>Null: the cluster's default.</summary>
    public string? Partition { get; init; }
}

/// <summary>One <c>simulate</c> from its experiments to its exit code; a run's folder each.</summary>
internal sealed class SimulateSession(SimulateRequest request, CancellationToken cancel)
{
    private readonly LocalRunner here = new(request.Threads);

    public async Task<int> RunAsync(IReadOnlyList<LoadedExperiment> experiments)
    {
        RequireCluster();
        List<ExperimentSummary> all = [];
        foreach (LoadedExperiment loaded in experiments)
        {
            all.Add(await RunOneAsync(loaded));
        }
        return Conclude(all);
    }

    /// <summary>Runs one into a folder of its own.</summary>
    public async Task<ExperimentSummary> RunOneAsync(LoadedExperiment loaded)
    {
        RunFolder folder = RunFolder.Create(request.Root, RunFolder.NewId());
        folder.Write(ExperimentFacts.Copy, output => output.Write(loaded.Text.Span));
        KeptInputs.Keep(folder, loaded.Inputs.Select(input => (ExperimentFacts.Copy, input)));
        ExperimentFacts facts = ExperimentFacts.Of(loaded.File, loaded.Text.Span, request.Quick, loaded.Inputs);
        using ExperimentStore store = ExperimentStore.Create(loaded.Experiment, folder.Path, facts.ToRows(loaded.Experiment));
        return await OneAsync(loaded.Experiment, facts, BagOf(loaded.Experiment, []), store, folder);
    }

    /// <summary>Goes on with a run that was killed, from its folder or its id.</summary>
    public async Task<int> ResumeAsync(string run)
    {
        string path = Directory.Exists(run) ? Path.GetFullPath(run) : Path.Combine(Path.GetFullPath(request.Root), run);
        if (!Directory.Exists(path) || !RunFolder.IsId(Path.GetFileName(path)))
        {
            throw new UserError($"{run}: no such run (in {request.Root})");
        }
        if (!File.Exists(Path.Combine(path, ExperimentStore.Name)))
        {
            throw new UserError($"{run}: no experiment's run: it has no {ExperimentStore.Name}");
        }
        RequireCluster();
        RunFolder folder = RunFolder.Open(path);
        ExperimentFacts facts = ExperimentFacts.Read(path);
        LoadedExperiment loaded = ExperimentFiles.LoadKept(path, facts.File, facts.Quick);
        facts.CheckAgainst(ExperimentFacts.Of(facts.File, loaded.Text.Span, facts.Quick, loaded.Inputs), path);
        (ExperimentStore store, ImmutableArray<RunOutcome> known) = ExperimentStore.Resume(loaded.Experiment, path);
        using (store)
        {
            RunBag bag;
            try
            {
                bag = BagOf(loaded.Experiment, known);
            }
            catch (ArgumentException foreign)
            {
                throw new HarnessException($"{Path.Combine(path, ExperimentStore.Name)}: {foreign.Message}", foreign);
            }
            return Conclude([await OneAsync(loaded.Experiment, facts, bag, store, folder)]);
        }
    }

    /// <summary>The runs of an experiment, with a warning for the first point of each measure that will hardly get as precise as asked.</summary>
    private static RunBag BagOf(Experiment experiment, ImmutableArray<RunOutcome> known)
    {
        SortedSet<int> told = [];
        return new RunBag(experiment, known, doubt =>
        {
            if (told.Add(doubt.Measure))
            {
                SimulateProgress.Warn(doubt.Told(experiment));
            }
        });
    }

    /// <summary>Runs every wrong parameter, and keeps nothing.</summary>
    public int RunWrong(IReadOnlyList<LoadedExperiment> experiments)
    {
        List<MustFailSummary> all = [];
        foreach (Experiment experiment in experiments.Select(e => e.Experiment))
        {
            if (experiment.MustFail.IsEmpty)
            {
                Tell(new MustFailSummary(experiment.File, "", [], "no must_fail"), all);
            }
            foreach (MustFail wrong in experiment.MustFail)
            {
                Tell(Wrong(experiment, wrong), all);
            }
        }
        if (request.Json)
        {
            using Stream output = Console.OpenStandardOutput();
            ExperimentJson.Write(all, output);
        }
        return Count(all.Sum(e => e.Passed), all.Sum(e => e.Failed), all.Count(e => e.Skipped));
    }

    private void Tell(MustFailSummary one, List<MustFailSummary> all)
    {
        all.Add(one);
        if (!request.Json)
        {
            SimulateOutput.Print(one);
        }
    }

    private MustFailSummary Wrong(Experiment experiment, MustFail wrong)
    {
        try
        {
            using SimulateProgress progress = new($"{Path.GetFileName(experiment.File)} with {wrong.Put}", new RunBag(experiment, []), null);
            return new MustFailSummary(experiment.File, wrong.Put, ExperimentRun.ExecuteWrong(experiment, wrong, here, progress, cancel), "");
        }
        catch (StudyFailedException fault)
        {
            return new MustFailSummary(experiment.File, wrong.Put, [], fault.Message);
        }
    }

    private async Task<ExperimentSummary> OneAsync(Experiment experiment, ExperimentFacts facts, RunBag bag, ExperimentStore store, RunFolder folder)
    {
        DateTimeOffset started = DateTimeOffset.UtcNow;
        ExperimentEnd end;
        try
        {
            using SimulateProgress progress = new(Path.GetFileName(experiment.File), bag, store);
            end = ExperimentRun.Execute(experiment, RunnerFor(folder, facts), bag, progress, cancel);
        }
        catch (OperationCanceledException)
        {
            throw new KeptException($"{bag.Made} of {bag.Asked} runs are kept, go on with: mizarlab simulate --resume {Path.GetRelativePath(Environment.CurrentDirectory, folder.Path)}");
        }
        store.Finish(bag.Outcomes, [KeyValuePair.Create("fingerprint", end.Results.Fingerprint().ToString("x32", System.Globalization.CultureInfo.InvariantCulture))]);
        ExperimentSummary summary = new(
            end.Results, end.Claims, end.Elapsed, request.Threads, folder.RunId, Path.GetRelativePath(Environment.CurrentDirectory, folder.Path), $"mizarlab simulate {experiment.File}{(experiment.Quick ? " --quick" : "")}")
        {
            Resumed = end.Resumed,
        };
        await SimulateArtifacts.WriteAsync(folder, summary, started, request.Arguments);
        if (!request.Json)
        {
            SimulateOutput.Print(summary);
        }
        return summary;
    }

    /// <summary>Before anything is run or written.</summary>
    private void RequireCluster()
    {
        if (request.Slurm)
        {
            SlurmRunner.Require(request.Partition);
        }
    }

    private IBagRunner RunnerFor(RunFolder folder, ExperimentFacts facts) => request.Slurm
        ? new SlurmRunner(folder.Path, facts, request.Partition, [Environment.ProcessPath!, typeof(SimulateSession).Assembly.Location, Commands.SimulateTaskCommand.Name], SimulateProgress.Warn)
        : here;

    private int Conclude(List<ExperimentSummary> all)
    {
        if (request.Json)
        {
            using Stream output = Console.OpenStandardOutput();
            ExperimentJson.Write(all, output);
        }
        return Count(all.Sum(e => e.Passed), all.Sum(e => e.Failed), 0);
    }

    private int Count(int passed, int failed, int skipped)
    {
        if (!request.Json)
        {
            Console.Out.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        }
        return failed > 0 ? ExitCode.Broken : passed == 0 && skipped > 0 ? ExitCode.Nothing : ExitCode.Held;
    }
}
