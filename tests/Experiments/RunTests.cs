using System.Collections.Immutable;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Experiments;
using MizarLab.Scenarios;
using MizarLab.Studies;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Experiments;

/// <summary>One fingerprint, whatever the threads, the interruptions and the damage; replications until an interval is tight.</summary>
public sealed class RunTests : IDisposable
{
    private const string Text = """
        experiment: q?
        study:
          paths: { pairs: 300 }
        sweep: { dialect: [mizar, lab], study.bouncers: [2, 3, 5] }
        precision: { of: busiest_path, within: 6%, least: 2, most: 16 }
        claims:
          - exact: { measure: distinct_paths, is: "lcm(bouncers, dividers, far_bouncers)", where: { dialect: mizar } }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly Experiment experiment = ExperimentLoader.Load("e.yaml", Text);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Any_number_of_threads_gives_one_fingerprint()
    {
        UInt128[] all = [.. new[] { 1, 2, 7 }.Select(threads => Run(threads, Nowhere.Instance, []).Fingerprint())];
        Assert.Single(all.Distinct());
        Assert.NotEqual(all[0], Run(1, Nowhere.Instance, [], ExperimentLoader.Load("e.yaml", Text + "\nseed: 2\n")).Fingerprint());
    }

    [Fact]
    public void Points_get_the_replications_their_intervals_need_and_no_more()
    {
        SweepResults results = Run(2, Nowhere.Instance, []);
        int[] counts = [.. Enumerable.Range(0, 6).Select(p => results.Of(p).Length)];
        Assert.All(counts, c => Assert.Contains(c, new[] { 2, 4, 8, 16 }));
        Assert.True(counts.Distinct().Count() > 1, string.Join(' ', counts));
        Precision precision = experiment.Replication.Precision!;
        for (int point = 0; point < 6; point++)
        {
            Assert.Equal(counts[point] < 16 || precision.IsMet(results.Of(point, 2)), !results.Imprecise.Contains(point));
        }
    }

    /// <summary>Killed after every number of runs, with a torn last line: the rest is run, nothing twice, and the end is the same.</summary>
    [Fact]
    public void A_run_killed_anywhere_goes_on_to_the_same_end()
    {
        UInt128 whole = Run(1, Nowhere.Instance, []).Fingerprint();
        string[]? sorted = null;
        foreach (int survived in new[] { 0, 1, 5, 11, 1_000 })
        {
            string run = folder.File($"{survived:x8}");
            Directory.CreateDirectory(run);
            using (ExperimentStore store = ExperimentStore.Create(experiment, run, []))
            {
                try
                {
                    Run(2, new Dies(store, survived), []);
                }
                catch (IOException)
                {
                }
            }
            File.AppendAllText(Path.Combine(run, ExperimentCsv.Name), "3,1,77");
            (ExperimentStore again, ImmutableArray<RunOutcome> known) = ExperimentStore.Resume(experiment, run);
            using (again)
            {
                Assert.True(known.Length >= Math.Min(survived, 12));
                SweepResults results = Run(2, again, known);
                Assert.Equal(whole, results.Fingerprint());
                again.Finish(Enumerable.Range(0, 6).SelectMany(p => results.Of(p)), []);
            }
            string[] lines = File.ReadAllLines(Path.Combine(run, ExperimentCsv.Name));
            Assert.Equal(sorted ??= lines, lines);
            Assert.Equal(whole, new SweepResults(experiment, ExperimentStore.Runs(experiment, run)).Fingerprint());
        }
    }

    [Fact]
    public void A_database_that_is_damaged_anothers_or_in_use_is_refused()
    {
        string run = folder.File("00000001");
        Directory.CreateDirectory(run);
        using (ExperimentStore store = ExperimentStore.Create(experiment, run, ExperimentFacts.Of("e.yaml", "x"u8, true, []).ToRows(experiment)))
        {
            Run(1, store, []);
            Assert.Contains("another command", Assert.Throws<HarnessException>(() => ExperimentStore.Resume(experiment, run)).Message, StringComparison.Ordinal);
        }
        ExperimentFacts facts = ExperimentFacts.Read(run);
        Assert.Equal(("e.yaml", true), (facts.File, facts.Quick));
        Assert.Contains("has changed", Assert.Throws<HarnessException>(() => facts.CheckAgainst(ExperimentFacts.Of("e.yaml", "y"u8, true, []), run)).Message, StringComparison.Ordinal);
        Assert.Contains("another build", Assert.Throws<HarnessException>(() => (facts with { Build = "old" }).CheckAgainst(ExperimentFacts.Of("e.yaml", "x"u8, true, []), run)).Message, StringComparison.Ordinal);

        string file = Path.Combine(run, ExperimentStore.Name);
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        Assert.Throws<HarnessException>(() => ExperimentStore.Resume(experiment, run));
        File.WriteAllText(file, "point,replication\n");
        Assert.Throws<HarnessException>(() => ExperimentStore.Resume(experiment, run));
    }

    [Fact]
    public void Runs_of_another_experiment_or_twice_are_refused()
    {
        ImmutableArray<RunOutcome> runs = Run(1, Nowhere.Instance, []).Of(0);
        Assert.Throws<ArgumentException>(() => new RunBag(experiment, [runs[0], runs[0]]));
        Assert.Throws<ArgumentException>(() => new RunBag(experiment, [runs[0] with { Point = 99 }]));
        Assert.Throws<ArgumentException>(() => new RunBag(experiment, [runs[0] with { Replication = 15 }]));
        RunBag bag = new(experiment, []);
        Assert.True(bag.TryTake(out RunKey key));
        bag.Add(runs[0] with { Point = key.Point, Replication = key.Replication });
        Assert.Throws<InvalidOperationException>(() => bag.Add(runs[0] with { Point = key.Point, Replication = key.Replication }));
    }

    [Fact]
    public void A_precision_that_is_not_met_fails_the_experiment()
    {
        Experiment strict = ExperimentLoader.Load("e.yaml", Text.Replace("within: 6%", "within: 0.001%", StringComparison.Ordinal));
        ExperimentEnd end = ExperimentRun.Execute(strict, new LocalRunner(2), new RunBag(strict, []), Nowhere.Instance, CancellationToken.None);
        Assert.All(end.Claims, c => Assert.True(c.Held));
        Assert.NotEmpty(end.Results.Imprecise);
        Assert.False(end.Held);
        Assert.Equal(1, end.Failed);
    }

    /// <summary>Nobody should wait hours to be told that an interval could not have got so narrow.</summary>
    [Fact]
    public void A_precision_that_is_out_of_reach_is_told_after_the_first_round_with_the_mend()
    {
        Experiment strict = ExperimentLoader.Load("e.yaml", Text.Replace("within: 6%", "within: 0.001%", StringComparison.Ordinal).Replace("least: 2", "least: 4", StringComparison.Ordinal));
        List<(PrecisionDoubt Doubt, int Made)> doubts = [];
        RunBag bag = null!;
        bag = new RunBag(strict, [], doubt => doubts.Add((doubt, bag.Made)));
        ExperimentRun.Execute(strict, new LocalRunner(1), bag, Nowhere.Instance, CancellationToken.None);
        (PrecisionDoubt first, int made) = doubts[0];
        Assert.Equal((4, 4L), (made, first.Known.Count));
        Assert.Matches(
            @"^e\.yaml:5:\d+: after 4 replications busiest_path at dialect mizar, bouncers 2 is [\d.]+ ± [\d.]+: 0\.001 % takes about \d+ replications, and most allows 16 \(within: [\d.]+%; the run goes on",
            first.Told(strict));
    }

    /// <summary>What such a doubt proposes is enough; a precision within reach raises none.</summary>
    [Theory]
    [InlineData("within: 6%", false)]
    [InlineData("within: 1%", true)]
    public void Doubt_is_raised_where_it_is_due(string within, bool due)
    {
        Experiment asked = ExperimentLoader.Load("e.yaml", Text.Replace("within: 6%", within, StringComparison.Ordinal).Replace("least: 2, most: 16", "least: 4, most: 256", StringComparison.Ordinal));
        List<PrecisionDoubt> doubts = [];
        RunBag bag = new(asked, [], doubts.Add);
        ExperimentEnd end = ExperimentRun.Execute(asked, new LocalRunner(2), bag, Nowhere.Instance, CancellationToken.None);
        Assert.Equal(due, doubts.Count > 0);
        Assert.All(doubts, doubt => Assert.Contains(doubt.Point, end.Results.Imprecise));
    }

    [Fact]
    public void A_study_that_throws_is_told_with_its_point()
    {
        Experiment broken = experiment with { Source = new Broken() };
        StudyFailedException told = Assert.Throws<StudyFailedException>(() => ExperimentRun.Execute(broken, new LocalRunner(3), new RunBag(broken, []), Nowhere.Instance, CancellationToken.None));
        Assert.Contains("e.yaml:3:3: study 'paths' failed at dialect mizar, bouncers 3", told.Message, StringComparison.Ordinal);
    }

    private SweepResults Run(int threads, IRunSink sink, IEnumerable<RunOutcome> known, Experiment? other = null) =>
        ExperimentRun.Execute(other ?? experiment, new LocalRunner(threads), new RunBag(other ?? experiment, known), sink, CancellationToken.None).Results;

    /// <summary>A disk that is full after so many runs.</summary>
    private sealed class Dies(IRunSink next, int after) : IRunSink
    {
        private int runs;

        public void Ended(RunOutcome outcome, TimeSpan elapsed)
        {
            if (runs++ >= after)
            {
                throw new IOException("killed");
            }
            next.Ended(outcome, elapsed);
        }
    }

    private sealed class Broken : IStudySource, IStudy
    {
        private bool fails;

        public ImmutableArray<StudyMeasure> Measures => PathStudy.Given;

        public bool IsExact => false;

        public IStudy Make(int point) => new Broken { fails = point == 1 };

        public ExpressionValue? Parameter(int point, string name) => null;

        public StudyResult Run(in StudyRun run) => fails ? throw new InvalidOperationException("no way") : StudyResult.Of(1, 2, 3);
    }
}
