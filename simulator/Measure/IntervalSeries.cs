using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>
/// What was counted in each of equal intervals from time zero: packets or bytes of a bouncer over time. The number of intervals is fixed: when time
/// passes the last, neighbours are added together and each is twice as wide. So a run of any length costs the same memory, recording
/// allocates nothing, and nothing is lost but resolution. Two amounts of one thing, its frames and bytes, can lie side by side.
/// </summary>
public sealed class IntervalSeries
{
    /// <summary>By interval, of each its columns.</summary>
    private readonly long[] sums;
    private readonly int intervals;
    private readonly int columns;
    private int used;

    /// <summary>Where the interval recorded in last lies, and its bounds in picoseconds: time mostly stays in it, and then nothing is divided.</summary>
    private int place;
    private long from;
    private long to;

    /// <summary>What was recorded in it and is not in <see cref="sums"/> yet: until it is over nothing but this object is touched.</summary>
    private long current;
    private long currentOther;

    /// <param name="width">Of an interval at first.</param>
    /// <param name="intervals">An even number.</param>
    /// <param name="columns">Amounts of each interval: one or two.</param>
    public IntervalSeries(SimTime width, int intervals = 256, int columns = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(columns is 1 or 2, true, nameof(columns));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width.Picoseconds);
        ArgumentOutOfRangeException.ThrowIfNotEqual(intervals > 0 && intervals % 2 == 0, true, nameof(intervals));
        Width = width;
        this.intervals = intervals;
        this.columns = columns;
        sums = new long[intervals * columns];
    }

    /// <summary>Of an interval now.</summary>
    public SimTime Width { get; private set; }

    /// <summary>The intervals up to the last that anything was recorded in, of each all columns.</summary>
    public ReadOnlySpan<long> Sums
    {
        get
        {
            Settle();
            return sums.AsSpan(0, used * columns);
        }
    }

    /// <summary>The end of that interval.</summary>
    public SimTime End => new(used * Width.Picoseconds);

    public void Add(SimTime now, long amount)
    {
        if (now.Picoseconds < from || now.Picoseconds >= to)
        {
            GoTo(now);
        }
        current += amount;
    }

    /// <summary>Of a series of two columns.</summary>
    public void Add(SimTime now, long amount, long other)
    {
        Add(now, amount);
        currentOther += other;
    }

    /// <summary>Adds the other's intervals, as wide as the wider of the two.</summary>
    /// <exception cref="ArgumentException">The other began with another width or number of intervals.</exception>
    public void Merge(IntervalSeries other)
    {
        while (Width < other.Width)
        {
            Widen();
        }
        if (other.intervals != intervals || other.columns != columns || Width.Picoseconds % other.Width.Picoseconds != 0)
        {
            throw new ArgumentException("series of other intervals", nameof(other));
        }
        Settle();
        other.Settle();
        int group = (int)(Width.Picoseconds / other.Width.Picoseconds);
        for (int i = 0; i < other.used; i++)
        {
            for (int c = 0; c < columns; c++)
            {
                sums[(i / group * columns) + c] += other.sums[(i * columns) + c];
            }
        }
        used = Math.Max(used, (other.used + group - 1) / group);
    }

    /// <summary>The same in wider intervals, beside other series.</summary>
    /// <param name="width">A multiple of <see cref="Width"/>.</param>
    /// <param name="count">How many intervals to give; those behind the last recorded are 0, and none recorded is left out.</param>
    /// <param name="column">Which.</param>
    /// <exception cref="ArgumentException">No multiple, or too few intervals.</exception>
    public long[] InIntervalsOf(SimTime width, int count, int column = 0)
    {
        long group = Math.DivRem(width.Picoseconds, Width.Picoseconds, out long rest);
        if (rest != 0 || group == 0 || (used + group - 1) / group > count)
        {
            throw new ArgumentException($"{used} intervals of {Width} do not make {count} of {width}", nameof(width));
        }
        Settle();
        long[] wider = new long[count];
        for (int i = 0; i < used; i++)
        {
            wider[i / group] += sums[(i * columns) + column];
        }
        return wider;
    }

    private void Settle()
    {
        sums[place] += current;
        current = 0;
        if (columns == 2)
        {
            sums[place + 1] += currentOther;
            currentOther = 0;
        }
    }

    private void GoTo(SimTime now)
    {
        Settle();
        long at = now.Picoseconds / Width.Picoseconds;
        while (at >= intervals)
        {
            Widen();
            at = now.Picoseconds / Width.Picoseconds;
        }
        place = (int)at * columns;
        from = at * Width.Picoseconds;
        to = from + Width.Picoseconds;
        used = Math.Max(used, (int)at + 1);
    }

    private void Widen()
    {
        Settle();
        for (int i = 0; i < intervals; i++)
        {
            for (int c = 0; c < columns; c++)
            {
                int first = (2 * i * columns) + c;
                sums[(i * columns) + c] = 2 * i < intervals ? sums[first] + sums[first + columns] : 0;
            }
        }
        used = (used + 1) / 2;
        Width += Width;
        (place, from, to) = (0, 0, 0);
    }
}
