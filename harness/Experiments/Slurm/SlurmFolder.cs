using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Experiments.Slurm;

/// <summary>A piece of the bag that one task runs.</summary>
internal sealed record SlurmChunk(int Id, ImmutableArray<RunKey> Keys);

/// <summary>
/// What the command and its tasks tell each other, all of it files in <c>runs/&lt;id&gt;/slurm/</c> on the file system they share. Every file is written beside its place and renamed, and none is changed
/// afterwards:
/// <code>
/// facts                   the experiment and the build, as the tasks must find them
/// chunk-7                 a line a run: point replication
/// array-2                 a line an element of the second job array: chunk
/// result-7-2              what the task of chunk 7 in array 2 leaves; failed-7-2 when its study threw
/// </code>
/// </summary>
internal sealed partial class SlurmFolder(string run)
{
    private readonly string folder = Path.Combine(run, "slurm");

    public string Run => run;

    public string Logs => Path.Combine(folder, "logs");

    public string Script => Path.Combine(folder, "task.sh");

    public void Prepare(ExperimentFacts facts)
    {
        Directory.CreateDirectory(Logs);
        // Runs the command it is given; sbatch takes a file, not a program.
        Write("task.sh", "#!/bin/sh\nexec \"$@\"\n");
        Write("facts", $"{facts.File}\n{facts.Text}\n{(facts.Quick ? 1 : 0)}\n{facts.Build}\n");
    }

    public ExperimentFacts ReadFacts() => File.ReadAllLines(Path.Combine(folder, "facts")) is [var file, var text, var quick, var build]
        ? new ExperimentFacts(file, text, quick == "1", build)
        : throw new HarnessException($"{folder}/facts is torn");

    public void WriteChunk(SlurmChunk chunk) =>
        Write($"chunk-{chunk.Id}", string.Concat(chunk.Keys.Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Point} {k.Replication}\n"))));

    public SlurmChunk ReadChunk(int id) => new(id, [.. File.ReadAllLines(Path.Combine(folder, $"chunk-{id}")).Select(Key)]);

    public void WriteArray(int array, IEnumerable<int> chunks) => Write($"array-{array}", string.Concat(chunks.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c}\n"))));

    /// <summary>The chunks of an array, by element.</summary>
    public ImmutableArray<int> ReadArray(int array) => [.. File.ReadAllLines(Path.Combine(folder, $"array-{array}")).Select(l => int.Parse(l, CultureInfo.InvariantCulture))];

    public void WriteResult(int chunk, int array, string text) => Write($"result-{chunk}-{array}", text);

    public void WriteFailure(int chunk, int array, string message) => Write($"failed-{chunk}-{array}", message);

    /// <summary>Highest numbers in use, so that a resumption takes new ones.</summary>
    public (int Chunk, int Array) Last()
    {
        (int chunk, int array) = (-1, -1);
        foreach (string file in Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!))
        {
            if (Numbered().Match(file) is { Success: true } match)
            {
                int number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                (chunk, array) = match.Groups[1].Value == "chunk" ? (Math.Max(chunk, number), array) : (chunk, Math.Max(array, number));
            }
        }
        return (chunk, array);
    }

    /// <summary>Results and failures that are there, in order of name.</summary>
    public IEnumerable<(string File, int Chunk, bool Failed)> Results()
    {
        foreach (string file in Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal))
        {
            if (Result().Match(file) is { Success: true } match)
            {
                yield return (Path.Combine(folder, file), int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture), match.Groups[1].Value == "failed");
            }
        }
    }

    private void Write(string name, string text)
    {
        string target = Path.Combine(folder, name);
        string temporary = $"{target}.{Environment.MachineName}.{Environment.ProcessId}.part";
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, target, overwrite: true);
    }

    private static RunKey Key(string line) => line.Split(' ') is [var point, var replication]
        ? new RunKey(int.Parse(point, CultureInfo.InvariantCulture), int.Parse(replication, CultureInfo.InvariantCulture))
        : throw new HarnessException($"'{line}' is no run of a chunk");

    [GeneratedRegex("^(chunk|array)-([0-9]{1,9})$")]
    private static partial Regex Numbered();

    [GeneratedRegex("^(result|failed)-([0-9]{1,9})-[0-9]{1,9}$")]
    private static partial Regex Result();
}
