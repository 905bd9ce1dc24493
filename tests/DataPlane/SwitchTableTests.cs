using MizarLab.DataPlane;

namespace MizarLab.Tests.DataPlane;

/// <summary>The table of dialects is whole: every switch is in it once, and every row of spec §8.1 is decided.</summary>
public sealed class SwitchTableTests
{
    private const int RowsOfTheSpec = 32;

    [Fact]
    public void Every_switch_has_one_entry()
    {
        Switches[] single = [.. Enum.GetValues<Switches>().Where(s => s is not (Switches.None or Switches.All))];
        Assert.Equal(single.Order(), SwitchTable.All.Select(e => e.Switch).Order());
        Assert.Equal(Switches.All, single.Aggregate(Switches.None, (all, one) => all | one));
        Assert.Equal(single.Length, SwitchTable.All.Select(e => e.Name).Distinct().Count());
        Assert.All(SwitchTable.All, entry => Assert.Same(entry, SwitchTable.Find(entry.Name)));
    }

    [Fact]
    public void Every_row_of_the_spec_is_decided()
    {
        string[] rows = [.. Enumerable.Range(1, RowsOfTheSpec).Select(i => $"P{i}")];
        string[] corrected = [.. SwitchTable.All.SelectMany(e => e.Rows)];
        string[] left = [.. SwitchTable.Left.Select(e => e.Row)];
        Assert.Empty(rows.Except(corrected).Except(left));
        Assert.Empty(corrected.Intersect(left));
        Assert.Empty(corrected.Concat(left).Where(r => r.StartsWith('P')).Except(rows));
        Assert.All(SwitchTable.All, entry => Assert.NotEmpty(entry.Rows));
    }

    [Fact]
    public void Every_entry_says_what_both_dialects_do()
    {
        Assert.All(SwitchTable.All, entry => Assert.True(entry.Upstream.EndsWith('.') && entry.Ours.EndsWith('.') && entry.Upstream != entry.Ours, entry.Name));
        Assert.Equal("loop_guard", SwitchTable.Of(Switches.LoopGuard).Name);
        Assert.Null(SwitchTable.Find("LoopGuard"));
    }
}
