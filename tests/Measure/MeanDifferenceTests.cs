using MizarLab.Measure;

namespace MizarLab.Tests.Measure;

public class MeanDifferenceTests
{
    [Fact]
    public void WelchsIntervalHasSatterthwaitesDegrees()
    {
        // A textbook pair of samples: t = 2.853 at 27.89 degrees of freedom, which are rounded down to 27.
        Moments first = Of(27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4);
        Moments second = Of(27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4);
        MeanDifference apart = MeanDifference.Between(in first, in second, 0.95);
        Assert.Equal(second.Mean - first.Mean, apart.Difference, 12);
        double error = Math.Sqrt((first.Variance + second.Variance) / 15);
        Assert.Equal(StudentT.Quantile(0.975, 27) * error, apart.HalfWidth, 12);
        Assert.True(apart.IsReal);
        Assert.False(MeanDifference.Between(in first, in second, 0.9999).IsReal);
    }

    [Fact]
    public void NumbersWithoutSpreadDifferOrAreEqual()
    {
        Assert.False(MeanDifference.Between(Of(3, 3), Of(3), 0.99).IsReal);
        Assert.True(MeanDifference.Between(Of(3), Of(3.0000001), 0.99).IsReal);
    }

    [Fact]
    public void OneNumberBesideASpreadSaysNothing()
    {
        MeanDifference apart = MeanDifference.Between(Of(3), Of(1, 9), 0.99);
        Assert.Equal(double.PositiveInfinity, apart.HalfWidth);
        Assert.False(apart.IsReal);
    }

    [Fact]
    public void AnEmptySampleHasNoMean() => Assert.Throws<InvalidOperationException>(() => MeanDifference.Between(default, Of(1), 0.99));

    private static Moments Of(params ReadOnlySpan<double> numbers)
    {
        Moments moments = default;
        foreach (double number in numbers)
        {
            moments.Add(number);
        }
        return moments;
    }
}
