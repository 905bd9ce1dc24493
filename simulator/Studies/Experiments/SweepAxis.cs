using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>A value an axis takes.</summary>
/// <param name="Text">As written, in one line.</param>
/// <param name="Number">What it counts (<see cref="Quantity"/>); NaN of a word.</param>
/// <param name="Where">Where it stands; of a range, where the range does.</param>
public sealed record AxisValue(string Text, double Number, SourcePlace Where);

/// <summary>One axis of a sweep.</summary>
/// <param name="Path">The key it replaces, <c>study.bouncers</c>; of an axis of named variants, its name.</param>
/// <param name="Name">As formulas and figures call it: the path's last word where no other axis ends in it, else the path.</param>
/// <param name="Unit">Of its numbers; empty for counts, shares and words.</param>
public sealed record SweepAxis(string Path, string Name, string Unit, ImmutableArray<AxisValue> Values)
{
    /// <summary>Whether it can be drawn to scale and computed with.</summary>
    public bool IsNumeric => Values.All(v => !double.IsNaN(v.Number));

    public bool IsCalled(string name) => name == Name || name == Path;
}
