using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Running;

namespace MizarLab.Tests.Results;

public sealed class CalibrationFileTests
{
    [Fact]
    public void Ways_have_their_times_and_the_others_that_of_other()
    {
        Calibration read = CalibrationFile.Parse("c.json", """{ "agent": { "direct_path": 101.5, "other": 119 }, "transit": { "to_host": 0 } }""");
        Assert.Equal(new SimTime(101_500), read.TimeOf(ProgramId.Agent, Reason.DirectPath));
        Assert.Equal(SimTime.FromNanoseconds(119), read.TimeOf(ProgramId.Agent, Reason.ToBouncer));
        Assert.Equal(SimTime.Zero, read.TimeOf(ProgramId.Transit, Reason.ToHost));
        Assert.False(read.IsNone);
    }

    [Theory]
    [InlineData("[]", "expected an object")]
    [InlineData("""{ "tx": {} }""", "'tx' is no program")]
    [InlineData("""{ "agent": 4 }""", "agent is an object")]
    [InlineData("""{ "agent": { "to_the_moon": 4 } }""", "'to_the_moon' is no way")]
    [InlineData("""{ "agent": { "other": -1 } }""", "agent.other is -1")]
    [InlineData("""{ "agent": { "other": "fast" } }""", "agent.other is \"fast\"")]
    [InlineData("{", "calibration c.json:1")]
    public void What_is_wrong_is_said(string text, string said) =>
        Assert.Contains(said, Assert.Throws<HarnessException>(() => CalibrationFile.Parse("c.json", text)).Message, StringComparison.Ordinal);
}
