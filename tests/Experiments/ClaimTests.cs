using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Studies;

namespace MizarLab.Tests.Experiments;

/// <summary>Each kind of claim on numbers whose answer is known: it holds where it must, and fails where it must.</summary>
public sealed class ClaimTests
{
    private static readonly SourcePlace Here = new("e.yaml", 1, 1);

    /// <summary>Two designs over n = 1, 10, 100, 1000: 3 n² and 1000 n, so that they cross at 333.3.</summary>
    private static readonly Experiment Two = Of([Axis("design", "square", "line"), Axis("n", "1", "10", "100", "1000")]);

    [Theory]
    [InlineData(0, 2, 1e-9, true)]
    [InlineData(1, 1, 1e-9, true)]
    [InlineData(0, 2.1, 0.05, false)]
    public void A_slope_of_logarithms_is_the_power(int design, double is_, double within, bool holds)
    {
        SlopeClaim claim = new(1, Here, "", 0, 1, true, Formula(is_), new Tolerance.Absolute(within), Points(design));
        ClaimResult result = claim.Judge(Results(Two, (d, n) => d == 0 ? 3 * n * n : 1_000 * n));
        Assert.Equal(holds, result.Held);
        Assert.Equal(design == 0 ? 2 : 1, result.Findings[0].Measured, 9);
    }

    [Fact]
    public void A_slopes_interval_covers_what_scatters_and_logarithms_of_zero_are_refused()
    {
        SlopeClaim claim = new(1, Here, "", 0, 1, true, Formula(2), new Tolerance.Sigma(5, null), Points(0));
        ClaimFinding noisy = claim.Judge(Results(Two, (_, n) => n * n * (n == 10 ? 1.3 : n == 100 ? 0.8 : 1))).Findings[0];
        Assert.True(noisy.Held && noisy.HalfWidth > 0.05, noisy.ToString());
        Assert.False(claim.Judge(Results(Two, (_, n) => n - 1)).Held);
    }

    [Theory]
    [InlineData(100, 1_000, true)]
    [InlineData(1, 100, false)]
    public void A_crossover_lies_where_the_curves_meet(double low, double high, bool holds)
    {
        ClaimResult result = Crossover(low, high).Judge(Results(Two, (d, n) => d == 0 ? 3 * n * n : 1_000 * n));
        Assert.Equal(holds, result.Held);
        Assert.InRange(result.Findings[0].Measured, 101, 999);
    }

    [Fact]
    public void Curves_that_never_cross_or_twice_do_not_hold()
    {
        Assert.Contains("do not cross", Crossover(1, 1_000).Judge(Results(Two, (d, n) => d + n)).Findings[0].Trouble, StringComparison.Ordinal);
        Assert.Contains("2 times", Crossover(1, 1_000).Judge(Results(Two, (d, n) => d == 0 ? 0 : n == 10 ? 1 : -1)).Findings[0].Trouble, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 0.01, true)]
    [InlineData(5, 0.01, false)]
    public void A_ratio_is_of_points_alike(double is_, double within, bool holds)
    {
        RatioClaim claim = new(1, Here, "", 0, Pairs(), Formula(is_), new Tolerance.Relative(within));
        ClaimResult result = claim.Judge(Results(Two, (d, n) => d == 0 ? 4 * n : n));
        Assert.Equal(holds, result.Held);
        Assert.Equal(4, result.Findings.Length);
    }

    [Fact]
    public void Exact_asks_every_run_and_a_band_the_mean()
    {
        Experiment one = Of([Axis("n", "5")]);
        SweepResults results = new(one, [Run(0, 0, 4), Run(0, 1, 6)]);
        Assert.False(Band(new Tolerance.Exactly()).Judge(results).Held);
        Assert.True(Band(new Tolerance.Absolute(0.1)).Judge(results).Held);
        Assert.True(Band(new Tolerance.Range(Formula(4.5), Formula(5.5))).Judge(results).Held);
        Assert.False(Band(new Tolerance.Relative(0.1), 6).Judge(results).Held);
        // The mean's standard error is 1 by the replications; by a theory that knows better, less.
        Assert.True(Band(new Tolerance.Sigma(1.1, null), 6).Judge(results).Held);
        Assert.False(Band(new Tolerance.Sigma(1.1, Formula(1)), 6).Judge(results).Held);
        Assert.True(Band(new Tolerance.Exactly()).Judge(new SweepResults(one, [Run(0, 0, 5), Run(0, 1, 5)])).Held);
        Assert.Equal("nothing was measured", Band(new Tolerance.Absolute(1e9)).Judge(new SweepResults(one, [Run(0, 0, double.NaN)])).Findings[0].Trouble);

        static BandClaim Band(Tolerance within, double is_ = 5) => new(1, "band", Here, "", 0, Formula(is_), within, [0]);
    }

