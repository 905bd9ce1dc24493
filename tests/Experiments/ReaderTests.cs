using MizarLab.Scenarios;
using MizarLab.Studies;

namespace MizarLab.Tests.Experiments;

/// <summary>Experiment files: what they mean, and what is refused before anything runs, with the place and the mend.</summary>
public sealed class ReaderTests
{
    private const string Head = "experiment: q\nstudy:\n  paths: { pairs: 100 }\n";

    [Fact]
    public void A_point_is_the_file_with_the_axes_values_put_into_it()
    {
        Experiment experiment = Load(Head + "sweep:\n  dialect: [mizar, lab]\n  study.bouncers: [2, 4]\n");
        Assert.Equal(4, experiment.Grid.Count);
        Assert.Equal(["dialect mizar, bouncers 2", "dialect mizar, bouncers 4", "dialect lab, bouncers 2", "dialect lab, bouncers 4"], Enumerable.Range(0, 4).Select(p => experiment.Grid.Describe(p)));
        double[] paths = [.. Enumerable.Range(0, 4).Select(p => experiment.Source.Make(p).Run(new StudyRun(1, 1, CancellationToken.None)).Values[0])];
        Assert.Equal([4, 4], paths[..2]);
        Assert.True(paths[2] > 16 && paths[3] > 32);
    }

    [Fact]
    public void Names_of_formulas_are_axes_parameters_given_and_parameters_by_default()
    {
        Experiment experiment = Load(Head + "sweep: { study.bouncers: [2, 4] }\n");
        NameLookup names = experiment.NamesAt(1, _ => 77);
        Assert.Equal(4, names("bouncers")!.Value.Number);
        Assert.Equal(4, names("study.bouncers")!.Value.Number);
        Assert.Equal(100, names("pairs")!.Value.Number);
        Assert.Equal(4, names("far_bouncers")!.Value.Number);
        Assert.Equal(77, names("distinct_paths")!.Value.Number);
        Assert.Equal("lab", names("dialect")!.Value.Text);
        Assert.Equal("modulo", names("sharding.bouncers")!.Value.Text);
        Assert.Null(names("nonsense"));
    }

    [Theory]
    [InlineData("{ from: 1, to: 9, step: 2 }", "1 3 5 7 9")]
    [InlineData("{ from: 2, to: 128, factor: 4 }", "2 8 32 128")]
    [InlineData("{ from: 1, to: 100, factor: 3.1623 }", "1 3 10 32 100")]
    [InlineData("[1_0, 20]", "10 20")]
    public void Axes_are_lists_and_ranges(string values, string expected)
    {
        Experiment experiment = Load(Head + $"sweep: {{ study.bouncers: {values} }}\n");
        Assert.Equal(expected, string.Join(' ', experiment.Grid.Axes[0].Values.Select(v => v.Text)));
    }

    [Fact]
    public void An_axis_of_named_variants_puts_several_keys()
    {
        Experiment experiment = Load(Head + "sweep:\n  plane:\n    upstream: { dialect: mizar, study.bouncers: 8 }\n    ours: { dialect: lab, sharding.bouncers: maglev }\n");
        Assert.Equal(8, experiment.NamesAt(0, _ => 0)("bouncers")!.Value.Number);
        Assert.Equal("maglev", experiment.NamesAt(1, _ => 0)("sharding.bouncers")!.Value.Text);
        Assert.Equal(8, experiment.Source.Make(0).Run(new StudyRun(1, 1, CancellationToken.None)).Values[0]);
    }

    [Fact]
    public void Where_leaves_points_out()
    {
        Experiment experiment = Load(Head + "sweep: { study.bouncers: [2, 4, 8], study.dividers: [2, 4] }\nwhere: [ bouncers <= 2 * dividers, \"bouncers != far_bouncers\" ]\n");
        Assert.Equal(["bouncers 2, dividers 2", "bouncers 2, dividers 4", "bouncers 8, dividers 4"], Enumerable.Range(0, experiment.Grid.Count).Select(p => experiment.Grid.Describe(p)));
    }

    [Fact]
    public void Quick_replaces_axes_parameters_and_replications()
    {
        string text = Head + "sweep: { study.bouncers: [2, 4, 8] }\nrepeat: 9\nquick: { repeat: 2, sweep: { study.bouncers: [4] }, study: { pairs: 50 } }\n";
        Experiment whole = Load(text), quick = ExperimentLoader.Load("e.yaml", text, quick: true);
        Assert.Equal((3, 9), (whole.Grid.Count, whole.Replication.First));
        Assert.Equal((1, 2), (quick.Grid.Count, quick.Replication.First));
        Assert.Equal(50, quick.NamesAt(0, _ => 0)("pairs")!.Value.Number);
    }

    [Fact]
    public void Replications_have_seeds_of_their_own_that_all_points_share()
    {
        Experiment experiment = Load(Head + "seed: 5\n");
        Assert.NotEqual(experiment.SeedOf(0), experiment.SeedOf(1));
        Assert.NotEqual(experiment.SeedOf(0), Load(Head + "seed: 6\n").SeedOf(0));
    }

