using System.Collections.Immutable;
using MizarLab.Engine;

namespace MizarLab.Studies;

/// <summary>The functions expressions may call. Another is a line here.</summary>
internal static class ExpressionFunctions
{
    /// <summary>Beyond it a double no longer tells neighbouring whole numbers apart.</summary>
    private const double LargestWhole = 9_007_199_254_740_992;

    public sealed record Function(string Name, int Least, int Most, Func<double[], double> Compute);

    public static ImmutableArray<Function> All { get; } =
    [
        new("lcm", 2, 16, a => Fold(a, Lcm)),
        new("gcd", 2, 16, a => Fold(a, Gcd)),
        new("min", 1, 16, a => Fold(a, Math.Min)),
        new("max", 1, 16, a => Fold(a, Math.Max)),
        new("sqrt", 1, 1, a => Math.Sqrt(a[0])),
        new("ln", 1, 1, a => StableMath.Log(Positive(a[0]))),
        new("log2", 1, 1, a => StableMath.Log(Positive(a[0])) / StableMath.Log(2)),
        new("log10", 1, 1, a => StableMath.Log(Positive(a[0])) / StableMath.Log(10)),
        new("exp", 1, 1, a => Exp(a[0])),
        new("floor", 1, 1, a => Math.Floor(a[0])),
        new("ceil", 1, 1, a => Math.Ceiling(a[0])),
        new("round", 1, 1, a => Math.Round(a[0], MidpointRounding.AwayFromZero)),
        new("abs", 1, 1, a => Math.Abs(a[0])),
    ];

    /// <summary>Whole exponents exactly, by squaring; others by logarithm.</summary>
    /// <exception cref="ArgumentException">A negative number to the power of a fraction.</exception>
    public static double Power(double x, double y)
    {
        if (y == Math.Truncate(y) && Math.Abs(y) <= 1_000_000)
        {
            double power = 1;
            double square = x;
            for (long left = (long)Math.Abs(y); left > 0; left >>= 1)
            {
                power = (left & 1) == 1 ? power * square : power;
                square *= square;
            }
            return y < 0 ? 1 / power : power;
        }
        return x == 0 && y > 0 ? 0 : Exp(y * StableMath.Log(Positive(x)));
    }

    private static double Fold(double[] arguments, Func<double, double, double> two)
    {
        double result = arguments[0];
        for (int i = 1; i < arguments.Length; i++)
        {
            result = two(result, arguments[i]);
        }
        return result;
    }

    private static double Lcm(double a, double b) => Whole(a) / Gcd(a, b) * Whole(b);

    private static double Gcd(double a, double b)
    {
        long x = Whole(a);
        long y = Whole(b);
        while (y != 0)
        {
            (x, y) = (y, x % y);
        }
        return x;
    }

    private static long Whole(double a) =>
        a >= 1 && a <= LargestWhole && a == Math.Truncate(a) ? (long)a : throw new ArgumentException("is of whole numbers from 1");

    private static double Positive(double a) => a > 0 && double.IsFinite(a) ? a : throw new ArgumentException("is of positive numbers");

    /// <summary>The engine's exponential is for a double's range; beyond it there is nothing to say but 0 and infinity.</summary>
    private static double Exp(double a) => a switch
    {
        > 709 => double.PositiveInfinity,
        < -708 => 0,
        _ => StableMath.Exp(a),
    };
}
