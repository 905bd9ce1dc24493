using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Experiments.Slurm;

/// <summary>An element of one of a run's job arrays.</summary>
internal readonly record struct SlurmElement(int Array, int Index);

/// <summary>Slurm as far as a run needs it: submit an array, see what is still in the queue, cancel. The arrays of a run are told by their job's name, so that they are found again after the command's own death.</summary>
/// <param name="runId">Part of the names.</param>
/// <param name="partition">Null: the cluster's default.</param>
/// <param name="taskCommand">The program that runs a task, and its first arguments.</param>
internal sealed class SlurmQueue(string runId, string? partition, ImmutableArray<string> taskCommand)
{
    /// <summary>Elements of one array: the default of MaxArraySize leaves 0 to 1000.</summary>
    public const int MostElements = 1_000;

    private string Name => $"mizarlab-{runId}";

    /// <summary>Whether there is a cluster to ask at all: before anything is run or written.</summary>
    /// <param name="partition">Null: the cluster's default; several stand with commas between them.</param>
    /// <exception cref="HarnessException">Slurm is not here, does not answer, or has no such partition.</exception>
    public static void Require(string? partition)
    {
        string[] there = [.. Ask("sinfo", "-h", "-a", "-o", "%R").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        foreach (string wanted in partition?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (!there.Contains(wanted))
            {
                throw new HarnessException($"--partition {wanted}: the cluster has none of this name (there {(there.Length == 0 ? "is none at all" : $"{(there.Length == 1 ? "is" : "are")} {string.Join(", ", there)}")})");
            }
        }
        Ask("sbatch", "--version");

        static string Ask(string program, params ReadOnlySpan<string> arguments)
        {
            try
            {
                return Run([program, .. arguments]);
            }
            catch (HarnessException lacking)
            {
                throw new HarnessException($"--on slurm: no cluster answers here: {lacking.Message}", lacking);
            }
        }
    }

    /// <exception cref="HarnessException">Slurm is not here, or refuses.</exception>
    public void Submit(SlurmFolder folder, int array, int elements) => Run(
    [
        "sbatch", "--parsable", "--no-requeue", $"--job-name={Name}-{array}", $"--array=0-{elements - 1}", $"--chdir={folder.Run}",
        $"--output={folder.Logs}/{array}-%a.log", .. partition is null ? (string[])[] : [$"--partition={partition}"],
        folder.Script, .. taskCommand, folder.Run, array.ToString(CultureInfo.InvariantCulture),
    ]);

    /// <summary>Elements of the run's arrays that wait or run.</summary>
    /// <exception cref="HarnessException">Slurm is not here, or does not answer.</exception>
    public ImmutableSortedSet<SlurmElement> Alive()
    {
        ImmutableSortedSet<SlurmElement>.Builder alive = ImmutableSortedSet.CreateBuilder(Comparer<SlurmElement>.Create((a, b) => (a.Array, a.Index).CompareTo((b.Array, b.Index))));
        foreach (string line in Run(["squeue", "-h", "-r", "--me", "-o", "%j %K"]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [var name, var index] && name.StartsWith(Name + "-", StringComparison.Ordinal)
                && int.TryParse(name[(Name.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int array)
                && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int element))
            {
                alive.Add(new SlurmElement(array, element));
            }
        }
        return alive.ToImmutable();
    }

    /// <summary>Ends all elements of an array; one that has ended already is none of its business.</summary>
    public void Cancel(int array) => Run(["scancel", "--quiet", $"--name={Name}-{array}"]);

    private static string Run(ImmutableArray<string> command) =>
        Command.RequireAsync(command[0], command.Skip(1), null, CancellationToken.None).GetAwaiter().GetResult();
}
