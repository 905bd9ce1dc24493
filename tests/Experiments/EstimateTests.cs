using MizarLab.Engine;
using MizarLab.Studies;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Experiments;

/// <summary>A value has the digits that its interval supports, and an exact one all it needs.</summary>
public sealed class EstimateTests
{
    [Theory]
    [InlineData(12.34471, 0.05113, "12.34 ± 0.05")]
    [InlineData(12.3, 0.05, "12.30 ± 0.05")]                    // zeros that were measured
    [InlineData(12.34471, 0.1449, "12.34 ± 0.14")]              // two digits of a half that begins with 1
    [InlineData(12.34471, 0.0951, "12.34 ± 0.10")]
    [InlineData(12.34471, 0.0999, "12.34 ± 0.10")]
    [InlineData(12.34471, 0.999, "12.3 ± 1.0")]
    [InlineData(123_456, 2_345, "123000 ± 2000")]
    [InlineData(123_456, 12.6, "123456 ± 13")]
    [InlineData(0.4, 12, "0 ± 12")]
    [InlineData(-0.4, 3, "0 ± 3")]                              // no -0
    [InlineData(-12.34471, 0.05113, "-12.34 ± 0.05")]
    [InlineData(0, 0.0021, "0.000 ± 0.002")]
    [InlineData(3.0961e-7, 1.21e-8, "(3.10 ± 0.12)e-7")]
    [InlineData(3.0961e-7, 4.1e-6, "(0 ± 4)e-6")]
    [InlineData(1.23456e18, 3e15, "(1.235 ± 0.003)e18")]
    [InlineData(0.00012345, 0.0000123, "0.000123 ± 0.000012")]
    public void A_value_ends_where_its_interval_does(double value, double half, string expected) => Assert.Equal(expected, Estimate.Text(value, half));

    [Theory]
    [InlineData(20_072, 0, "20072")]
    [InlineData(40_010_000_000, double.NaN, "40010000000")]
    [InlineData(0.4375, 0, "0.4375")]
    [InlineData(0.1, 1e-17, "0.1")]                             // the rounding of a sum is no interval
    [InlineData(double.NaN, 0.1, "nothing")]
    public void What_is_exact_has_no_interval_and_counts_are_whole(double value, double half, string expected) => Assert.Equal(expected, Estimate.Text(value, half));

    /// <summary>What is read back is within half of the last place: of the value and of the interval.</summary>
    [Fact]
    public void Nothing_is_lost_but_what_the_interval_does_not_know()
    {
        RandomStream random = new(1, "estimates");
        for (int i = 0; i < 2_000; i++)
        {
            double value = (random.NextUnit() - 0.5) * Math.Pow(10, random.NextBelow(30) - 12.0);
            double half = Math.Abs(value) * Math.Pow(10, -6 * random.NextUnit());
            string[] parts = Estimate.Text(value, half).Split(" ± ");
            string power = parts[1].Contains(')', StringComparison.Ordinal) ? parts[1][(parts[1].IndexOf(')', StringComparison.Ordinal) + 1)..] : "";
            double shown = Read(parts[0].TrimStart('(') + power), width = Read(parts[1].Split(')')[0] + power);
            Assert.InRange(shown, value - (half * 0.34), value + (half * 0.34));
            Assert.InRange(width, half * 0.79, half * 1.26);
        }
    }

    [Theory]
    [InlineData(0.435_123_4, 0.440_123_4, "0.43512 … 0.44012")]
    [InlineData(0.25, 0.4, "0.25 … 0.4")]
    [InlineData(1, 1_000_000, "1 … 1000000")]
    [InlineData(1_842.7781, 1_901.2219, "1842.8 … 1901.2")]
    [InlineData(0, 0.00001, "0 … 1e-5")]
    [InlineData(8, 8, "8")]
    public void Bounds_have_three_digits_of_their_distance(double low, double high, string expected) => Assert.Equal(expected, Tolerance.Bounds(low, high));

    private static double Read(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
