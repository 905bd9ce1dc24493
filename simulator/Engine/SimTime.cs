using System.Globalization;

namespace MizarLab.Engine;

/// <summary>A point in, or a span of, simulated time in integer picoseconds: 106 days fit, and a byte at 100 Gb/s is exactly 80.</summary>
public readonly record struct SimTime(long Picoseconds) : IComparable<SimTime>
{
    public static readonly SimTime Zero = new(0);
    public static readonly SimTime Never = new(long.MaxValue);

    public static SimTime FromNanoseconds(long value) => new(checked(value * 1_000));

    public static SimTime FromMicroseconds(long value) => new(checked(value * 1_000_000));

    public static SimTime FromMilliseconds(long value) => new(checked(value * 1_000_000_000));

    public static SimTime FromSeconds(long value) => new(checked(value * 1_000_000_000_000));

    public TimeSpan ToTimeSpan() => new(Picoseconds / 100_000);

    public long Nanoseconds => Picoseconds / 1_000;

    public static SimTime operator +(SimTime a, SimTime b) => new(a.Picoseconds + b.Picoseconds);

    public static SimTime operator -(SimTime a, SimTime b) => new(a.Picoseconds - b.Picoseconds);

    public static bool operator <(SimTime a, SimTime b) => a.Picoseconds < b.Picoseconds;

    public static bool operator >(SimTime a, SimTime b) => a.Picoseconds > b.Picoseconds;

    public static bool operator <=(SimTime a, SimTime b) => a.Picoseconds <= b.Picoseconds;

    public static bool operator >=(SimTime a, SimTime b) => a.Picoseconds >= b.Picoseconds;

    public int CompareTo(SimTime other) => Picoseconds.CompareTo(other.Picoseconds);

    /// <summary>The largest unit in which the value is at least one, with up to three decimals: <c>12.5us</c>.</summary>
    public override string ToString()
    {
        long size = Math.Abs(Picoseconds);
        (decimal unit, string name) = size switch
        {
            >= 1_000_000_000_000 => (1_000_000_000_000m, "s"),
            >= 1_000_000_000 => (1_000_000_000m, "ms"),
            >= 1_000_000 => (1_000_000m, "us"),
            >= 1_000 => (1_000m, "ns"),
            _ => (1m, "ps"),
        };
        return (Picoseconds / unit).ToString("0.###", CultureInfo.InvariantCulture) + name;
    }
}
