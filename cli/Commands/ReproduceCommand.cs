using System.CommandLine;
using Microsoft.Data.Sqlite;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Harness.Experiments;
using MizarLab.Harness.Results;
using MizarLab.Harness.Running;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab reproduce RUN</c>: runs a run once more from what its folder keeps, and holds the two against each other.</summary>
internal static class ReproduceCommand
{
    public static Command Create()
    {
        Argument<string> run = new("run") { Description = "The run's folder, or its id in --out." };
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        LabCommand command = new("reproduce", "Run a run again from its folder: the same fingerprints, or what differs in the environment.", """
            Scenarios are those the folder keeps, options those it was begun with; captures and traces too; calibration and profile files are read where they were.
            On model and bpf everything seen has a fingerprint, which must be the same. Live backends run in the kernel's time: there the verdict is compared.
            Of an experiment each run has one, whatever the number of threads.
            Exit 0 when all is the same, 1 when something is not.

            Examples:
              mizarlab reproduce 1a2b3c4d
              mizarlab reproduce runs/1a2b3c4d --json
            """)
        {
            run,
            output,
            json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            string root = parsed.GetValue(output)!;
            KeptRun kept = KeptRun.Open(parsed.GetValue(run)!, root);
            (Reproduction result, string folder) = ExperimentStore.IsIn(kept.Folder) ? await SimulateAsync(kept, root, cancel) : await RunAsync(kept, root, cancel);
            Show(result, Path.GetRelativePath(Environment.CurrentDirectory, folder), parsed.GetValue(json));
            return result.IsSame ? ExitCode.Held : ExitCode.Broken;
        });
        return command;
    }

    private static async Task<(Reproduction Result, string Folder)> SimulateAsync(KeptRun kept, string root, CancellationToken cancel)
    {
        ExperimentFacts facts = ExperimentFacts.Read(kept.Folder);
        LoadedExperiment loaded = ExperimentFiles.LoadKept(kept.Folder, facts.File, facts.Quick);
        // Silent: what is told is the comparison.
        SimulateRequest request = new(Environment.ProcessorCount, root, facts.Quick, Json: true, [.. kept.Manifest.Arguments]);
        ExperimentSummary again = await new SimulateSession(request, cancel).RunOneAsync(loaded);
        Manifest now = KeptRun.Open(again.Folder, root).Manifest;
        return (Reproduction.Of(loaded.Experiment, kept.Manifest, ExperimentStore.Runs(loaded.Experiment, kept.Folder), now, ExperimentStore.Runs(loaded.Experiment, again.Folder)), again.Folder);
    }

    private static async Task<(Reproduction Result, string Folder)> RunAsync(KeptRun kept, string root, CancellationToken cancel)
    {
        RunOptions options = new();
        ParseResult parsed = ArgumentsOf(kept, options);
        IReadOnlyList<JudgedBackend> was = ReadResults(kept);
        IReadOnlyList<LoadedScenario> scenarios = ScenarioFiles.ReadKept(kept, options.ForLoading(parsed));
        (RunRequest request, Profile? profile) = options.ForRunning(parsed);
        (RunResult run, RunFolder folder) = await RunSession.RunAsync(scenarios, request, profile, root, [.. kept.Manifest.Arguments], cancel);
        return (Reproduction.Of(kept.Manifest, was, run), folder.Path);
    }

    private static void Show(Reproduction result, string folder, bool json)
    {
        if (json)
        {
            using Stream standard = Console.OpenStandardOutput();
            result.WriteJson(standard);
        }
        else
        {
            Console.Out.Write(result.Text(folder));
        }
    }

    /// <summary>The options it was begun with; its paths are those of files that may have changed, and are left aside.</summary>
    private static ParseResult ArgumentsOf(KeptRun kept, RunOptions options)
    {
        if (kept.Manifest.Arguments is not ["run" or "demo", .. var rest])
        {
            throw new UserError($"{kept.Folder}: 'mizarlab {string.Join(' ', kept.Manifest.Arguments)}' leaves no run that could be made again");
        }
        Command command = new("run") { new Argument<string[]>("scenario") { Arity = ArgumentArity.ZeroOrMore }, CommonOptions.Out(), CommonOptions.Json() };
        options.AddTo(command);
        ParseResult parsed = command.Parse([.. rest]);
        return parsed.Errors.Count == 0
            ? parsed
            : throw new UserError($"{kept.Folder}: this mizarlab does not know how the run was begun: {parsed.Errors[0].Message}");
    }

    private static IReadOnlyList<JudgedBackend> ReadResults(KeptRun kept)
    {
        using SqliteConnection results = ResultsStore.OpenForReading(Path.Combine(kept.Folder, ResultsStore.Name));
        return JudgedBackend.Read(results);
    }
}
