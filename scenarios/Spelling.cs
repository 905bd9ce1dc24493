using MizarLab.Scenarios.Reading;

namespace MizarLab.Scenarios;

/// <summary>Suggestions for words that are none of those known, as errors in scenarios have them.</summary>
public static class Spelling
{
    /// <summary>The word that was meant, by edit distance; null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known) => Suggestion.Nearest(word, known);
}
