using MizarLab.Measure;

namespace MizarLab.Tests.Theory;

/// <summary>
/// Independent runs of one model, a number from each, against what theory says: within five standard errors of the runs' spread (spec 12 §6). Seeds are fixed, so
/// a test that passes does so always; the band says that it would with nearly any other seeds.
/// </summary>
internal static class Replications
{
    public const int Runs = 20;
    private const double Errors = 5;

    /// <summary>Set for the long form: four times the runs.</summary>
    public static bool Long { get; } = Environment.GetEnvironmentVariable("MIZARLAB_LONG") is { Length: > 0 };

    public static int Count => Long ? 4 * Runs : Runs;

    public static Moments Of(Func<ulong, double> run)
    {
        Moments moments = default;
        for (ulong seed = 1; seed <= (ulong)Count; seed++)
        {
            moments.Add(run(seed));
        }
        return moments;
    }

    /// <param name="expected">By theory.</param>
    /// <param name="precision">How large one standard error may be, as a part of what is expected: a band that would take anything is no test.</param>
    /// <param name="got">From replications.</param>
    public static void AssertNear(double expected, double precision, Moments got)
    {
        Assert.True(got.StandardError <= precision * Math.Abs(expected), $"the standard error {got.StandardError:G4} is too large to tell anything about {expected:G6}");
        double off = Math.Abs(got.Mean - expected);
        Assert.True(
            off <= (Errors * got.StandardError) + (1e-12 * Math.Abs(expected)),
            $"{got.Mean:G7} ± {got.StandardError:G3} over {got.Count} runs; theory says {expected:G7}, which is {off / got.StandardError:F1} standard errors away");
    }
}
