using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>
/// The average over time of something that jumps: a queue's length, busy servers, rows in a cache. The area under it is an integer
/// (value × picoseconds in 128 bits), so Little's law can be asked for to the last picosecond.
/// </summary>
public struct TimeAverage
{
    private Int128 area;
    private SimTime since;

    public long Value { get; private set; }

    /// <summary>The largest value so far.</summary>
    public long Most { get; private set; }

    /// <summary>From this time on the value is another. Times never decrease.</summary>
    public void Set(SimTime now, long value)
    {
        area += (Int128)Value * (now - since).Picoseconds;
        since = now;
        Value = value;
        Most = Math.Max(Most, value);
    }

    public void Add(SimTime now, long change) => Set(now, Value + change);

    /// <summary>Value × picoseconds from zero to now.</summary>
    public readonly Int128 Area(SimTime now) => area + ((Int128)Value * (now - since).Picoseconds);

    /// <summary>The mean from time zero on.</summary>
    public readonly double Mean(SimTime now) => now == SimTime.Zero ? Value : (double)Area(now) / now.Picoseconds;
}
