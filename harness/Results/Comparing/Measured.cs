using MizarLab.Measure;

namespace MizarLab.Harness.Results.Comparing;

/// <summary>One thing a run found: a number, once or several times, or a word.</summary>
/// <param name="Subject">Of what: <c>basic switch · model · ping-1</c>. Subject and measure name a thing in both runs.</param>
/// <param name="Measure">What of it: <c>round trip</c>.</param>
/// <param name="Unit">Of the numbers; empty for counts, shares and words.</param>
/// <param name="Numbers">None for a word.</param>
/// <param name="Word">Null for numbers.</param>
public sealed record Measured(string Subject, string Measure, string Unit, Moments Numbers, string? Word)
{
    public static Measured OfWord(string subject, string measure, string word) => new(subject, measure, "", default, word);

    public static Measured OfNumbers(string subject, string measure, string unit, params IEnumerable<double> numbers)
    {
        Moments moments = default;
        foreach (double number in numbers)
        {
            moments.Add(number);
        }
        return new Measured(subject, measure, unit, moments, null);
    }
}