    /// <summary>One claim, wrong in every part: who mends the first error is not sent away five times.</summary>
    [Theory]
    [InlineData("slope: { measure: distinct, over: bouncer, is: \"lcm(x1, 2)\", within: [lo, 3], where: { far: 3, near: 4 }, between: [y1, 4] }", "distinct", "bouncer", "x1", "lo", "far", "near", "y1")]
    [InlineData("band: { measure: distinct, is: x1, within: 2%, sigma: x2, where: { bouncers: [7, 8], far: 1 } }", "distinct", "x1", "sigma is said", "'7'", "'8'", "far")]
    [InlineData("exact: { measure: distinct, is: x1, where: { far: 1 } }", "distinct", "x1", "far")]
    [InlineData("that: { is: x1 > x2, where: { far: 1 } }", "x1", "x2", "far")]
    [InlineData("monotonic: { measure: distinct, over: bouncer, is: rising, between: [y1, y2], where: { far: 1 } }", "distinct", "bouncer", "y1", "y2", "far")]
    [InlineData("order: { measure: distinct, by: bouncer, increasing: [1, 2], where: { far: 1 } }", "distinct", "bouncer", "far")]
    [InlineData("order: { measure: distinct, by: bouncers, increasing: [7, 8], where: { far: 1 } }", "distinct", "'7'", "'8'", "far")]
    [InlineData("ratio: { measure: distinct, of: { far: 1 }, to: { near: 2 }, is: x1, within: 2%, where: { up: 1 } }", "distinct", "far", "near", "x1", "up")]
    [InlineData("crossover: { measure: distinct, over: bouncer, of: { far: 1 }, and: { near: 2 }, between: [y1, y2], where: { up: 1 } }", "distinct", "bouncer", "far", "near", "y1", "y2", "up")]
    public void All_that_is_wrong_with_a_claim_is_told_at_once(string claim, params string[] told)
    {
        ScenarioException refused = Assert.Throws<ScenarioException>(() => ExperimentLoader.Load("e.yaml", $"{Head}sweep: {{ study.bouncers: [2, 4] }}\nclaims:\n  - {claim}\n"));
        Assert.All(told, word => Assert.Contains(refused.Errors, error => error.Text.Contains(word, StringComparison.Ordinal)));
        Assert.Equal(told.Length, refused.Errors.Length);
    }

    /// <summary>So it is of the parts of a file that come after one another.</summary>
    [Fact]
    public void A_wrong_precision_figure_and_claim_are_told_together()
    {
        ScenarioException refused = Assert.Throws<ScenarioException>(() => ExperimentLoader.Load(
            "e.yaml", Head + "sweep: { study.bouncers: [2, 4] }\nprecision: { of: distinct, within: 5 sigma, least: 9, most: 8 }\nfigure: { x: bouncer, y: distinct_paths }\nclaims:\n  - band: { measure: distinct_paths, is: 3, within: 5 sigma }\n"
            + "  - exact: { measure: distinct_path, is: 3 }\nmust_fail:\n  - { put: { dialekt: mizar, sead: 3 }, claims: [3, 4] }\n"));
        Assert.Equal([5, 5, 5, 6, 9, 11, 11, 11, 11], refused.Errors.Select(error => error.Where.Line).Order());
    }

