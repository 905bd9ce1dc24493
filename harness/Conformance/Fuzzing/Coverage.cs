using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>How often each program gave each answer: what the cases were worth.</summary>
public sealed class Coverage
{
    private const int Verdicts = 8;
    private const int Reasons = 256;

    private readonly long[] counts = new long[2 * Verdicts * Reasons];

    public void Note(ProgramId program, in ProgramResult result) =>
        counts[(((int)program * Verdicts) + ((int)result.Verdict & (Verdicts - 1))) * Reasons + (int)result.Reason]++;

    /// <summary>Reasons that were reached, by number.</summary>
    public ImmutableArray<Reason> Reached => [.. Enum.GetValues<Reason>().Where(reason => Enumerable.Range(0, 2 * Verdicts).Any(way => counts[(way * Reasons) + (int)reason] > 0))];

    /// <summary>Answers that came, each with how often.</summary>
    public IEnumerable<(ProgramId Program, Verdict Verdict, Reason Reason, long Times)> Answers()
    {
        for (int at = 0; at < counts.Length; at++)
        {
            if (counts[at] > 0)
            {
                yield return ((ProgramId)(at / (Verdicts * Reasons)), (Verdict)(at / Reasons % Verdicts), (Reason)(at % Reasons), counts[at]);
            }
        }
    }
}
