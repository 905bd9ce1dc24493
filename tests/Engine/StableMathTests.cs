using System.Numerics;
using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

/// <summary>Errors are measured against integer arithmetic of some 1 200 bits, not against another library's functions.</summary>
public sealed class StableMathTests
{
    private const int Bits = 1200;
    private static readonly BigInteger One = BigInteger.One << Bits;

    [Fact]
    public void Logarithms_are_within_one_ulp()
    {
        double worst = 0;
        foreach (double x in Sample("log", e => e))
        {
            worst = Math.Max(worst, UlpsApart(StableMath.Log(x), LogOf(x)));
        }
        Assert.InRange(worst, 0, 1.0);
    }

    /// <summary>Where a relative error would be largest: the logarithm is nearly zero there.</summary>
    [Fact]
    public void Logarithms_near_one_are_as_good()
    {
        RandomStream random = new(2, "near one");
        for (int i = 0; i < 1_000; i++)
        {
            double x = 1 + (((random.NextUInt32() / 4294967296.0) - 0.5) / (1 << (i % 40)));
            if (x != 1)
            {
                Assert.InRange(UlpsApart(StableMath.Log(x), LogOf(x)), 0, 1.0);
            }
        }
        Assert.Equal(0, StableMath.Log(1));
    }

    [Fact]
    public void Exponentials_are_within_two_ulp()
    {
        RandomStream random = new(3, "exp");
        double worst = 0;
        for (int i = 0; i < 500; i++)
        {
            double x = ((random.NextUInt32() / 2147483648.0) - 1) * (i % 2 == 0 ? 700 : 1);
            worst = Math.Max(worst, UlpsApart(StableMath.Exp(x), ExpOf(ToFixed(x))));
        }
        Assert.InRange(worst, 0, 2.0);
        Assert.Equal(1, StableMath.Exp(0));
        Assert.Equal(double.PositiveInfinity, StableMath.Exp(710));
        Assert.Equal(0, StableMath.Exp(-750));
        Assert.Equal(5e-324, StableMath.Exp(-744.5));
    }

    [Fact]
    public void Quotients_that_vanish_are_good_near_zero()
    {
        foreach (double t in (double[])[-0.3, -0.25, -0.2, -1e-3, -1e-9, -1e-300, 1e-300, 1e-9, 1e-3, 0.2, 0.25, 0.3, 2])
        {
            BigInteger exact = t is > -1e-50 and < 1e-50 ? One : ((ExpOf(ToFixed(t)) - One) * One) / ToFixed(t);
            Assert.InRange(UlpsApart(StableMath.Expm1Over(t), exact), 0, 10.0);
            BigInteger log = t is > -1e-50 and < 1e-50 ? One : LogOf(ToFixed(t) + One, Math.Log(1 + t)) * One / ToFixed(t);
            Assert.InRange(UlpsApart(StableMath.Log1pOver(t), log), 0, 10.0);
        }
        Assert.Equal(1, StableMath.Expm1Over(0));
        Assert.Equal(1, StableMath.Log1pOver(0));
    }

    [Fact]
    public void Powers_are_exponentials_of_logarithms()
    {
        Assert.Equal(1024, StableMath.Pow(2, 10), 1e-10);
        Assert.Equal(1, StableMath.Pow(7, 0));
        Assert.Equal(Math.Sqrt(3), StableMath.Pow(3, 0.5), 1e-14);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_has_no_logarithm_is_refused(double x) => Assert.Throws<ArgumentOutOfRangeException>(() => StableMath.Log(x));

    /// <summary>Written down: one bit of one of these another, and every run with random times is another run.</summary>
    [Fact]
    public void The_bits_are_the_same_for_ever()
    {
        StableHash hash = default;
        foreach (double x in Sample("pinned", e => e % 300))
        {
            hash.Add(BitConverter.DoubleToInt64Bits(StableMath.Log(x)));
            hash.Add(BitConverter.DoubleToInt64Bits(StableMath.Exp(StableMath.Log(x) / 3)));
            hash.Add(BitConverter.DoubleToInt64Bits(StableMath.Pow(x, 0.7)));
        }
        Assert.Equal("7ec41b44cf3ad35373e2be0c78cde272", hash.Finish().ToString("x32"));
    }

    private static IEnumerable<double> Sample(string name, Func<int, int> exponentOf)
    {
        RandomStream random = new(1, name);
        for (int i = 0; i < 500; i++)
        {
            int exponent = exponentOf((int)random.NextBelow(2040)) - 1020;
            yield return BitConverter.Int64BitsToDouble((long)(random.NextUInt64() >> 12) | ((long)(exponent % 1020 + 1023) << 52));
        }
        yield return 5e-324;
        yield return double.MaxValue;
        yield return Math.Sqrt(2);
        yield return Math.BitIncrement(Math.Sqrt(2));
    }

    private static double UlpsApart(double got, BigInteger exact)
    {
        double magnitude = Math.Abs(ToDouble(exact));
        return Math.Abs(ToDouble(ToFixed(got) - exact)) / (Math.BitIncrement(magnitude) - magnitude);
    }

    private static double ToDouble(BigInteger value)
    {
        int beyond = (int)Math.Max(0, BigInteger.Abs(value).GetBitLength() - 62);
        return Math.ScaleB((double)(long)(value >> beyond), beyond - Bits);
    }

    /// <summary>x 2^Bits, exactly or cut off below.</summary>
    private static BigInteger ToFixed(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        int shift = Math.Max(exponent, 1) - 1075 + Bits;
        BigInteger value = shift >= 0 ? mantissa << shift : mantissa >> -shift;
        return bits < 0 ? -value : value;
    }

    /// <summary>Taylor's series of the argument divided by 2^12, then squared twelve times.</summary>
    private static BigInteger ExpOf(BigInteger x)
    {
        const int guard = 64, halvings = 12;
        BigInteger reduced = x << guard >> halvings;
        int scale = Bits + guard;
        BigInteger term = BigInteger.One << scale;
        BigInteger sum = term;
        for (int i = 1; !term.IsZero; i++)
        {
            term = ((term * reduced) >> scale) / i;
            sum += term;
            if (BigInteger.Abs(term) < 2)
            {
                break;
            }
        }
        for (int i = 0; i < halvings; i++)
        {
            sum = (sum * sum) >> scale;
        }
        return sum >> guard;
    }

    /// <summary>One step of Halley's from the library's answer, of which a third of the wrong digits are left: none in a hundred bits.</summary>
    private static BigInteger LogOf(BigInteger x, double near)
    {
        BigInteger start = ToFixed(near);
        BigInteger e = ExpOf(start);
        return start + (2 * (((x - e) * One) / (x + e)));
    }

    /// <summary>For any double: its exponent is taken out, so that small ones keep their digits.</summary>
    private static BigInteger LogOf(double x)
    {
        int exponent = Math.ILogB(x);
        double mantissa = Math.ScaleB(Math.ScaleB(x, -exponent / 2), -exponent - (-exponent / 2));
        BigInteger two = LogOf(2 * One, Math.Log(2));
        return LogOf(ToFixed(mantissa), Math.Log(mantissa)) + (exponent * two);
    }
}
