namespace MizarLab.Engine;

/// <summary>
/// Logarithm, exponential and power that are the same bit for bit on every processor. The C library's are not (it chooses among kernels by the
/// CPU), and one differing bit in an arrival time is another run. These use nothing but IEEE 754 addition, subtraction,
/// multiplication and division of doubles, which the standard rounds exactly, in an order the source fixes; the compiler fuses none of them.
/// </summary>
/// <remarks>The errors stated are held by a test against arithmetic of more digits. An ulp is a unit in the last place of the result.</remarks>
public static class StableMath
{
    /// <summary>ln 2 in two parts: the first has 33 significant bits, so that its products with an exponent are exact.</summary>
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double OneOverLn2 = 1.44269504088896338700;
    private const double Sqrt2 = 1.41421356237309514547;
    private const double TwoTo54 = 18014398509481984.0;
    private const long MantissaMask = 0x000F_FFFF_FFFF_FFFF;
    private const int ExponentBias = 1023;
    private const double LargestExponent = 709.782712893383973096;
    private const double LeastExponent = -745.133219101941108420;

    /// <summary>The natural logarithm, within one ulp.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive finite number.</exception>
    public static double Log(double x)
    {
        if (!(x > 0 && x < double.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "a logarithm is taken of positive finite numbers");
        }
        int exponent = -ExponentBias;
        if (x < 2.2250738585072014e-308)
        {
            x *= TwoTo54;
            exponent -= 54;
        }
        long bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52);
        double mantissa = BitConverter.Int64BitsToDouble((bits & MantissaMask) | ((long)ExponentBias << 52));
        if (mantissa > Sqrt2)
        {
            mantissa *= 0.5;
            exponent++;
        }
        // ln(1+f) = 2 artanh s with s = f/(2+f), |s| < 0.172; 2s is written as f - f²/2 + s f²/2, for f is exact and s is not.
        double f = mantissa - 1;
        double s = f / (2 + f);
        double z = s * s;
        double series = 2 * ArtanhSeries(z);
        double half = 0.5 * f * f;
        return (exponent * Ln2High) - ((half - ((s * (half + series)) + (exponent * Ln2Low))) - f);
    }

    /// <summary>e to the power <paramref name="x"/>, within two ulp where the result is normal; 0 or infinity beyond a double's range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a number.</exception>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "not a number");
        }
        if (x > LargestExponent)
        {
            return double.PositiveInfinity;
        }
        if (x < LeastExponent)
        {
            return 0;
        }
        int power = (int)((x * OneOverLn2) + (x < 0 ? -0.5 : 0.5));
        double r = (x - (power * Ln2High)) - (power * Ln2Low);
        return Scale(1 + (r * Expm1OverSmall(r)), power);
    }

    /// <summary>
    /// <paramref name="x"/> to the power <paramref name="y"/>: exp(y ln x), so within 2 + 2|y ln x| ulp.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is no positive finite number.</exception>
    public static double Pow(double x, double y) => Exp(y * Log(x));

    /// <summary>(e^t - 1)/t, also near 0, where it is 1; within some ten ulp.</summary>
    public static double Expm1Over(double t) => t is > -0.25 and < 0.25 ? Expm1OverSmall(t) : (Exp(t) - 1) / t;

    /// <summary>ln(1 + t)/t, also near 0, where it is 1; within some ten ulp. Above -1.</summary>
    public static double Log1pOver(double t)
    {
        if (t is <= -0.25 or >= 0.25)
        {
            return Log(1 + t) / t;
        }
        // 2 artanh(s)/t with s = t/(2+t).
        double s = t / (2 + t);
        return 2 / (2 + t) * (1 + ArtanhSeries(s * s));
    }

    /// <summary>artanh(s)/s - 1 for z = s²: z/3 + z²/5 + …; for z ≤ 0.03 what is left out is below 2^-60.</summary>
    private static double ArtanhSeries(double z)
    {
        double sum = 1.0 / 23;
        sum = (sum * z) + (1.0 / 21);
        sum = (sum * z) + (1.0 / 19);
        sum = (sum * z) + (1.0 / 17);
        sum = (sum * z) + (1.0 / 15);
        sum = (sum * z) + (1.0 / 13);
        sum = (sum * z) + (1.0 / 11);
        sum = (sum * z) + (1.0 / 9);
        sum = (sum * z) + (1.0 / 7);
        sum = (sum * z) + (1.0 / 5);
        sum = (sum * z) + (1.0 / 3);
        return sum * z;
    }

    /// <summary>Taylor's series of (e^r - 1)/r up to r¹⁴/15!; for |r| ≤ 0.35 what is left out is below 2^-64.</summary>
    private static double Expm1OverSmall(double r)
    {
        double sum = 1.0 / 1307674368000;
        sum = (sum * r) + (1.0 / 87178291200);
        sum = (sum * r) + (1.0 / 6227020800);
        sum = (sum * r) + (1.0 / 479001600);
        sum = (sum * r) + (1.0 / 39916800);
        sum = (sum * r) + (1.0 / 3628800);
        sum = (sum * r) + (1.0 / 362880);
        sum = (sum * r) + (1.0 / 40320);
        sum = (sum * r) + (1.0 / 5040);
        sum = (sum * r) + (1.0 / 720);
        sum = (sum * r) + (1.0 / 120);
        sum = (sum * r) + (1.0 / 24);
        sum = (sum * r) + (1.0 / 6);
        sum = (sum * r) + (1.0 / 2);
        return (sum * r) + 1;
    }

    /// <summary>Times a power of two, in two steps, so that results below the normal range are rounded once.</summary>
    private static double Scale(double value, int power)
    {
        int first = power / 2;
        return value * PowerOfTwo(first) * PowerOfTwo(power - first);
    }

    private static double PowerOfTwo(int power) => BitConverter.Int64BitsToDouble((long)(power + ExponentBias) << 52);
}
