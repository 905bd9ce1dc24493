using MizarLab.Engine;
using MizarLab.Scenarios.Reading;

namespace MizarLab.Scenarios.Shapes;

/// <summary>Shapes used by many keys.</summary>
internal static class Standard
{
    public static readonly DurationShape Time = new(SimTime.Zero, Limits.LongestTime);

    /// <summary>A time that must pass.</summary>
    public static readonly DurationShape PositiveTime = new(SimTime.FromMicroseconds(1), Limits.LongestTime);

    public static readonly IntegerShape Count = new("a count", 1, Limits.Count);

    public static readonly IntegerShape CountOrNone = new("a count", 0, Limits.Count);

    public static readonly IntegerShape Port = new("a port", 1, 65_535);

    /// <summary>A switch's position.</summary>
    public static readonly ChoiceShape<bool> OnOff = new("a position", ("on", true), ("off", false));
}
