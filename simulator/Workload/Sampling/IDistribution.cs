using MizarLab.Engine;

namespace MizarLab.Workload.Sampling;

/// <summary>
/// A law that random quantities follow: sizes in bytes, spans in picoseconds, whatever its owner says. Immutable, and shared by any number of
/// streams; the same stream gives the same values on any machine.
/// </summary>
public interface IDistribution
{
    /// <summary>The exact mean, as far as a double holds it; infinity where the law has none.</summary>
    double Mean { get; }

    double Next(RandomStream random);
}

/// <summary>Draws that every law is made of.</summary>
public static class Draws
{
    private const double TwoToMinus53 = 1.0 / (1L << 53);

    /// <summary>Evenly from (0, 1]: a multiple of 2^-53, never 0, so that its logarithm exists.</summary>
    public static double NextUnit(this RandomStream random) => ((random.NextUInt64() >> 11) + 1) * TwoToMinus53;

    /// <summary>True with this probability, to the nearest 2^-53.</summary>
    public static bool NextBool(this RandomStream random, double probability) => random.NextUnit() <= probability;

    /// <summary>A span of the law, whose values are picoseconds, to the nearest picosecond.</summary>
    public static SimTime NextTime(this IDistribution law, RandomStream random) => new(Rounded(law.Next(random)));

    /// <summary>A size of the law, whose values are bytes, to the nearest byte and at least one.</summary>
    public static long NextSize(this IDistribution law, RandomStream random) => Math.Max(1, Rounded(law.Next(random)));

    private static long Rounded(double value) => value >= long.MaxValue / 2 ? long.MaxValue / 2 : (long)(value + 0.5);
}
