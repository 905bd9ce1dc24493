using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Workload.Sampling;

public sealed class EmpiricalCdfTests
{
    [Theory]
    [InlineData(CdfInterpolation.Step, 0.5 * 10 + 0.3 * 100 + 0.2 * 1000)]
    [InlineData(CdfInterpolation.Linear, 0.5 * 10 + 0.3 * 55 + 0.2 * 550)]
    [InlineData(CdfInterpolation.Logarithmic, 0.5 * 10 + 0.3 * 39.0865 + 0.2 * 390.865)]
    public void The_mean_is_exact_for_each_interpolation_and_draws_have_it(CdfInterpolation interpolation, double mean)
    {
        EmpiricalCdf law = new("t", interpolation, [new(10, 0.5), new(100, 0.8), new(1000, 1)]);
        Assert.Equal(mean, law.Mean, mean * 1e-5);
        RandomStream random = new(1, "cdf");
        double[] values = [.. Enumerable.Range(0, 100_000).Select(_ => law.Next(random))];
        double error = Math.Sqrt(values.Select(v => (v - mean) * (v - mean)).Average() / values.Length);
        Assert.InRange(values.Average(), mean - (5 * error), mean + (5 * error));
        Assert.Equal(0.5, values.Count(v => v == 10) / 1e5, 0.008);
        Assert.All(values, v => Assert.InRange(v, 10, 1000));
    }

    [Fact]
    public void Quantiles_are_the_points()
    {
        EmpiricalCdf law = new("t", CdfInterpolation.Linear, [new(0, 0), new(50, 0), new(100, 0.5), new(150, 0.5), new(200, 1)]);
        Assert.Equal(75, law.Quantile(0.25));
        Assert.Equal(100, law.Quantile(0.5));
        Assert.Equal(175, law.Quantile(0.75));
        Assert.Equal(200, law.Quantile(1));
    }

    [Fact]
    public void A_file_is_read_with_its_source()
    {
        CdfFile file = CdfFile.Parse(Text());
        Assert.Equal("web", file.Law.Name);
        Assert.Equal("MIT", file.Licence);
        Assert.Equal("bytes", file.Unit);
        Assert.Equal(19, file.Law.Mean);
    }

    [Theory]
    [InlineData("\"mean\": 19", "\"mean\": 20", "give 19")]
    [InlineData("\"mean\": 19", "\"average\": 19", "member 'average' is unknown")]
    [InlineData("\"mean\": 19,", "", "member 'mean' is missing")]
    [InlineData("\"name\": \"web\"", "\"name\": 3", "'name' is no text")]
    [InlineData("step", "smooth", "interpolation 'smooth'")]
    [InlineData("[20, 1]", "[20, 0.9]", "the last share is 0.9")]
    [InlineData("[20, 1]", "[10, 1]", "values must grow")]
    [InlineData("[20, 1]", "[20, \"1\"]", "no number")]
    [InlineData("[20, 1]", "[20]", "point 2 is no pair")]
    [InlineData("{", "", "no JSON")]
    [InlineData("\"unit\"", "\"name\": \"b\", \"unit\"", "there twice")]
    public void What_is_wrong_with_a_file_is_said(string part, string instead, string message) =>
        Assert.Contains(message, Assert.Throws<CdfFormatException>(() => CdfFile.Parse(Text().Replace(part, instead, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    private static string Text() =>
        """{ "name": "web", "source": "ours", "licence": "MIT", "unit": "bytes", "interpolation": "step", "mean": 19, "points": [[10, 0.1], [20, 1]] }""";
}
