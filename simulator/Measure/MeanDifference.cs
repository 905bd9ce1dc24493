namespace MizarLab.Measure;

/// <summary>How far two means lie apart, and whether that can be chance.</summary>
/// <param name="Difference">Second minus first.</param>
/// <param name="HalfWidth">Of the interval around it; 0 when neither sample varies, infinite when one number says nothing of its own spread.</param>
public readonly record struct MeanDifference(double Difference, double HalfWidth)
{
    /// <summary>The interval does not hold 0.</summary>
    public bool IsReal => Math.Abs(Difference) > HalfWidth;

    /// <summary>Of two samples of unequal spread (Welch), at the degrees of freedom Satterthwaite gives, rounded down.</summary>
    /// <param name="confidence">Such as 0.99.</param>
    /// <exception cref="InvalidOperationException">A sample is empty.</exception>
    public static MeanDifference Between(in Moments first, in Moments second, double confidence)
    {
        if (first.Count == 0 || second.Count == 0)
        {
            throw new InvalidOperationException("an empty sample has no mean");
        }
        double difference = second.Mean - first.Mean;
        double a = first.Variance / first.Count;
        double b = second.Variance / second.Count;
        if (a + b == 0)
        {
            return new MeanDifference(difference, 0);
        }
        if (first.Count < 2 || second.Count < 2)
        {
            return new MeanDifference(difference, double.PositiveInfinity);
        }
        double degrees = (a + b) * (a + b) / ((a * a / (first.Count - 1)) + (b * b / (second.Count - 1)));
        return new MeanDifference(difference, StudentT.Quantile((1 + confidence) / 2, Math.Max(1, (long)degrees)) * Math.Sqrt(a + b));
    }
}
