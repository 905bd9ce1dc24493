using System.Collections.Immutable;
using System.CommandLine;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Conformance;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Harness.Results;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab vectors FILE...</c>: replays golden vectors and chains on the model and on the compiled programs.</summary>
internal static class VectorsCommand
{
    private static readonly string[] Backends = ["model", "bpf"];

    public static Command Create()
    {
        Argument<string[]> files = CommonOptions.Files("file", "Vector or chain files (.json, or .json.gz as it is).");
        Option<ImmutableArray<string>?> on = CommonOptions.On(Backends);
        Option<bool> json = CommonOptions.Json();
        LabCommand command = new("vectors", "Replay golden vectors and chains on the model and on the compiled programs.", """
            Upstream's form and the lab's own (docs/conformance.md), what 'mizarlab fuzz' saves among them; each under the dialect and switches it names, mizar when it names
            none. Compared are verdict, every byte of the frame, the redirect's target, and every table's changes.

            Examples:
              mizarlab vectors tests/Conformance/Vectors/upstream.json
              mizarlab vectors tests/Conformance/Vectors/*.json* --on model --json
            """)
        {
            files,
            on,
            json,
        };
        ProfileOptions profile = new(required: false);
        profile.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed.GetValue(files)!, parsed.GetValue(on), profile.Load(parsed), parsed.GetValue(json), cancel)));
        return command;
    }

    private static int Run(string[] files, ImmutableArray<string>? on, Profile? profile, bool json, CancellationToken cancel)
    {
        VectorSuite[] suites = [.. files.Select(Load)];
        List<JudgedRow> rows = [];
        foreach (string backend in on ?? [.. Backends])
        {
            if (backend == "bpf" && BpfObjects.Probe() is { Available: false } lacking)
            {
                if (on is not null)
                {
                    throw new UserError($"backend bpf: {lacking.Reason}", ExitCode.Lacking);
                }
                rows.AddRange(suites.Select(s => new JudgedRow(s.Name, backend, Result.Skip, lacking.Reason)));
                continue;
            }
            foreach (VectorSuite suite in suites)
            {
                StatusLine.Show($"{suite.Name} on {backend}");
                rows.AddRange(Replay(suite, backend, profile, cancel).Select(r => new JudgedRow(r.Name, backend, r.Result, r.Reason)));
            }
        }
        StatusLine.Clear();
        RunSummary summary = new([.. rows]);
        Print(summary, json);
        return Judging.ExitCodeOf(summary);
    }

    private static VectorSuite Load(string file)
    {
        try
        {
            return VectorSuite.Load(UserFile.Existing(file));
        }
        catch (VectorException error)
        {
            throw new UserError(error.Message);
        }
    }

    private static ImmutableArray<VectorRow> Replay(VectorSuite suite, string backend, Profile? profile, CancellationToken cancel) =>
        [.. suite.Settings.SelectMany(settings => Replay(suite.With(settings), settings, backend, profile, cancel))];

    private static ImmutableArray<VectorRow> Replay(VectorSuite suite, DataPlaneSettings settings, string backend, Profile? profile, CancellationToken cancel)
    {
        if (backend == "model")
        {
            return VectorRunner.Run(suite, new ModelDataPlane(suite.Droplets, settings), cancel);
        }
        if (profile is not null)
        {
            if (!ProfilePrograms.Speaks(profile, settings))
            {
                return [new VectorRow(suite.Name, Result.Skip, $"profile {profile.Name} is held to {profile.Dialect.ToString().ToLowerInvariant()}, and these vectors are of other settings")];
            }
            using ProfilePrograms others = ProfilePrograms.Load(profile, suite.Droplets, settings);
            return others.Execute(() => VectorRunner.Run(suite, others.DataPlane, cancel));
        }
        using BpfDataPlane programs = new(suite.Droplets, RunFolder.NewId(), new BpfOptions { Settings = settings });
        return programs.Execute(() => VectorRunner.Run(suite, programs, cancel));
    }

    private static void Print(RunSummary summary, bool json)
    {
        if (json)
        {
            Judging.PrintJson(summary);
            return;
        }
        foreach (JudgedRow row in summary.Rows.Where(r => r.Result != Result.Pass))
        {
            Console.Out.WriteLine($"{Wording.Of(row.Result)} {row.Name} on {row.Backend}: {row.Reason}");
        }
        Console.Out.WriteLine(Judging.Counts(summary));
    }
}
