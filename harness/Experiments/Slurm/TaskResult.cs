using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MizarLab.Harness.Backends;
using MizarLab.Studies;

namespace MizarLab.Harness.Experiments.Slurm;

/// <summary>A run as a task hands it over.</summary>
public readonly record struct TimedOutcome(RunOutcome Outcome, TimeSpan Elapsed);

/// <summary>
/// The one file a task leaves: a header that says of which experiment and build, a line a run with its numbers as bits, and a last line with the count and the SHA-256 of all before it. A file that
/// ends anywhere else, or has a bit turned, is told from a whole one.
/// </summary>
internal static class TaskResult
{
    private const string Magic = "mizarlab-results 1";

    public static string Text(ExperimentFacts facts, IEnumerable<TimedOutcome> runs)
    {
        StringBuilder text = new($"{Magic} {facts.Text} {facts.Build}\n");
        int count = 0;
        foreach ((RunOutcome run, TimeSpan elapsed) in runs)
        {
            count++;
            text.Append(CultureInfo.InvariantCulture, $"{run.Point} {run.Replication} {run.Seed} {run.Fingerprint:x32} {(long)elapsed.TotalMicroseconds}");
            foreach (double value in run.Values)
            {
                text.Append(CultureInfo.InvariantCulture, $" {BitConverter.DoubleToInt64Bits(value):x16}");
            }
            text.Append('\n');
        }
        // Before the last line is begun: an interpolated append begins it at once.
        string sum = Sum(text.ToString());
        return text.Append(CultureInfo.InvariantCulture, $"end {count} {sum}\n").ToString();
    }

    /// <summary>The runs of a file; null of one that is torn.</summary>
    /// <exception cref="HarnessException">It is whole, and of another experiment or build.</exception>
    public static ImmutableArray<TimedOutcome>? Read(string text, ExperimentFacts facts, int measures)
    {
        int end = text.LastIndexOf("\nend ", StringComparison.Ordinal) + 1;
        if (end <= 0 || !text.EndsWith('\n'))
        {
            return null;
        }
        string body = text[..end];
        string[] lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (text[end..] != string.Create(CultureInfo.InvariantCulture, $"end {lines.Length - 1} {Sum(body)}\n"))
        {
            return null;
        }
        if (lines[0] != $"{Magic} {facts.Text} {facts.Build}")
        {
            throw new HarnessException("a task's result is of another experiment, or of another build of the lab: all nodes need the same");
        }
        return [.. lines.Skip(1).Select(line => Line(line, measures))];
    }

    private static TimedOutcome Line(string line, int measures)
    {
        string[] parts = line.Split(' ');
        if (parts.Length != 5 + measures)
        {
            throw new HarnessException($"a task's result has {parts.Length - 5} values for {measures} measures");
        }
        RunOutcome outcome = new(
            int.Parse(parts[0], CultureInfo.InvariantCulture),
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            ulong.Parse(parts[2], CultureInfo.InvariantCulture),
            [.. parts[5..].Select(p => BitConverter.Int64BitsToDouble(long.Parse(p, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))],
            UInt128.Parse(parts[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return new TimedOutcome(outcome, TimeSpan.FromMicroseconds(long.Parse(parts[4], CultureInfo.InvariantCulture)));
    }

    private static string Sum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
