namespace MizarLab.Tests.Laws;

/// <summary>Closed forms of spec 12, written here anew: no study's own code is asked.</summary>
internal static class Formulas
{
    public static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);

    public static int Lcm(int a, int b) => a / Gcd(a, b) * b;

    /// <summary>Of a share p over so many independent ones.</summary>
    public static double BinomialDeviation(double share, double count) => Math.Sqrt(share * (1 - share) / count);

    /// <summary>Bins of n that k balls meet: n (1 − (1 − 1/n)^k).</summary>
    public static double Occupied(double bins, double balls) => bins * (1 - Math.Pow(1 - (1 / bins), balls));

    /// <summary>And the deviation: two bins are both empty with (1 − 2/n)^k.</summary>
    public static double OccupiedDeviation(double bins, double balls)
    {
        (double one, double both) = (Math.Pow(1 - (1 / bins), balls), Math.Pow(1 - (2 / bins), balls));
        return Math.Sqrt((bins * (bins - 1) * both) + (bins * one) - (bins * bins * one * one));
    }

    /// <summary>The share of pairs that one of n that failed hurts, where the directions hash apart: 1 − (1 − 1/n)².</summary>
    public static double Hurt(int of) => 1 - Math.Pow(1 - (1.0 / of), 2);

    /// <summary>Mean wait of M/G/1 by Pollaczek and Khinchine; service by its moments, E[S] = 1.</summary>
    public static double Wait(double load, double second) => load * second / (2 * (1 - load));

    /// <summary>
    /// The deviation of the mean wait of so many successive customers of M/G/1. With w = E[W] the function g(x) = λx²/2(1−ρ) + x/(1−ρ) solves Poisson's equation g(x) − E[g(W')|W = x] = x − w,
    /// so that the sum's variance a customer is 2 E[(W − w) g(W)] − Var W; Takács gives the moments. With exponential service it is the ρ(2 + 5ρ − 4ρ² + ρ³)/(1 − ρ)⁴ of spec 12 §6.2.
    /// </summary>
    public static double WaitDeviation(double load, double second, double third, double fourth, double customers)
    {
        double factor = load / (1 - load);
        double first = factor * second / 2;
        double square = factor * ((second * first) + (third / 3));
        double cube = factor * ((1.5 * second * square) + (third * first) + (fourth / 4));
        double variance = square - (first * first);
        return Math.Sqrt((((load * (cube - (first * square))) + (2 * variance)) / (1 - load) - variance) / customers);
    }

    /// <summary>Φ, by the series of its odd powers; for |z| up to 6.</summary>
    public static double Normal(double z)
    {
        (double sum, double term) = (z, z);
        for (int k = 1; k < 200; k++)
        {
            term *= z * z / ((2 * k) + 1);
            sum += term;
        }
        return 0.5 + (sum * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI));
    }

    /// <summary>The z below which a share of a normal law lies.</summary>
    public static double Quantile(double share)
    {
        (double low, double high) = (-6, 6);
        for (int i = 0; i < 100; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Normal(middle) < share ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }
}
