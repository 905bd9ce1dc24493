using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Baselines;

/// <summary>When a learned entry goes by itself.</summary>
public enum AgeingRule : byte
{
    /// <summary>Never: only others push it out.</summary>
    Never,

    /// <summary>So long after it was learned, however busy (Achelous' forwarding cache, which then asks its gateway again).</summary>
    AfterLearning,

    /// <summary>So long after the last packet (a bridge's table of MACs).</summary>
    WhenIdle,
}

/// <summary>
/// Whether an entry is there at some moment, when packets for it come Poisson at a rate λ and the first that finds none learns it: with λT/(1 + λT) when it goes a lifetime T after it was learned, with 1 − e^(−λT) when it goes
/// after being idle for T (spec 12 §6.2).
/// </summary>
/// <param name="Rule">Which.</param>
/// <param name="Lifetime">T.</param>
public readonly record struct EntryAgeing(AgeingRule Rule, SimTime Lifetime)
{
    /// <summary>Cycles of learning and forgetting before the moment, so that where they began is forgotten too.</summary>
    private const int Cycles = 12;

    private double Seconds => Lifetime.Picoseconds / 1e12;

    /// <summary>The law.</summary>
    /// <param name="rate">λ, in packets a second.</param>
    public double Share(double rate) => Rule switch
    {
        AgeingRule.AfterLearning => rate * Seconds / (1 + (rate * Seconds)),
        AgeingRule.WhenIdle => -StableMath.Exp(-rate * Seconds) + 1,
        _ => 1,
    };

    /// <summary>Lets packets come, and looks.</summary>
    public bool IsThere(double rate, RandomStream random)
    {
        switch (Rule)
        {
            case AgeingRule.WhenIdle:
                return Gap(rate, random) < Seconds; // since the last packet: Poisson streams look alike in both directions
            case AgeingRule.AfterLearning:
                // Learned, forgotten a lifetime later, learned again by the next packet; looked at anywhere in some later cycle.
                double left = (Cycles + random.NextUnit()) * (Seconds + (1 / rate));
                while (true)
                {
                    left -= Gap(rate, random);
                    if (left < 0)
                    {
                        return false;
                    }
                    left -= Seconds;
                    if (left < 0)
                    {
                        return true;
                    }
                }
            default:
                return true;
        }
    }

    private static double Gap(double rate, RandomStream random) => -StableMath.Log(random.NextUnit()) / rate;
}
