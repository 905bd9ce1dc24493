using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Scenarios.Reading;

/// <summary>Collects what is wrong with a file, so that the user sees all of it at once and nothing twice.</summary>
internal sealed class Diagnostics(string file)
{
    /// <summary>Words compared in search of suggestions; beyond it there are none.</summary>
    private const int MostComparisons = 200_000;

    /// <summary>More help nobody, and a hostile file could make millions.</summary>
    public const int Limit = 100;

    private readonly List<ScenarioError> errors = [];
    private readonly SortedSet<(int Line, int Column, string Text)> seen = [];
    private int unlisted;
    private int comparisons;

    public string File => file;

    public bool Any => errors.Count > 0;

    private bool Full => errors.Count >= Limit;

    public void Report(SourcePlace where, string text, string? mend = null)
    {
        if (Full)
        {
            unlisted++;
        }
        else if (seen.Add((where.Line, where.Column, text)))
        {
            errors.Add(new ScenarioError(where, text, mend));
        }
    }

    /// <summary>Reports a word that is none of those known, with the nearest of them, which it returns.</summary>
    public string? ReportUnknown(SourcePlace where, string text, string word, IEnumerable<string> known)
    {
        string? near = Nearest(word, known);
        Report(where, text, Suggestion.Of(near));
        return near;
    }

    /// <summary>The nearest known word as a mend; null when none is near, or too much was searched already.</summary>
    public string? Suggest(string word, IEnumerable<string> known) => Suggestion.Of(Nearest(word, known));

    private string? Nearest(string word, IEnumerable<string> known)
    {
        if (Full || comparisons > MostComparisons)
        {
            return null;
        }
        comparisons += known.Count();
        return Suggestion.Nearest(word, known);
    }

    /// <exception cref="ScenarioException">Something was reported.</exception>
    public void ThrowIfAny()
    {
        if (!Any)
        {
            return;
        }
        ImmutableArray<ScenarioError> sorted = [.. errors.OrderBy(e => e.Where.Line).ThenBy(e => e.Where.Column)];
        throw new ScenarioException(unlisted == 0
            ? sorted
            : sorted.Add(new ScenarioError(sorted[^1].Where, $"and {unlisted} more errors after these {Limit}", null)));
    }
}
