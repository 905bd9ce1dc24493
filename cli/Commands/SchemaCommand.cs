using System.CommandLine;
using MizarLab.Scenarios;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab schema</c>: the JSON schema of the scenario language, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        LabCommand command = new("schema", "Print the JSON schema of scenarios, for editors.", """
            An editor with the YAML language server checks and completes a scenario whose first line is
              # yaml-language-server: $schema=scenario.schema.json

            Example:
              mizarlab schema > scenario.schema.json
            """);
        command.SetAction(_ =>
        {
            Console.Out.Write(ScenarioSchema.Generate());
            return ExitCode.Held;
        });
        return command;
    }
}
