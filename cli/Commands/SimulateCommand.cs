using System.CommandLine;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab simulate EXPERIMENT...</c>: runs experiments, judges their claims, reports.</summary>
internal static class SimulateCommand
{
    private const int MostThreads = 1_024;

    public static Command Create()
    {
        Argument<string[]> paths = CommonOptions.Files("experiment", "Experiment files; a folder stands for the *.yaml files in it, a .cs script for what it computes.");
        paths.Arity = ArgumentArity.ZeroOrMore;
        Option<int> threads = NumberOption.Of("--threads", "Runs at a time; default: a run a processor. Results do not depend on it.", 1, MostThreads, Environment.ProcessorCount);
        Option<bool> quick = new("--quick") { Description = "The files' smaller forms." };
        Option<bool> mustFail = new("--must-fail") { Description = "Run the wrong parameters of the files' must_fail instead, under which the claims they name must not hold." };
        Option<string?> resume = new("--resume") { Description = "Go on with a run that was interrupted or killed, by its folder or id.", HelpName = "run" };
        Option<string?> on = new("--on") { Description = "Where runs are made: local, or slurm for a cluster that shares the run's folder; default: local.", HelpName = "where" };
        on.AmongOnly("place for runs", "local", "slurm");
        Option<string?> partition = new("--partition") { Description = "Slurm's partition; default: the cluster's.", HelpName = "name" };
        partition.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && (name.Length is 0 or > 200 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ',' or '.')))
            {
                result.AddError($"'{name}' is no partition's name");
            }
        });
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        LabCommand command = new("simulate", "Run experiments: sweeps of studies, with claims that are checked.", """
            A run leaves FOLDER/<id>/: report.html, results.db, results.csv, summary.json, manifest.json, experiment.yaml, figures/.
            Each result is kept as it ends: Ctrl-C loses none, and --resume goes on from there.

            Examples:
              mizarlab simulate scenarios/experiments/paths.yaml
              mizarlab simulate scenarios/experiments --quick
              mizarlab simulate scenarios/experiments --quick --must-fail
              mizarlab simulate scenarios/computed/coprime_counts.cs
              mizarlab simulate --resume runs/1f2e3d4c
              mizarlab simulate big.yaml --on slurm --partition cpu --out /shared/runs
            """)
        {
            paths, threads, quick, mustFail, resume, on, partition, output, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            string[] files = parsed.GetValue(paths) ?? [];
            string? run = parsed.GetValue(resume);
            if (files.Length == 0 == run is null)
            {
                throw new UserError(run is null ? "simulate needs an experiment file (scenarios/experiments has the library's)" : "--resume takes the experiment from the run: name no file");
            }
            if (run is not null && (parsed.GetValue(quick) || parsed.GetValue(mustFail)))
            {
                throw new UserError("--resume goes on as the run was begun: without --quick and --must-fail");
            }
            bool slurm = parsed.GetValue(on) == "slurm";
            if (!slurm && parsed.GetValue(partition) is not null || slurm && parsed.GetValue(mustFail))
            {
                throw new UserError(slurm ? "--must-fail runs here: without --on slurm" : "--partition is Slurm's: add --on slurm");
            }
            SimulateRequest request = new(parsed.GetValue(threads), parsed.GetValue(output)!, parsed.GetValue(quick), parsed.GetValue(json), ["simulate", .. parsed.Tokens.Skip(1).Select(t => t.Value)])
            {
                Slurm = slurm,
                Partition = parsed.GetValue(partition),
            };
            SimulateSession session = new(request, cancel);
            if (run is not null)
            {
                return session.ResumeAsync(run);
            }
            IReadOnlyList<LoadedExperiment> experiments = ExperimentFiles.LoadAll(files, request.Quick, cancel);
            return parsed.GetValue(mustFail) ? Task.FromResult(session.RunWrong(experiments)) : session.RunAsync(experiments);
        });
        return command;
    }
}
