using System.CommandLine;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Harness.Running;
using MizarLab.Scenarios;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab run SCENARIO|FOLDER...</c>: runs scenarios on their backends, compares, reports.</summary>
internal static class RunCommand
{
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
        RunOptions options = new();
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        options.AddTo(command);
        command.Add(output);
        command.Add(json);
        command.SetAction((parsed, cancel) =>
        {
            IReadOnlyList<LoadedScenario> all = scenarios(parsed, options.ForLoading(parsed), cancel);
            (RunRequest request, Profile? profile) = options.ForRunning(parsed);
            string[] arguments = [command.Name, .. parsed.Tokens.Skip(1).Select(t => t.Value)];
            return RunSession.ExecuteAsync(all, request, profile, parsed.GetValue(output)!, parsed.GetValue(json), arguments, cancel);
        });
    }
}
