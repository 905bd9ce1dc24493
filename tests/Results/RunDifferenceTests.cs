using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Harness.Results.Comparing;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Results;

public class RunDifferenceTests
{
    private static readonly Measured Verdict = Measured.OfWord("a · model", "result", "pass");
    private static readonly Measured Trips = Measured.OfNumbers("a · model", "round trip", "ns", 10, 11, 12);

    [Fact]
    public void WhatIsEqualDidNotMove()
    {
        RunDifference difference = RunDifference.Between([Verdict, Trips], [Trips, Verdict], 0.99);
        Assert.Empty(difference.Moved);
        Assert.Equal(2, difference.Same);
    }

    [Fact]
    public void WordsExactNumbersAndFarMeansMoved()
    {
        Measured far = Measured.OfNumbers("a · model", "round trip", "ns", 110, 111, 112);
        Measured exact = Measured.OfNumbers("a · model", "hops", "", 7);
        RunDifference difference = RunDifference.Between(
            [Verdict, Trips, exact], [Verdict with { Word = "fail" }, far, Measured.OfNumbers("a · model", "hops", "", 8)], 0.99);
        Assert.Equal(["result", "round trip", "hops"], difference.Moved.Select(moved => moved.Named.Measure));
        Assert.Equal(100, difference.Moved[1].Apart!.Value.Difference, 9);
        Assert.Equal(111.0 / 11, difference.Moved[1].Ratio, 9);
        Assert.Equal(0, difference.Same);
    }

    [Fact]
    public void NearMeansOfSpreadNumbersDidNot() =>
        Assert.Equal(1, RunDifference.Between([Trips], [Measured.OfNumbers("a · model", "round trip", "ns", 10.5, 12, 11.5)], 0.99).Same);

    [Fact]
    public void WhatOnlyOneRunHasMoved()
    {
        RunDifference difference = RunDifference.Between([Verdict], [Trips], 0.99);
        Assert.Equal([(true, false), (false, true)], difference.Moved.Select(moved => (moved.Before is not null, moved.After is not null)));
    }

    [Fact]
    public void ARunIsReadOutOfItsFolder()
    {
        using TemporaryFolder root = new();
        RunFolder folder = RunFolder.Create(root.Path, "1a2b3c4d");
        ResultsStore.Write(folder, SampleRun.Mixed);
        IReadOnlyList<Measured> read = MeasuredRun.Read(folder.Path);
        Assert.Equal(SampleRun.Mixed.Scenarios.Sum(scenario => scenario.Backends.Length), read.Count(thing => thing.Measure == "result"));
        Assert.Contains(read, thing => thing is { Unit: "ns", Numbers.Count: > 0 });
        Assert.Empty(RunDifference.Between(read, MeasuredRun.Read(folder.Path), 0.99).Moved);
    }

    [Theory]
    [InlineData("{", "torn")]
    [InlineData("[]", "no rows")]
    [InlineData("{\"rows\": 7}", "no rows")]
    public void ATornBenchIsOneClearError(string text, string told)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "simulator.json"), text);
        Assert.Contains(told, Assert.Throws<HarnessException>(() => MeasuredRun.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OddRowsOfABenchAreReadForWhatTheyHave()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "simulator.json"), """
            {"rows": [7, {"topology": "star", "threads": 2, "hops": 12, "repeats_hops_per_second": [1, 2, 4], "cpu_s": 3}, {"repeats_hops_per_second": ["x"]}]}
            """);
        IReadOnlyList<Measured> read = MeasuredRun.Read(folder.Path);
        Assert.Equal([("simulator · topology star · threads 2", "hops", 1L), ("simulator · topology star · threads 2", "repeats_hops_per_second", 3L)],
            read.Select(thing => (thing.Subject, thing.Measure, thing.Numbers.Count)));
    }

    [Fact]
    public void AFolderWithoutARunIsTold()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("holds no run", Assert.Throws<HarnessException>(() => MeasuredRun.Read(folder.Path)).Message, StringComparison.Ordinal);
    }
}
