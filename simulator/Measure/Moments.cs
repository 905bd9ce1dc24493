namespace MizarLab.Measure;

/// <summary>Mean and variance of numbers as they come (Welford), without keeping them or cancelling digits.</summary>
public struct Moments
{
    private double squares;

    public long Count { get; private set; }

    public double Mean { get; private set; }

    /// <summary>Of the numbers as a sample: divided by count − 1; 0 for fewer than two.</summary>
    public readonly double Variance => Count < 2 ? 0 : squares / (Count - 1);

    public readonly double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>Of the mean, when the numbers are independent.</summary>
    public readonly double StandardError => Count == 0 ? 0 : Math.Sqrt(Variance / Count);

    public void Add(double number)
    {
        Count++;
        double off = number - Mean;
        Mean += off / Count;
        squares += off * (number - Mean);
    }

    /// <summary>As if the other's numbers had been added too (Chan), but for rounding.</summary>
    public void Merge(in Moments other)
    {
        if (other.Count == 0)
        {
            return;
        }
        long count = Count + other.Count;
        double off = other.Mean - Mean;
        squares += other.squares + (off * off * ((double)Count * other.Count / count));
        Mean += off * other.Count / count;
        Count = count;
    }

    /// <summary>The interval that holds the true mean with this confidence, when the numbers are independent and about normal: means of replications.</summary>
    /// <param name="confidence">Such as 0.95.</param>
    /// <exception cref="InvalidOperationException">There are fewer than two numbers.</exception>
    public readonly Interval ConfidenceInterval(double confidence)
    {
        if (Count < 2)
        {
            throw new InvalidOperationException("an interval needs at least two independent numbers");
        }
        return new Interval(Mean, StudentT.Quantile((1 + confidence) / 2, Count - 1) * StandardError);
    }
}

/// <summary>A mean with the half of its interval's width.</summary>
public readonly record struct Interval(double Mean, double HalfWidth)
{
    public bool Contains(double value) => Math.Abs(value - Mean) <= HalfWidth;
}
