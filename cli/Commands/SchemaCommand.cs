using System.CommandLine;
using MizarLab.Scenarios;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab schema</c>: the JSON schema of the scenario language, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        Command command = new("schema", "Print the JSON schema of scenarios, for editors. Example: mizarlab schema > scenarios/scenario.schema.json");
        command.SetAction(_ =>
        {
            Console.Out.Write(ScenarioSchema.Generate());
            return ExitCode.Held;
        });
        return command;
    }
}
