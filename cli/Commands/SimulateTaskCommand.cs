using System.CommandLine;
using System.Globalization;
using MizarLab.Harness.Experiments.Slurm;

namespace MizarLab.Cli.Commands;

/// <summary><c>mizarlab simulate-task RUN ARRAY</c>: what an element of a Slurm job array runs; nobody else calls it.</summary>
internal static class SimulateTaskCommand
{
    public const string Name = "simulate-task";

    public static Command Create()
    {
        Argument<string> run = new("run") { Description = "The run's folder." };
        Argument<int> array = new("array") { Description = "The number of its job array." };
        Command command = new(Name, "One task of simulate --on slurm, started by Slurm.") { run, array };
        command.Hidden = true;
        command.SetAction((parsed, cancel) =>
        {
            SlurmTask.Run(parsed.GetValue(run)!, parsed.GetValue(array), Number("SLURM_ARRAY_TASK_ID", null), Number("SLURM_CPUS_PER_TASK", 1), cancel);
            return Task.FromResult(ExitCode.Held);
        });
        return command;
    }

    /// <param name="otherwise">Null: it must be there.</param>
    private static int Number(string variable, int? otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : otherwise ?? throw new UserError($"{variable} is not set: {Name} is started by Slurm");
}
