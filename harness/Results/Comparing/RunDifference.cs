using System.Collections.Immutable;
using MizarLab.Measure;

namespace MizarLab.Harness.Results.Comparing;

/// <summary>One thing that two runs found differently.</summary>
/// <param name="Before">Null: only the second run has it.</param>
/// <param name="After">Null: only the first has it.</param>
/// <param name="Apart">Of the means; null for words, and where one is absent.</param>
public sealed record Moved(Measured? Before, Measured? After, MeanDifference? Apart)
{
    public Measured Named => (After ?? Before)!;

    /// <summary>After as a multiple of before; NaN where there is none.</summary>
    public double Ratio => Before is { Word: null, Numbers: { Mean: not 0 } was } && After is { Word: null } ? After.Numbers.Mean / was.Mean : double.NaN;
}

/// <summary>Two runs held against each other: what moved, and how much did not.</summary>
/// <param name="Same">Things that are in both and did not move.</param>
public sealed record RunDifference(ImmutableArray<Moved> Moved, int Same)
{
    /// <summary>Numbers moved when the interval of their difference does not hold 0; exact numbers and words when they are not equal.</summary>
    /// <param name="confidence">Of each interval; of many things some will seem to have moved at 95 %.</param>
    public static RunDifference Between(IReadOnlyList<Measured> before, IReadOnlyList<Measured> after, double confidence)
    {
        Dictionary<(string, string), Measured> second = [];
        foreach (Measured thing in after)
        {
            second.TryAdd((thing.Subject, thing.Measure), thing);
        }
        ImmutableArray<Moved>.Builder moved = ImmutableArray.CreateBuilder<Moved>();
        int same = 0;
        foreach (Measured was in before)
        {
            if (!second.Remove((was.Subject, was.Measure), out Measured? now))
            {
                moved.Add(new Moved(was, null, null));
            }
            else if (Compare(was, now, confidence) is { } difference)
            {
                moved.Add(difference);
            }
            else
            {
                same++;
            }
        }
        moved.AddRange(after.Where(thing => second.ContainsKey((thing.Subject, thing.Measure))).Select(thing => new Moved(null, thing, null)));
        return new RunDifference(moved.ToImmutable(), same);
    }

    private static Moved? Compare(Measured was, Measured now, double confidence)
    {
        if (was.Word is not null || now.Word is not null)
        {
            return was.Word == now.Word ? null : new Moved(was, now, null);
        }
        if (was.Numbers.Count == 0 || now.Numbers.Count == 0)
        {
            return was.Numbers.Count == now.Numbers.Count ? null : new Moved(was, now, null);
        }
        MeanDifference apart = MeanDifference.Between(was.Numbers, now.Numbers, confidence);
        return apart.IsReal ? new Moved(was, now, apart) : null;
    }
}
