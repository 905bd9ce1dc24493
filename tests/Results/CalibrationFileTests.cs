using System.Text;
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
        Calibration read = CalibrationFile.Parse("c.json", """{ "agent": { "direct_path": 101.5, "other": 119 }, "transit": { "to_host": 0 } }"""u8.ToArray());
        Assert.Equal(new SimTime(101_500), read.TimeOf(ProgramId.Agent, Reason.DirectPath));
        Assert.Equal(SimTime.FromNanoseconds(119), read.TimeOf(ProgramId.Agent, Reason.ToBouncer));
        Assert.Equal(SimTime.Zero, read.TimeOf(ProgramId.Transit, Reason.ToHost));
        Assert.False(read.IsNone);
    }

    [Theory]
    [InlineData("[]", "c.json:1:1: a calibration is an object")]
    [InlineData("""{ "tx": {} }""", "c.json:1:3: 'tx' is no program")]
    [InlineData("""{ "agent": 4 }""", "c.json:1:12: agent is an object")]
    [InlineData("{\n \"agent\": {\n  \"other\": 1,\n  \"to_the_moon\": 4 } }", "c.json:4:3: 'to_the_moon' is no way")]
    [InlineData("""{ "agent": { "other": -1 } }""", "c.json:1:23: agent.other is -1")]
    [InlineData("""{ "agent": { "other": "fast" } }""", "c.json:1:23: agent.other is \"fast\"")]
    [InlineData("""{ "agent": { "other": 1, "other": 2 } }""", "c.json:1:26: a key that this object has already")]
    [InlineData("{", "c.json:1:2: the file ends within")]
    public void What_is_wrong_is_said_with_its_place(string text, string said) =>
        Assert.StartsWith(said, Assert.Throws<HarnessException>(() => CalibrationFile.Parse("c.json", Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);
}
