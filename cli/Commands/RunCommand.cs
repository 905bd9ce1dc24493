using System.Collections.Immutable;
using System.CommandLine;
using MizarLab.DataPlane;
using MizarLab.Harness.Running;

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
        Argument<string[]> paths = CommonOptions.Files("scenario", "Scenario files; a folder stands for the *.yaml files in it.");
        LabCommand command = new("run", "Run scenarios on their backends, compare what they did, write a report.", $"""
            {Leaves}

            Examples:
              mizarlab run scenarios/library/basic_switch.yaml
              mizarlab run scenarios/library --on model,bpf
              mizarlab run my.yaml --json > result.json
            """)
        {
            paths,
        };
        Complete(command, parsed => ScenarioFiles.LoadAll(parsed.GetValue(paths)!));
        return command;
    }

    /// <summary>Adds the options of a run and its action to a command that says which scenarios.</summary>
    public static void Complete(Command command, Func<ParseResult, IReadOnlyList<LoadedScenario>> scenarios)
    {
        Option<ImmutableArray<string>?> on = CommonOptions.On(Backends);
        Option<Dialect?> dialect = CommonOptions.DialectOption();
        Option<ulong> seed = CommonOptions.Seed();
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        foreach (Option option in new Option[] { on, dialect, seed, output, json })
        {
            command.Add(option);
        }
        command.SetAction((parsed, cancel) =>
        {
            Dialect? named = parsed.GetValue(dialect);
            CommonOptions.RequireBuilt(named);
            IReadOnlyList<LoadedScenario> all = scenarios(parsed);
            foreach (LoadedScenario loaded in all)
            {
                CommonOptions.RequireBuilt(named ?? loaded.Scenario.Dialect);
            }
            RunRequest request = new(parsed.GetValue(on), named, parsed.GetValue(seed));
            string[] arguments = [command.Name, .. parsed.Tokens.Skip(1).Select(t => t.Value)];
            return RunSession.ExecuteAsync(all, request, parsed.GetValue(output)!, parsed.GetValue(json), arguments, cancel);
        });
    }
}
