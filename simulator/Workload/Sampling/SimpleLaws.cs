using MizarLab.Engine;

namespace MizarLab.Workload.Sampling;

/// <summary>Always the same value.</summary>
public sealed class Constant(double value) : IDistribution
{
    public double Mean => value;

    public double Next(RandomStream random) => value;
}

/// <summary>Evenly from (low, high].</summary>
public sealed class Uniform(double low, double high) : IDistribution
{
    public double Mean => (low + high) / 2;

    public double Next(RandomStream random) => low + ((high - low) * random.NextUnit());
}

/// <summary>The exponential law: spans between events of a Poisson process of rate 1/mean. The longest value is 36.7 means.</summary>
public sealed class Exponential : IDistribution
{
    public Exponential(double mean)
    {
        if (!(mean > 0 && mean < double.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "a mean is positive and finite");
        }
        Mean = mean;
    }

    /// <summary>Spans in picoseconds of this mean.</summary>
    public static Exponential Spans(SimTime mean) => new(mean.Picoseconds);

    public double Mean { get; }

    public double Next(RandomStream random) => -Mean * StableMath.Log(random.NextUnit());
}

/// <summary>One of two values: the bimodal service of spec 12 §6.2.</summary>
/// <param name="one">The value that comes with <paramref name="probability"/>.</param>
/// <param name="probability">Of the first.</param>
/// <param name="other">The other value.</param>
public sealed class TwoPoint(double one, double probability, double other) : IDistribution
{
    public double Mean => (one * probability) + (other * (1 - probability));

    public double Next(RandomStream random) => random.NextBool(probability) ? one : other;
}
