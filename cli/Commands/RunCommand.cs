using System.Collections.Immutable;
using System.CommandLine;
using MizarLab.DataPlane;
using MizarLab.Harness.Running;
using MizarLab.Overlay;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab run SCENARIO|FOLDER...</c>: runs scenarios on their backends, compares, reports.</summary>
internal static class RunCommand
{
    public static readonly string[] Backends = ["model", "bpf", "netns", "docker"];

    public static Command Create()
    {
        Argument<string[]> paths = new("scenario") { Description = "Scenario files; a folder stands for the *.yaml files in it.", Arity = ArgumentArity.OneOrMore };
        Command command = new("run", """
            Run scenarios on their backends, compare what they did, write a report.

            Examples:
              mizarlab run scenarios/library/basic_switch.yaml
              mizarlab run scenarios/library --on model,bpf
              mizarlab run my.yaml --json > result.json
            """)
        {
            paths,
        };
        Complete(command, parsed => ScenarioFiles.Load(parsed.GetValue(paths)!));
        return command;
    }

    /// <summary>Adds the options of a run and its action to a command that says which scenarios.</summary>
    public static void Complete(Command command, Func<ParseResult, IReadOnlyList<Scenario>> scenarios)
    {
        Option<ImmutableArray<string>?> on = CommonOptions.On(Backends);
        Option<Dialect?> dialect = CommonOptions.DialectOption();
        Option<ulong> seed = CommonOptions.Seed();
        Option<string> output = new("--out") { Description = "Folder of all runs; the run gets a folder of its own in it.", HelpName = "folder", DefaultValueFactory = _ => "runs" };
        Option<bool> json = CommonOptions.Json();
        foreach (Option option in new Option[] { on, dialect, seed, output, json })
        {
            command.Add(option);
        }
        command.SetAction((parsed, cancel) =>
        {
            Dialect? named = parsed.GetValue(dialect);
            CommonOptions.RequireBuilt(named);
            IReadOnlyList<Scenario> all = scenarios(parsed);
            foreach (Scenario scenario in all)
            {
                CommonOptions.RequireBuilt(named ?? scenario.Dialect);
            }
            RunRequest request = new(parsed.GetValue(on), named, parsed.GetValue(seed));
            string[] arguments = [command.Name, .. parsed.Tokens.Skip(1).Select(t => t.Value)];
            return RunSession.ExecuteAsync(all, request, parsed.GetValue(output)!, parsed.GetValue(json), arguments, cancel);
        });
    }
}
