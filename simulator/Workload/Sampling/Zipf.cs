using MizarLab.Engine;

namespace MizarLab.Workload.Sampling;

/// <summary>
/// Zipf's law: rank k of 1 … n with probability ∝ k^-s, for any s ≥ 0. Rejection-inversion (Hörmann and Derflinger 1996): no table, so ten million
/// ranks cost what ten do; under 1.1 tries a value.
/// </summary>
public sealed class Zipf
{
    private readonly double exponent;
    private readonly double areaOfFirst;
    private readonly double areaOfAll;
    private readonly double shortcut;

    public Zipf(int count, double exponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegative(exponent);
        Count = count;
        this.exponent = exponent;
        areaOfFirst = Area(1.5) - 1;
        areaOfAll = Area(count + 0.5);
        shortcut = 2 - InverseArea(Area(2.5) - Density(2));
    }

    public int Count { get; }

    /// <summary>A rank from 1, the likeliest, to <see cref="Count"/>.</summary>
    public int Next(RandomStream random)
    {
        while (true)
        {
            double area = areaOfAll + (random.NextUnit() * (areaOfFirst - areaOfAll));
            double x = InverseArea(area);
            int rank = Math.Clamp((int)(x + 0.5), 1, Count);
            // The hat over a rank is its share of the area under x^-s; left of the shortcut it is never too high.
            if (rank - x <= shortcut || area >= Area(rank + 0.5) - Density(rank))
            {
                return rank;
            }
        }
    }

    /// <summary>The probability of each rank, the first at place 0.</summary>
    public double[] Probabilities()
    {
        double[] shares = new double[Count];
        double sum = 0;
        for (int i = Count - 1; i >= 0; i--)
        {
            sum += shares[i] = Density(i + 1);
        }
        for (int i = 0; i < Count; i++)
        {
            shares[i] /= sum;
        }
        return shares;
    }

    private double Density(double x) => StableMath.Exp(-exponent * StableMath.Log(x));

    /// <summary>∫ of x^-s from 1: (x^(1-s) - 1)/(1-s), and ln x at s = 1.</summary>
    private double Area(double x)
    {
        double log = StableMath.Log(x);
        return StableMath.Expm1Over((1 - exponent) * log) * log;
    }

    private double InverseArea(double area)
    {
        double t = Math.Max(-1 + 1e-15, area * (1 - exponent)); // Rounding may take it to -1, where the logarithm ends.
        return StableMath.Exp(StableMath.Log1pOver(t) * area);
    }
}
