using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>
/// Something an experiment's results must show. Each kind is a class of its own; it is made of a file's keys when those were checked, and judges results.
/// </summary>
/// <param name="Number">From 1, in the order of the file.</param>
/// <param name="Kind">The file's word: <c>slope</c>.</param>
/// <param name="Says">In words, by the author or else made.</param>
public abstract record Claim(int Number, string Kind, SourcePlace Where, string Says)
{
    public ClaimResult Judge(SweepResults results)
    {
        ImmutableArray<ClaimFinding> findings;
        try
        {
            findings = [.. Findings(results)];
        }
        catch (ExpressionException trouble)
        {
            findings = [ClaimFinding.Not("", trouble.Message)];
        }
        return new ClaimResult(this, !findings.IsEmpty && findings.All(f => f.Held), findings);
    }

    /// <summary>What it says a measure is at a point, for a figure; null when it says nothing of the kind.</summary>
    public virtual double? ExpectedAt(SweepResults results, int point, int measure) => null;

    protected abstract IEnumerable<ClaimFinding> Findings(SweepResults results);

    /// <summary>A number as people read it: six digits, no exponent where it is not needed.</summary>
    public static string Shown(double number) => number switch
    {
        0 => "0",
        _ when double.IsNaN(number) => "nothing",
        _ when Math.Abs(number) is >= 1e15 or < 1e-4 => number.ToString("0.####e0", CultureInfo.InvariantCulture),
        _ when Math.Abs(number) >= 100_000 => number.ToString("0", CultureInfo.InvariantCulture),
        _ => number.ToString("G6", CultureInfo.InvariantCulture),
    };
}

/// <summary>One thing a claim looked at.</summary>
/// <param name="At">The point or the curve; empty when there is but one.</param>
/// <param name="Measured">NaN when nothing was.</param>
/// <param name="HalfWidth">Of its 95 % interval; NaN when it has none.</param>
/// <param name="Bound">What it was held against.</param>
/// <param name="Trouble">Why nothing could be judged; empty otherwise.</param>
public sealed record ClaimFinding(string At, double Measured, double HalfWidth, string Bound, bool Held, string Trouble)
{
    /// <summary>Nothing to judge, which is never a claim held.</summary>
    public static ClaimFinding Not(string at, string trouble) => new(at, double.NaN, double.NaN, "", false, trouble);

    /// <summary><c>4.02 ± 0.11</c>.</summary>
    public string Value => double.IsNaN(Measured) ? Trouble : Estimate.Text(Measured, HalfWidth);
}

/// <summary>What became of a claim.</summary>
public sealed record ClaimResult(Claim Claim, bool Held, ImmutableArray<ClaimFinding> Findings)
{
    /// <summary>The finding that says most: the first that failed, else the first.</summary>
    public ClaimFinding? Telling => Findings.FirstOrDefault(f => !f.Held) ?? Findings.FirstOrDefault();

    public int Failed => Findings.Count(f => !f.Held);
}