    [Theory]
    [InlineData("sweep: { study.bouncers: [2, 200] }", "4:30", "expected a list's length (1 to 128), not '200'")]
    [InlineData("sweep: { study.bouncer: [2, 4] }", "4:10", "paths has no key 'bouncer'", "did you mean 'bouncers'?")]
    [InlineData("sweep: { dialekt: [mizar, lab] }", "4:10", "'dialekt' is no key", "did you mean 'dialect'?")]
    [InlineData("sweep: { dialect: [mizar, labb] }", "4:27", "expected a dialect", "did you mean 'lab'?")]
    [InlineData("sweep: { study: [1, 2] }", "4:10", "a study cannot be replaced")]
    [InlineData("sweep: { study.bouncers: [2, 2] }", "4:30", "twice")]
    [InlineData("sweep: { study.bouncers: [] }", "4:26", "has no values")]
    [InlineData("sweep: { study.bouncers: { from: 1, to: 1_000_000_000, step: 1 } }", "4:8", "a sweep of 1,000,000,000 points", "at most 1,000,000")]
    [InlineData("sweep: { study.pairs: { from: 1, to: 100_000, step: 1 }, study.bouncers: { from: 1, to: 100, step: 1 }, study.dividers: { from: 1, to: 100, step: 1 } }", "4:8", "a sweep of 1,000,000,000 points")]
    [InlineData("sweep: { study.bouncers: { from: 9, to: 1, step: 1 } }", "4:26", "ends before it begins")]
    [InlineData("sweep: { study.bouncers: { from: 1, to: 9, step: 0 } }", "4:26", "more than 0")]
    [InlineData("sweep: { study.bouncers: { from: 1, to: 9, factor: 1 } }", "4:26", "at least 1.001")]
    [InlineData("sweep: { study.bouncers: { from: 1us, to: 9, step: 1us } }", "4:43", "a number of us")]
    [InlineData("sweep: { study.bouncers: [2] }\nwhere: \"bouncers > 4\"", "5:8", "no point of the sweep is left")]
    [InlineData("sweep: { study.bouncers: [2] }\nwhere: bouncers > fuor", "5:19", "'fuor' is no axis")]
    [InlineData("sweep: { study.bouncers: [2] }\nwhere: \"bouncers > fuor\"", "5:20", "'fuor' is no axis")]
    [InlineData("repeat: 2\nprecision: { of: distinct_paths, within: 2% }", "4:9", "both say how often")]
    [InlineData("precision: { of: distinct_path, within: 2% }", "4:18", "has no measure 'distinct_path'", "did you mean 'distinct_paths'?")]
    [InlineData("precision: { of: distinct_paths, within: 2%, most: 1 }", "4:52", "2 to")]
    [InlineData("precision: { of: distinct_paths, within: 2%, least: 8, most: 4 }", "4:53", "at least 8 replications, at most 4")]
    [InlineData("precision: { of: distinct_paths, within: 5 sigma }", "4:42", "more than 0")]
    [InlineData("sweep: { study.pairs: { from: 1, to: 1000, step: 1 } }\nrepeat: 10_000", "5:9", "10,000,000 runs", "at most 1,000,000")]
    [InlineData("claims: [ { exact: { measure: paths, is: 4 } } ]", "4:31", "has no measure 'paths'", "distinct_paths")]
    [InlineData("claims: [ { exact: { measure: distinct_paths, is: 4 * fuor } } ]", "4:55", "'fuor' is no axis")]
    [InlineData("claims: [ { exact: { measure: distinct_paths, is: 4, where: { bouncers: 3 } } } ]", "4:63", "the sweep has no axis 'bouncers'", "there is no sweep")]
    [InlineData("sweep: { study.bouncers: [2, 4] }\nclaims: [ { exact: { measure: distinct_paths, is: 4, where: { bouncers: 3 } } } ]", "5:73", "takes no value '3'", "it takes 2, 4")]
    [InlineData("sweep: { study.bouncers: [2, 4] }\nclaims: [ { exact: { measure: distinct_paths, is: 4, where: bouncers > 9 } } ]", "5:61", "no point of the sweep is meant")]
    [InlineData("claims: [ { band: { measure: distinct_paths, is: 4, within: 5 sigma } } ]", "4:61", "need replications")]
    [InlineData("claims: [ { band: { measure: distinct_paths, within: 5% } } ]", "4:54", "of what?")]
    [InlineData("claims: [ { slope: { measure: distinct_paths, over: endpoints, is: 2, within: 0.1 } } ]", "4:53", "the sweep has no axis 'endpoints'")]
    [InlineData("sweep: { dialect: [mizar, lab] }\nclaims: [ { slope: { measure: distinct_paths, over: dialect, is: 2, within: 0.1 } } ]", "5:53", "has words, not numbers")]
    [InlineData("sweep: { study.bouncers: [2] }\nclaims: [ { monotonic: { measure: distinct_paths, over: bouncers, is: rising } } ]", "5:13", "has 1 point", "at least 2")]
    [InlineData("sweep: { dialect: [mizar, lab], study.bouncers: [2, 4] }\nclaims: [ { ratio: { measure: distinct_paths, of: { dialect: lab }, to: { bouncers: 2 }, is: 2, within: 1% } } ]", "5:73", "alike but for the axes named")]
    [InlineData("claims: [ { slopes: { measure: distinct_paths } } ]", "4:13", "'slopes' is not a claim", "did you mean 'slope'?")]
    [InlineData("figure: { x: bouncers, y: distinct_paths }", "4:14", "the sweep has no axis 'bouncers'")]
    [InlineData("sweep: { dialect: [mizar, lab], study.bouncers: [2, 4] }\nfigure: { x: bouncers, y: distinct_paths }", "5:9", "axis 'dialect' takes 2 values and is neither x, by nor panels")]
    [InlineData("must_fail: { put: { study.bouncers: 3 }, claims: [1] }", "4:51", "there is no claim 1")]
    [InlineData("quick: { sweep: { study.bouncers: [1] } }", "4:19", "the sweep has no axis")]
    [InlineData("sweep: { study.pairs: [1] }\nquick: { study: { pairs: 3 } }", "5:19", "is an axis", "quick: sweep")]
    public void What_is_wrong_is_refused_with_its_place_and_the_mend(string more, string place, string words, string mend = "")
    {
        ScenarioException refused = Assert.Throws<ScenarioException>(() => ExperimentLoader.Load("e.yaml", Head + more + "\n", quick: more.Contains("quick", StringComparison.Ordinal)));
        ScenarioError first = refused.Errors[0];
        Assert.Contains(words, first.Text, StringComparison.Ordinal);
        Assert.Equal(place, $"{first.Where.Line}:{first.Where.Column}");
        Assert.Contains(mend, first.Mend ?? "", StringComparison.Ordinal);
    }

    private static Experiment Load(string text) => ExperimentLoader.Load("e.yaml", text);
}
