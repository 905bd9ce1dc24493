namespace MizarLab.Packets.Layers;

/// <summary>The nearest of some words to one that is wrong.</summary>
internal static class Suggestion
{
    /// <summary>The nearest word by edits, at most a third of its length and at least one away; null when none is so near.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> words)
    {
        string? nearest = null;
        int fewest = int.MaxValue;
        foreach (string word in words)
        {
            int edits = Distance(wrong, word);
            if (edits < fewest && edits <= Math.Max(1, word.Length / 3) + (word.Length > 2 ? 1 : 0) && edits < word.Length)
            {
                nearest = word;
                fewest = edits;
            }
        }
        return nearest;
    }

    /// <summary>Levenshtein's distance; of long words only the first 64 characters count.</summary>
    private static int Distance(string left, string right)
    {
        left = left.Length > 64 ? left[..64] : left;
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
