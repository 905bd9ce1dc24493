using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>Student's t distribution: how far the mean of few independent numbers lies from the truth.</summary>
public static class StudentT
{
    private const int MaximumTerms = 10_000;
    private const double Tiny = 1e-300;

    /// <summary>P(T ≤ t) at so many degrees of freedom, to some twelve digits.</summary>
    public static double Cumulative(double t, long degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        // One tail is half the regularised incomplete beta function of n/(n+t²) at (n/2, 1/2).
        double x = degrees / (degrees + (t * t));
        if (x == 1)
        {
            return 0.5;
        }
        double tail = 0.5 * (x < (degrees / 2.0 + 1) / (degrees / 2.0 + 2.5)
            ? Beta(x, degrees / 2.0, 0.5, degrees)
            : 1 - Beta(1 - x, 0.5, degrees / 2.0, degrees));
        return t > 0 ? 1 - tail : tail;
    }

    /// <summary>The t that is exceeded with probability 1 − <paramref name="probability"/>.</summary>
    /// <param name="probability">In (0, 1).</param>
    /// <param name="degrees">Of freedom, from 1.</param>
    public static double Quantile(double probability, long degrees)
    {
        if (!(probability is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "a probability lies between 0 and 1");
        }
        if (probability < 0.5)
        {
            return -Quantile(1 - probability, degrees);
        }
        double high = 1;
        while (Cumulative(high, degrees) < probability)
        {
            high *= 2;
        }
        double low = 0;
        for (int i = 0; i < 100 && low < high; i++)
        {
            double middle = (low + high) / 2;
            if (Cumulative(middle, degrees) < probability)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /// <summary>The regularised incomplete beta function with one parameter 1/2 and the other degrees/2: its continued fraction by Lentz's method.</summary>
    private static double Beta(double x, double a, double b, long degrees)
    {
        double front = StableMath.Pow(x, a) * StableMath.Pow(1 - x, b) / (a * BetaConstant(degrees));
        double c = 1;
        double d = Guard(1 - ((a + b) * x / (a + 1)));
        d = 1 / d;
        double fraction = d;
        for (int m = 1; m <= MaximumTerms; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / Guard(1 + (even * d));
            c = Guard(1 + (even / c));
            fraction *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / Guard(1 + (odd * d));
            c = Guard(1 + (odd / c));
            double step = d * c;
            fraction *= step;
            if (Math.Abs(step - 1) < 1e-15)
            {
                return front * fraction;
            }
        }
        throw new InvalidOperationException($"the continued fraction did not settle for {degrees} degrees of freedom");
    }

    /// <summary>B(n/2, 1/2), from B(1/2, 1/2) = π or B(1, 1/2) = 2 by B(a+1, b) = B(a, b) a/(a+b).</summary>
    private static double BetaConstant(long degrees)
    {
        double beta = degrees % 2 == 1 ? Math.PI : 2;
        for (double a = degrees % 2 == 1 ? 0.5 : 1; a < degrees / 2.0; a++)
        {
            beta *= a / (a + 0.5);
        }
        return beta;
    }

    private static double Guard(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
