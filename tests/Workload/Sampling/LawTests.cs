using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Workload.Sampling;

/// <summary>Means within five standard errors of the exact ones, shapes by Kolmogorov's distance; seeds are fixed.</summary>
public sealed class LawTests
{
    private const int Draws = 100_000;

    public static TheoryData<string, IDistribution, double> Laws => new()
    {
        { "constant", new Constant(7), 7 },
        { "uniform", new Uniform(2, 10), 6 },
        { "exponential", new Exponential(3), 3 },
        { "two-point", new TwoPoint(1, 0.9, 11), 2 },
        { "pareto 1.2", new BoundedPareto(1.2, 1, 1000), 4.4940 },
        { "pareto 1", new BoundedPareto(1, 1, 1000), 6.9147 },
        { "lognormal", Lognormal.OfMedian(5, 0.5), 5.6657 },
    };

    [Theory]
    [MemberData(nameof(Laws))]
    public void The_mean_is_exact_and_draws_have_it(string name, IDistribution law, double mean)
    {
        Assert.Equal(mean, law.Mean, mean * 1e-4);
        RandomStream random = new(1, name);
        (double sum, double squares) = (0, 0);
        for (int i = 0; i < Draws; i++)
        {
            double value = law.Next(random);
            sum += value;
            squares += value * value;
        }
        double got = sum / Draws;
        double error = Math.Sqrt(Math.Max(0, (squares / Draws) - (got * got)) / Draws);
        Assert.InRange(got, mean - (5 * error) - (mean * 1e-4), mean + (5 * error) + (mean * 1e-4));
    }

    [Fact]
    public void Exponential_draws_have_the_exponential_shape() =>
        AssertShape(new Exponential(2), x => 1 - Math.Exp(-x / 2));

    [Fact]
    public void Pareto_draws_have_their_shape() =>
        AssertShape(new BoundedPareto(1.2, 1, 1000), x => (1 - Math.Pow(x, -1.2)) / (1 - Math.Pow(1000, -1.2)));

    [Fact]
    public void Lognormal_draws_have_quantiles_of_the_normal()
    {
        double[] values = Sorted(Lognormal.OfMedian(78, 4.82));
        // Standard normal quantiles of 10, 50, 90 and 99 %, each within five standard errors of an order statistic.
        foreach ((double share, double z, double density) in ((double, double, double)[])
            [(0.1, -1.281552, 0.175498), (0.5, 0, 0.398942), (0.9, 1.281552, 0.175498), (0.99, 2.326348, 0.026652)])
        {
            double got = Math.Log(values[(int)(share * Draws)] / 78) / 4.82;
            double error = Math.Sqrt(share * (1 - share) / Draws) / density;
            Assert.InRange(got, z - (5 * error), z + (5 * error));
        }
    }

    /// <summary>Written down, as the stream's numbers are.</summary>
    [Fact]
    public void Draws_are_the_same_for_ever()
    {
        RandomStream random = new(9, "pinned laws");
        StableHash hash = default;
        foreach (IDistribution law in Laws.Select(row => (IDistribution)row[1]))
        {
            for (int i = 0; i < 1_000; i++)
            {
                hash.Add(BitConverter.DoubleToInt64Bits(law.Next(random)));
            }
        }
        Zipf zipf = new(1_000_000, 0.9);
        for (int i = 0; i < 1_000; i++)
        {
            hash.Add(zipf.Next(random));
        }
        Assert.Equal("590893f91e314e53767b602176c5948b", hash.Finish().ToString("x32"));
    }

    [Fact]
    public void Times_and_sizes_are_rounded_to_the_nearest()
    {
        Assert.Equal(new SimTime(3), new Constant(2.5).NextTime(new RandomStream(1, "t")));
        Assert.Equal(1, new Constant(0.2).NextSize(new RandomStream(1, "t")));
        Assert.Equal(1500, new Constant(1500.4).NextSize(new RandomStream(1, "t")));
        Assert.True(new Constant(1e30).NextSize(new RandomStream(1, "t")) > 0);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.8)]
    [InlineData(1.0)]
    [InlineData(2.5)]
    public void Ranks_come_as_often_as_Zipf_says(double exponent)
    {
        Zipf zipf = new(50, exponent);
        double[] expected = zipf.Probabilities();
        Assert.Equal(1, expected.Sum(), 1e-12);
        Assert.Equal(Math.Pow(2, exponent), expected[0] / expected[1], 1e-9);
        RandomStream random = new(1, $"zipf {exponent}");
        AssertCounts(expected, () => zipf.Next(random) - 1);
    }

    [Fact]
    public void Ranks_reach_the_last_of_ten_million()
    {
        Zipf zipf = new(10_000_000, 0.5);
        RandomStream random = new(1, "large zipf");
        int beyond = 0;
        for (int i = 0; i < Draws; i++)
        {
            int rank = zipf.Next(random);
            Assert.InRange(rank, 1, 10_000_000);
            beyond += rank > 2_500_000 ? 1 : 0;
        }
        // Σ k^-1/2 up to n is 2√n - 1.46: beyond a quarter of the ranks lies half of the whole.
        Assert.InRange(beyond, (Draws / 2) - (5 * 159), (Draws / 2) + (5 * 159));
        Assert.Equal(1, new Zipf(1, 1).Next(random));
    }

    [Fact]
    public void Aliases_give_every_item_its_weight()
    {
        double[] weights = [0, 1, 5, 0.5, 0, 93.5, 1e-3, 20];
        AliasTable table = new(weights);
        RandomStream random = new(1, "alias");
        AssertCounts([.. weights.Select(w => w / weights.Sum())], () => table.Next(random));
        Assert.Throws<ArgumentException>(() => new AliasTable([0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AliasTable([1, -1]));
    }

    private static double[] Sorted(IDistribution law)
    {
        RandomStream random = new(4, "shape");
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => law.Next(random))];
        Array.Sort(values);
        return values;
    }

    /// <summary>Kolmogorov: √n D passes 2.23 once in ten thousand; the seed is fixed.</summary>
    private static void AssertShape(IDistribution law, Func<double, double> cumulative)
    {
        double[] values = Sorted(law);
        double distance = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double expected = cumulative(values[i]);
            distance = Math.Max(distance, Math.Max(Math.Abs(expected - ((double)i / Draws)), Math.Abs(expected - ((i + 1.0) / Draws))));
        }
        Assert.InRange(distance * Math.Sqrt(Draws), 0, 2.23);
    }

    private static void AssertCounts(double[] expected, Func<int> draw)
    {
        int[] counts = new int[expected.Length];
        for (int i = 0; i < Draws; i++)
        {
            counts[draw()]++;
        }
        for (int i = 0; i < counts.Length; i++)
        {
            double error = Math.Sqrt(Draws * expected[i] * (1 - expected[i]));
            Assert.InRange(counts[i], (Draws * expected[i]) - (5 * error), (Draws * expected[i]) + (5 * error));
        }
    }
}
