using System.Collections.Immutable;
using System.CommandLine;
using MizarLab.Harness.Running;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab script-task ASSEMBLY FILE</c>: the process a C# script runs in; nobody else calls it.</summary>
internal static class ScriptTaskCommand
{
    private const string Name = "script-task";

    /// <summary>This program, and the command.</summary>
    public static ImmutableArray<string> Start => [Environment.ProcessPath!, typeof(ScriptTaskCommand).Assembly.Location, Name];

    public static Command Create()
    {
        Argument<string> built = new("assembly") { Description = "What the SDK built." };
        Argument<string> file = new("file") { Description = "What the user calls the script." };
        Command command = new(Name, "Runs a built script, started by the commands that take scripts.") { built, file };
        command.Hidden = true;
        command.SetAction((parsed, _) =>
        {
            ScriptTask.Run(parsed.GetValue(built)!, parsed.GetValue(file)!);
            return Task.FromResult(ExitCode.Held);
        });
        return command;
    }
}
