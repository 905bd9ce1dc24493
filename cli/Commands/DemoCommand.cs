using System.CommandLine;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab demo</c>: the main job, on the library's demo scenario.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        LabCommand command = new("demo", "Run the demo: two networks of one VPC over five droplets (a divider, two bouncers, two endpoint hosts) on every backend.", $"""
            {RunCommand.Leaves}

            Examples:
              mizarlab demo
              mizarlab demo --on model,bpf
            """);
        RunCommand.Complete(command, (_, options, _) => ScenarioFiles.ReadAll(Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(Checkout.Library, "demo.yaml")), options));
        return command;
    }
}
