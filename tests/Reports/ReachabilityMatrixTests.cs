using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Reports;
using static MizarLab.Tests.Reports.SampleTopology;

namespace MizarLab.Tests.Reports;

public class ReachabilityMatrixTests
{
    [Fact]
    public void CellsSayWhatCameOfTheExchanges()
    {
        ReachabilityMatrix matrix = ReachabilityMatrix.Of(SampleRun.Failing());
        Assert.Equal(["a", "b", "c"], matrix.Rows.AsEnumerable());
        Assert.Equal(Reach.Ok, matrix[0, 2].Agreed);
        Assert.Equal("ping-1 1 of 1", matrix[0, 2].Detail);
        Assert.Equal(Reach.Unreachable, matrix[0, 1].Agreed);
        Assert.Equal(Reach.NotTried, matrix[1, 0].Agreed);
    }

    [Fact]
    public void BackendsThatDisagreeAreShownApart()
    {
        ScenarioResult result = SampleRun.Passing();
        BackendResult netns = result.Backends[2];
        StepOutcome half = netns.Run!.Outcomes[0] with { Arrived = 2, BytesArrived = 112 };
        ReachCell cell = ReachabilityMatrix.Of(result with { Backends = result.Backends.SetItem(2, netns with { Run = netns.Run with { Outcomes = [half] } }) })[0, 2];
        Assert.Null(cell.Agreed);
        Assert.Equal([Reach.Ok, Reach.Ok, Reach.Partly], cell.ByBackend.AsEnumerable());
        Assert.Contains("netns: ping-1 2 of 4", cell.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void BytesThatDifferAreNotReached()
    {
        ScenarioResult result = SampleRun.Passing();
        StepOutcome broken = result.Backends[0].Run!.Outcomes[0] with { Intact = false };
        ImmutableArray<BackendResult> one = [result.Backends[0] with { Run = result.Backends[0].Run! with { Outcomes = [broken] } }];
        Assert.Equal(Reach.Partly, ReachabilityMatrix.Of(result with { Backends = one })[0, 2].Agreed);
    }

    [Fact]
    public void AnAddressNobodyHasIsAColumnOfItsOwn()
    {
        ScenarioResult result = SampleRun.Passing();
        PingStep stray = (PingStep)result.Scenario.Timeline[0] with { To = Ipv4Address.Parse("10.9.9.9") };
        ReachabilityMatrix matrix = ReachabilityMatrix.Of(result with { Scenario = result.Scenario with { Timeline = [stray] } });
        Assert.Equal(["a", "b", "c", "10.9.9.9"], matrix.Columns.AsEnumerable());
        Assert.Equal(Reach.Ok, matrix[0, 3].Agreed);
    }

    [Fact]
    public void OfManyEndpointsOnlyThoseThatSpokeAreShown() =>
        Assert.Equal(["a", "c"], ReachabilityMatrix.Of(SampleRun.Passing(), limit: 2).Rows.AsEnumerable());

    [Fact]
    public void WithoutExchangesItIsEmpty()
    {
        ScenarioResult result = SampleRun.Passing();
        Scenario quiet = result.Scenario with { Timeline = [new WaitStep(SimTime.FromSeconds(1)) { Name = "wait-1", Where = Line(1) }] };
        Assert.True(ReachabilityMatrix.Of(result with { Scenario = quiet }).IsEmpty);
    }
}
