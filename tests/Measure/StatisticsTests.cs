using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Tests.Measure;

public sealed class StatisticsTests
{
    /// <summary>Printed tables of the t distribution.</summary>
    [Theory]
    [InlineData(0.975, 1, 12.7062)]
    [InlineData(0.975, 2, 4.30265)]
    [InlineData(0.975, 9, 2.26216)]
    [InlineData(0.975, 19, 2.09302)]
    [InlineData(0.995, 4, 4.60409)]
    [InlineData(0.95, 120, 1.65765)]
    [InlineData(0.975, 1_000_000, 1.95997)]
    [InlineData(0.025, 9, -2.26216)]
    [InlineData(0.5, 3, 0)]
    public void Quantiles_are_those_of_the_tables(double probability, long degrees, double expected) =>
        Assert.Equal(expected, StudentT.Quantile(probability, degrees), 5e-5 * Math.Max(1, Math.Abs(expected) / 10));

    /// <summary>Closed forms: 1/2 + arctan t/π for one degree, 1/2 + t/(2√(2+t²)) for two.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(1.0)]
    [InlineData(-3.0)]
    [InlineData(50.0)]
    public void Few_degrees_have_closed_forms(double t)
    {
        Assert.Equal(0.5 + (Math.Atan(t) / Math.PI), StudentT.Cumulative(t, 1), 1e-12);
        Assert.Equal(0.5 + (t / (2 * Math.Sqrt(2 + (t * t)))), StudentT.Cumulative(t, 2), 1e-12);
    }

    [Fact]
    public void Moments_do_not_cancel_and_merge()
    {
        double[] numbers = [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16];
        Moments all = default;
        Moments left = default;
        Moments right = default;
        for (int i = 0; i < numbers.Length; i++)
        {
            all.Add(numbers[i]);
            (i < 1 ? ref left : ref right).Add(numbers[i]);
        }
        left.Merge(right);
        Assert.Equal(1e9 + 10, all.Mean);
        Assert.Equal(30, all.Variance, 1e-9);
        Assert.Equal(all.Variance, left.Variance, 1e-6);
        Assert.Equal(all.Mean, left.Mean);
        Assert.Equal(3.18245 * Math.Sqrt(30.0 / 4), all.ConfidenceInterval(0.95).HalfWidth, 1e-4);
        Assert.Throws<InvalidOperationException>(() => default(Moments).ConfidenceInterval(0.95));
    }

    [Fact]
    public void Time_averages_are_integers_times_picoseconds()
    {
        TimeAverage length = default;
        length.Add(new SimTime(10), 1);
        length.Add(new SimTime(15), 2);
        length.Add(new SimTime(15), -1);
        length.Add(new SimTime(18), -2);
        Assert.Equal(5 + (3 * 2), length.Area(new SimTime(30)));
        Assert.Equal(11.0 / 30, length.Mean(new SimTime(30)));
        Assert.Equal(3, length.Most);
    }

    [Fact]
    public void A_series_gets_coarser_instead_of_longer()
    {
        IntervalSeries series = new(new SimTime(10), intervals: 4);
        IntervalSeries late = new(new SimTime(10), intervals: 4);
        for (int t = 0; t < 40; t += 5)
        {
            series.Add(new SimTime(t), 1);
        }
        Assert.Equal([2, 2, 2, 2], series.Sums.ToArray());
        late.Add(new SimTime(100), 7);
        Assert.Equal(new SimTime(40), late.Width);
        Assert.Equal([0, 0, 7], late.Sums.ToArray());
        series.Merge(late);
        Assert.Equal([8, 0, 7], series.Sums.ToArray());
    }
}
