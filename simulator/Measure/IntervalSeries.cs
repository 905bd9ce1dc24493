using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>
/// What was counted in each of equal intervals from time zero: packets or bytes of a bouncer over time. The number of intervals is fixed: when time
/// passes the last, neighbours are added together and each is twice as wide. So a run of any length costs the same memory, recording
/// allocates nothing, and nothing is lost but resolution.
/// </summary>
public sealed class IntervalSeries
{
    private readonly long[] sums;
    private int used;

    /// <summary>The interval recorded in last, and its bounds in picoseconds: time mostly stays in it, and then nothing is divided.</summary>
    private int place;
    private long from;
    private long to;

    /// <param name="width">Of an interval at first.</param>
    /// <param name="intervals">An even number.</param>
    public IntervalSeries(SimTime width, int intervals = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width.Picoseconds);
        ArgumentOutOfRangeException.ThrowIfNotEqual(intervals > 0 && intervals % 2 == 0, true, nameof(intervals));
        Width = width;
        sums = new long[intervals];
    }

    /// <summary>Of an interval now.</summary>
    public SimTime Width { get; private set; }

    /// <summary>The intervals up to the last that anything was recorded in.</summary>
    public ReadOnlySpan<long> Sums => sums.AsSpan(0, used);

    /// <summary>The end of that interval.</summary>
    public SimTime End => new(used * Width.Picoseconds);

    public void Add(SimTime now, long amount)
    {
        if (now.Picoseconds < from || now.Picoseconds >= to)
        {
            GoTo(now);
        }
        sums[place] += amount;
    }

    /// <summary>Adds the other's intervals, as wide as the wider of the two.</summary>
    /// <exception cref="ArgumentException">The other began with another width or number of intervals.</exception>
    public void Merge(IntervalSeries other)
    {
        while (Width < other.Width)
        {
            Widen();
        }
        if (other.sums.Length != sums.Length || Width.Picoseconds % other.Width.Picoseconds != 0)
        {
            throw new ArgumentException("series of other intervals", nameof(other));
        }
        int group = (int)(Width.Picoseconds / other.Width.Picoseconds);
        for (int i = 0; i < other.used; i++)
        {
            sums[i / group] += other.sums[i];
        }
        used = Math.Max(used, (other.used + group - 1) / group);
    }

    /// <summary>The same in wider intervals, beside other series.</summary>
    /// <param name="width">A multiple of <see cref="Width"/>.</param>
    /// <param name="count">How many intervals to give; those behind the last recorded are 0, and none recorded is left out.</param>
    /// <exception cref="ArgumentException">No multiple, or too few intervals.</exception>
    public long[] InIntervalsOf(SimTime width, int count)
    {
        long group = Math.DivRem(width.Picoseconds, Width.Picoseconds, out long rest);
        if (rest != 0 || group == 0 || (used + group - 1) / group > count)
        {
            throw new ArgumentException($"{used} intervals of {Width} do not make {count} of {width}", nameof(width));
        }
        long[] wider = new long[count];
        for (int i = 0; i < used; i++)
        {
            wider[i / group] += sums[i];
        }
        return wider;
    }

    private void GoTo(SimTime now)
    {
        long at = now.Picoseconds / Width.Picoseconds;
        while (at >= sums.Length)
        {
            Widen();
            at = now.Picoseconds / Width.Picoseconds;
        }
        place = (int)at;
        from = at * Width.Picoseconds;
        to = from + Width.Picoseconds;
        used = Math.Max(used, place + 1);
    }

    private void Widen()
    {
        for (int i = 0; i < sums.Length; i++)
        {
            long sum = 2 * i < sums.Length ? sums[2 * i] + sums[(2 * i) + 1] : 0;
            sums[i] = sum;
        }
        used = (used + 1) / 2;
        Width += Width;
        (from, to) = (0, 0);
    }
}
