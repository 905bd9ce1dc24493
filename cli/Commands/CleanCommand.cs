using System.CommandLine;
using MizarLab.Harness.Docker;
using MizarLab.Harness.Leftovers;
using MizarLab.Reports;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab clean</c>: removes what killed runs left; with <c>--all</c> also the lab's own Docker daemon.</summary>
internal static class CleanCommand
{
    public static Command Create()
    {
        Option<bool> all = new("--all") { Description = "Also end the Docker daemon the lab started and remove its data." };
        LabCommand command = new("clean", "Remove the namespaces, links and containers that killed runs left.", """
            A run that lives is not touched, nor is anything that bears no run id. Exit 1 when something could not be removed. Needs root.

            Examples:
              mizarlab clean
              mizarlab clean --all
            """)
        {
            all,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(all), cancel));
        return command;
    }

    private static async Task<int> RunAsync(bool all, CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new UserError("only root can remove namespaces and containers; try again with sudo", ExitCode.Lacking);
        }
        SweepReport swept = await LeftoverSweep.RunAsync(cancel);
        Console.Out.WriteLine(swept.IsEmpty
            ? "nothing was left over"
            : $"removed {Wording.Count(swept.Runs.Count, "dead run")}: {Wording.Count(swept.Namespaces.Count, "namespace")}, {Wording.Count(swept.Containers.Count, "container")}");
        foreach (string trouble in swept.Troubles)
        {
            Console.Error.WriteLine($"mizarlab: {trouble}");
        }
        if (all && await DockerDaemon.Lab.StopAsync(cancel))
        {
            Console.Out.WriteLine("ended the lab's Docker daemon and removed its data");
        }
        return swept.Troubles.Count == 0 ? ExitCode.Held : ExitCode.Broken;
    }
}
