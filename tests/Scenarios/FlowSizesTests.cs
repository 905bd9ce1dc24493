using MizarLab.Scenarios;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Scenarios;

/// <summary>The files that come with the lab, against what the fact sheet says of them (spec 12 §5.1).</summary>
public sealed class FlowSizesTests
{
    [Theory]
    [InlineData("web-search", 2_434_900, 80_000, 30_000_000)]
    [InlineData("data-mining", 23_199_798.6, 1_100, 1_000_000_000)]
    public void Named_distributions_have_the_published_mean_and_quantiles(string name, double mean, double median, double p99)
    {
        CdfFile file = FlowSizes.Load(Path.Combine(Repository.Root, "scenarios", "flow-sizes", name + ".json"));
        Assert.Equal(name, file.Law.Name);
        Assert.Equal(mean, file.Law.Mean, mean * 1e-9);
        Assert.Equal(median, file.Law.Quantile(0.5));
        Assert.Equal(p99, file.Law.Quantile(0.99));
        Assert.Equal("MIT", file.Licence);
    }

    [Fact]
    public void A_file_that_is_none_is_named()
    {
        string path = Path.Combine(Repository.Root, "README.md");
        Assert.StartsWith(path + ": no JSON", Assert.Throws<CdfFormatException>(() => FlowSizes.Load(path)).Message, StringComparison.Ordinal);
        Assert.StartsWith("/no/such", Assert.Throws<CdfFormatException>(() => FlowSizes.Load("/no/such")).Message, StringComparison.Ordinal);
    }
}
