using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

public class RunSummaryTests
{
    [Fact]
    public void CountsAndVerdict()
    {
        RunSummary mixed = RunSummary.Of(SampleRun.Mixed);
        Assert.Equal((3, 2, 3, RunVerdict.Failed), (mixed.Passed, mixed.Failed, mixed.Skipped, mixed.Verdict));
        Assert.Equal(RunVerdict.Passed, RunSummary.Of(SampleRun.AllPassed).Verdict);
        Assert.Equal(RunVerdict.NothingRan, RunSummary.Of(SampleRun.NothingRan).Verdict);
    }

    [Fact]
    public void ADisagreementFailsABackendThatSaysItPassed()
    {
        ScenarioResult passing = SampleRun.Passing();
        ScenarioResult disagreeing = passing with { Comparisons = [passing.Comparisons[0] with { Differences = SampleRun.Failing().Comparisons[0].Differences }] };
        JudgedRow row = RunSummary.Judge(disagreeing, disagreeing.Backends[1]);
        Assert.Equal(Result.Fail, row.Result);
        Assert.StartsWith("1 difference from model: step 'ping-1', a → c frame 1", row.Reason, StringComparison.Ordinal);
        Assert.Equal(Result.Pass, RunSummary.Judge(disagreeing, disagreeing.Backends[0]).Result);
    }

    [Fact]
    public void ARunThatMissedSightingsIsNoEvidence()
    {
        ScenarioResult passing = SampleRun.Passing();
        BackendResult blind = passing.Backends[2] with { Run = passing.Backends[2].Run! with { Missed = 3 } };
        JudgedRow row = RunSummary.Judge(passing, blind);
        Assert.Equal((Result.Fail, "3 sightings missed: no evidence"), (row.Result, row.Reason));
    }
}
