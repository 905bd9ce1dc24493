using System.CommandLine;
using MizarLab.Scenarios;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab schema</c>: the JSON schemas of scenarios and experiments, for editors.</summary>
internal static class SchemaCommand
{
    private const string Scenario = "scenario", Experiment = "experiment";

    public static Command Create()
    {
        Argument<string?> kind = new("kind") { Description = "Of which files: scenario or experiment.", DefaultValueFactory = _ => Scenario };
        kind.AmongOnly("kind of file", Scenario, Experiment);
        LabCommand command = new("schema", "Print the JSON schema of scenarios, or of experiments, for editors.", """
            An editor with the YAML language server checks and completes a scenario whose first line is
              # yaml-language-server: $schema=scenario.schema.json

            Examples:
              mizarlab schema > scenario.schema.json
              mizarlab schema experiment > experiment.schema.json
            """)
        {
            kind,
        };
        command.SetAction(parsed =>
        {
            Console.Out.Write(parsed.GetValue(kind) == Experiment ? ExperimentSchema.Generate() : ScenarioSchema.Generate());
            return ExitCode.Held;
        });
        return command;
    }
}
