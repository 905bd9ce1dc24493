using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Scenarios;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Scenarios;

/// <summary>The files that come with the lab, against what the fact sheet says of them (spec 12 §5.1).</summary>
public sealed class FlowSizesTests
{
    [Theory]
    [InlineData("web-search", 11, 2_434_900, 80_000, 30_000_000, "MIT")]
    [InlineData("data-mining", 12, 23_199_798.6, 1_100, 1_000_000_000, "MIT")]
    [InlineData("w1", 300, 189.17300641, 27, 1_876, "BSD-2-Clause")]
    [InlineData("w2", 152, 441.603504447, 269, 3_151, "BSD-2-Clause")]
    [InlineData("w3", 842, 2_927.67884222, 268, 31_013, "BSD-2-Clause")]
    [InlineData("w4", 460, 127_796.64365, 662, 3_430_822, "BSD-2-Clause")]
    [InlineData("w5", 400, 2_564_689.6824, 72_030, 27_440_490, "BSD-2-Clause")]
    public void Named_distributions_have_the_published_mean_and_quantiles(string name, int points, double mean, double median, double p99, string licence)
    {
        CdfFile file = Load(name);
        Assert.Equal(name, file.Law.Name);
        Assert.Equal(points, file.Law.Points.Length);
        Assert.Equal(mean, file.Law.Mean, mean * 1e-9);
        Assert.Equal(median, file.Law.Quantile(0.5));
        Assert.Equal(p99, file.Law.Quantile(0.99));
        Assert.Equal(licence, file.Licence);
        Assert.Equal(CdfInterpolation.Step, file.Law.Interpolation);
    }

    /// <summary>Points here and there as they are published, so that a slip in one of two thousand numbers is seen.</summary>
    [Theory]
    [InlineData("w1", 100, 0.635722630921181)]
    [InlineData("w1", 7_201, 0.999638856727198)]
    [InlineData("w2", 465, 0.865744512062345)]
    [InlineData("w2", 912_974, 0.999991348230167)]
    [InlineData("w3", 469, 0.758828478592778)]
    [InlineData("w3", 57_240, 0.992842119079697)]
    [InlineData("w3", 5_368_784, 0.999967221051106)]
    [InlineData("w4", 491, 0.28342)]
    [InlineData("w4", 8_582_787, 0.9987)]
    [InlineData("w5", 373_380, 0.622659)]
    [InlineData("w5", 10_780_980, 0.905003)]
    public void Points_are_those_of_the_source(string name, double value, double share) =>
        Assert.Equal(share, Load(name).Law.Points.Single(point => point.Value == value).Share, 5e-9);

    /// <summary>The mean of a million draws within four standard errors of the exact one, and the distance of Kolmogorov and Smirnov below its one-per-mille point.</summary>
    [Theory]
    [InlineData("web-search")]
    [InlineData("data-mining")]
    [InlineData("w1")]
    [InlineData("w2")]
    [InlineData("w3")]
    [InlineData("w4")]
    [InlineData("w5")]
    public void Draws_follow_their_file(string name)
    {
        const int draws = 1_000_000;
        EmpiricalCdf law = Load(name).Law;
        RandomStream random = new(1, $"flow-sizes/{name}");
        double[] sizes = new double[draws];
        Moments moments = default;
        for (int i = 0; i < draws; i++)
        {
            moments.Add(sizes[i] = law.Next(random));
        }
        Assert.InRange(moments.Mean, law.Mean - (4 * moments.StandardError), law.Mean + (4 * moments.StandardError));
        Array.Sort(sizes);
        double distance = 0;
        int below = 0;
        foreach (CdfPoint point in law.Points)
        {
            while (below < draws && sizes[below] <= point.Value)
            {
                below++;
            }
            distance = Math.Max(distance, Math.Abs(((double)below / draws) - point.Share));
        }
        Assert.InRange(distance, 0, 1.95 / Math.Sqrt(draws));
    }

    private static CdfFile Load(string name) => FlowSizes.Load(Path.Combine(Repository.Root, "scenarios", "flow-sizes", name + ".json"));

    [Fact]
    public void A_file_that_is_none_is_named()
    {
        string path = Path.Combine(Repository.Root, "README.md");
        Assert.StartsWith(path + ": no JSON", Assert.Throws<CdfFormatException>(() => FlowSizes.Load(path)).Message, StringComparison.Ordinal);
        Assert.StartsWith("/no/such", Assert.Throws<CdfFormatException>(() => FlowSizes.Load("/no/such")).Message, StringComparison.Ordinal);
    }
}
