namespace MizarLab.Scenarios.Reading;

/// <summary>The nearest known word by edit distance (insert, delete, replace, swap of neighbours), when it is near enough to be meant.</summary>
internal static class Suggestion
{
    private const int LongestWord = 64;

    /// <summary><c>did you mean 'vip'?</c>, or null when nothing is near.</summary>
    public static string? For(string word, IEnumerable<string> known) => Of(Nearest(word, known));

    /// <summary>A word as a suggestion.</summary>
    public static string? Of(string? near) => near is null ? null : $"did you mean '{near}'?";

    /// <summary>The word that was meant, or null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }
        string? best = null;
        string lower = word.ToLowerInvariant();
        int reach = Math.Min(Math.Max(1, (word.Length + 1) / 3), word.Length - 1);
        foreach (string candidate in known)
        {
            int distance = Math.Abs(candidate.Length - word.Length) > reach ? int.MaxValue : Distance(lower, candidate.ToLowerInvariant(), reach);
            if (distance <= reach)
            {
                best = candidate;
                reach = distance - 1;
                if (reach < 0)
                {
                    break;
                }
            }
        }
        return best;
    }

    /// <summary>The distance when it is at most <paramref name="reach"/>, else something greater. What both begin and end with costs nothing.</summary>
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int reach)
    {
        int same = a.CommonPrefixLength(b);
        a = a[same..];
        b = b[same..];
        while (!a.IsEmpty && !b.IsEmpty && a[^1] == b[^1])
        {
            a = a[..^1];
            b = b[..^1];
        }
        if (b.Length > LongestWord)
        {
            return int.MaxValue;
        }
        Span<int> beforeLast = stackalloc int[LongestWord + 1];
        Span<int> last = stackalloc int[LongestWord + 1];
        Span<int> row = stackalloc int[LongestWord + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
                least = Math.Min(least, row[j]);
            }
            if (least > reach + 1)
            {
                return int.MaxValue; // a swap may still take one off the row after next, no more
            }
            Span<int> spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[b.Length];
    }
}
