using MizarLab.Engine;

namespace MizarLab.Workload.Sampling;

/// <summary>Pareto's law cut off above: density ∝ x^-(shape+1) on [least, most].</summary>
public sealed class BoundedPareto : IDistribution
{
    private readonly double least;
    private readonly double cut;
    private readonly double inverseShape;

    public BoundedPareto(double shape, double least, double most)
    {
        if (!(shape > 0 && least > 0 && most > least && most < double.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape, "a bounded Pareto has a positive shape and 0 < least < most");
        }
        this.least = least;
        inverseShape = 1 / shape;
        double ratio = StableMath.Log(most / least);
        cut = 1 - StableMath.Exp(-shape * ratio);
        // The textbook's form divides by 1 - shape; this one holds at shape 1 too.
        Mean = least * shape * ratio * StableMath.Expm1Over((1 - shape) * ratio) / cut;
    }

    public double Mean { get; }

    public double Next(RandomStream random) => least * StableMath.Exp(-inverseShape * StableMath.Log(1 - (cut * (1 - random.NextUnit()))));
}

/// <summary>A value whose logarithm is normal: e^(mu + sigma Z). Its median is e^mu.</summary>
public sealed class Lognormal(double mu, double sigma) : IDistribution
{
    public static Lognormal OfMedian(double median, double sigma) => new(StableMath.Log(median), sigma);

    public double Mean => StableMath.Exp(mu + (sigma * sigma / 2));

    public double Next(RandomStream random) => StableMath.Exp(mu + (sigma * Normal(random)));

    /// <summary>
    /// A standard normal value by Marsaglia's polar method, which needs a logarithm and a root but no sine. Its twin is thrown away: a law
    /// that kept it would have state, and one stream's draws would reach another.
    /// </summary>
    public static double Normal(RandomStream random)
    {
        while (true)
        {
            double u = (2 * random.NextUnit()) - 1;
            double v = (2 * random.NextUnit()) - 1;
            double square = (u * u) + (v * v);
            if (square is > 0 and < 1)
            {
                return u * Math.Sqrt(-2 * StableMath.Log(square) / square);
            }
        }
    }
}
