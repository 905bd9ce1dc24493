using System.Collections.Immutable;
using System.CommandLine;
using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Harness.Running;
using MizarLab.Scenarios;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab run SCENARIO|FOLDER...</c>: runs scenarios on their backends, compares, reports.</summary>
internal static class RunCommand
{
    public static readonly string[] Backends = ["model", "bpf", "netns", "docker"];

    /// <summary>For the help of the commands that run scenarios.</summary>
    public const string Leaves = """
        A backend that is only the scenario's or the default is skipped, with the reason, where the machine lacks it.
        The run leaves FOLDER/<id>/: report.html, junit.xml, summary.md, results.db, manifest.json, captures/, scenarios/.
        """;

    public static Command Create()
    {
        Argument<string[]> paths = CommonOptions.Files("scenario", "Scenario files; a folder stands for the *.yaml files in it, a .cs script for what it computes.");
        LabCommand command = new("run", "Run scenarios on their backends, compare what they did, write a report.", $"""
            {Leaves}

            Examples:
              mizarlab run scenarios/library/basic_switch.yaml
              mizarlab run scenarios/library --on model,bpf
              mizarlab run my.yaml --dialect lab --switch loop_guard=off
              mizarlab run my.yaml --json > result.json
              mizarlab run scenarios/computed/ring_of_networks.cs --on model
            """)
        {
            paths,
        };
        Complete(command, (parsed, options, cancel) => ScenarioFiles.LoadAll(parsed.GetValue(paths)!, options, cancel));
        return command;
    }

    /// <summary>Adds the options of a run and its action to a command that says which scenarios.</summary>
    public static void Complete(Command command, Func<ParseResult, LoadOptions, CancellationToken, IReadOnlyList<LoadedScenario>> scenarios)
    {
        Option<ImmutableArray<string>?> on = CommonOptions.On(Backends);
        Option<Dialect?> dialect = CommonOptions.DialectOption();
        Option<ImmutableArray<(Switches Switch, bool On)>> switches = CommonOptions.SwitchOption();
        Option<ulong> seed = CommonOptions.Seed();
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        Option<string?> calibration = new("--calibration")
        {
            Description = "How long programs take on model and bpf: a JSON file of ns by program and way (docs/scenarios.md), or upstream for those of spec 11.",
            HelpName = "file",
        };
        ProfileOptions profile = new(required: false);
        foreach (Option option in new Option[] { on, dialect, switches, seed, calibration, output, json })
        {
            command.Add(option);
        }
        profile.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            IReadOnlyList<LoadedScenario> all = scenarios(parsed, new LoadOptions(parsed.GetValue(dialect), parsed.GetValue(switches)), cancel);
            Profile? named = profile.Load(parsed);
            // The live backends load the lab's own programs.
            RunRequest request = new(parsed.GetValue(on) ?? (named is null ? null : ["model", "bpf"]), parsed.GetValue(seed)) { Calibration = CalibrationOf(parsed.GetValue(calibration)) };
            string[] arguments = [command.Name, .. parsed.Tokens.Skip(1).Select(t => t.Value)];
            return RunSession.ExecuteAsync(all, request, named, parsed.GetValue(output)!, parsed.GetValue(json), arguments, cancel);
        });
    }

    private static Calibration? CalibrationOf(string? file)
    {
        try
        {
            return file switch
            {
                null => null,
                "upstream" => Calibration.UpstreamMeasured,
                _ => CalibrationFile.Load(file),
            };
        }
        catch (HarnessException refused)
        {
            throw new UserError(refused.Message);
        }
    }
}