    [Theory]
    [InlineData(Trend.Rising, true, false, false)]
    [InlineData(Trend.NotFalling, true, true, false)]
    [InlineData(Trend.Falling, false, false, false)]
    [InlineData(Trend.NotRising, false, true, false)]
    public void A_trend_is_strict_or_not(Trend trend, bool rising, bool flat, bool bent)
    {
        MonotonicClaim claim = new(1, Here, "", 0, 1, trend, Points(0));
        Assert.Equal(rising, claim.Judge(Results(Two, (_, n) => n)).Held);
        Assert.Equal(flat, claim.Judge(Results(Two, (_, _) => 1)).Held);
        Assert.Equal(bent, claim.Judge(Results(Two, (_, n) => n == 10 ? 5_000 : n)).Held);
    }

    [Fact]
    public void An_order_is_asked_at_every_other_point()
    {
        OrderClaim claim = new(1, Here, "", 0, 0, [1, 0], [.. Enumerable.Range(0, 8)]);
        Assert.True(claim.Judge(Results(Two, (d, n) => n + (d == 0 ? 1 : 0))).Held);
        ClaimResult broken = claim.Judge(Results(Two, (d, n) => n == 100 ? 1 : n + (d == 0 ? 1 : 0)));
        Assert.Equal((false, 1), (broken.Held, broken.Failed));
    }

    [Fact]
    public void A_comparison_sees_axes_and_means()
    {
        ThatClaim claim = new(1, "that", Here, "", Expression.Parse("value == 2 * n and design != 'line'"), Points(0));
        Assert.True(claim.Judge(Results(Two, (_, n) => 2 * n)).Held);
        Assert.False(claim.Judge(Results(Two, (_, n) => n == 10 ? 21 : 2 * n)).Held);
        Assert.False((claim with { That = Expression.Parse("fuor > 1") }).Judge(Results(Two, (_, n) => n)).Held);
        Assert.False((claim with { Points = [] }).Judge(Results(Two, (_, n) => 2 * n)).Held);
    }

    private static CrossoverClaim Crossover(double low, double high) => new(1, Here, "", 0, 1, true, Pairs(), Formula(low), Formula(high));

    private static PointPairs Pairs() => new([.. Enumerable.Range(0, 4).Select(i => (i, i + 4))], [0]);

    private static ImmutableArray<int> Points(int design) => [.. Enumerable.Range(4 * design, 4)];

    private static Expression Formula(double value) => Expression.Parse(value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static SweepAxis Axis(string name, params string[] values) =>
        new(name, name, "", [.. values.Select(v => new AxisValue(v, Quantity.TryParse(v, out double number, out _) ? number : double.NaN, Here))]);

    private static RunOutcome Run(int point, int replication, double value) => new(point, replication, 0, [value], 0);

    private static SweepResults Results(Experiment experiment, Func<int, double, double> value) =>
        new(experiment, Enumerable.Range(0, experiment.Grid.Count).Select(p => Run(p, 0, value(experiment.Grid.IndexOf(p, 0), experiment.Grid.ValueOf(p, 1).Number))));

    private static Experiment Of(ImmutableArray<SweepAxis> axes)
    {
        SweepGrid grid = SweepGrid.Of(axes);
        return new Experiment
        {
            Question = "?", Answers = [], Description = "", File = "e.yaml", Study = "none", Where = Here, Measures = [new StudyMeasure("value", "", "a value")], Grid = grid,
            Exact = [.. Enumerable.Repeat(false, grid.Count)], Replication = new Replication(1, null), Seed = 1, Quick = false, Figure = null, Claims = [], MustFail = [], Source = new None(),
        };
    }

    private sealed class None : IStudySource
    {
        public IStudy Make(int point) => throw new NotSupportedException();

        public ExpressionValue? Parameter(int point, string name) => null;
    }
}
