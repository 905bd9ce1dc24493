using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>
/// The length of one queue over time, in equal intervals from time zero: the most that waited in each, and the integral of the length over it, both exact. A
/// first-come-first-served queue with one server tells it of every customer; who is served at once costs one comparison. Memory is fixed
/// but for as many numbers as customers ever waited at once, and none before the first waits; intervals widen as those of <see cref="IntervalSeries"/>.
/// </summary>
/// <remarks>Who waits does so without who is being served, as <c>LinkDirection</c> counts. A waiter is known when it comes, so intervals in the future have their part already.</remarks>
public sealed class QueueSeries : IQueueWitness
{
    private readonly int intervals;

    /// <summary>Waiters × picoseconds.</summary>
    private Int128[] areas = [];
    private int[] most = [];

    /// <summary>When the services of those who wait begin, in picoseconds and order.</summary>
    private long[] starts = [];
    private int first;
    private int count;

    /// <summary>The interval a customer waited in last: up to its beginning <see cref="most"/> knows who waited. And its bounds, in picoseconds.</summary>
    private int known;
    private long from;
    private long to;

    /// <summary>What is known of it and not in the arrays yet: until it is over nothing but this object is touched.</summary>
    private Int128 area;
    private int highest;

    /// <param name="width">Of an interval at first.</param>
    /// <param name="intervals">An even number.</param>
    public QueueSeries(SimTime width, int intervals = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width.Picoseconds);
        ArgumentOutOfRangeException.ThrowIfNotEqual(intervals > 0 && intervals % 2 == 0, true, nameof(intervals));
        Width = width;
        this.intervals = intervals;
    }

    /// <summary>Of an interval now.</summary>
    public SimTime Width { get; private set; }

    /// <summary>Whether anybody ever waited.</summary>
    public bool IsEmpty => areas.Length == 0;

    /// <summary>Waiters × picoseconds up to a time, over all intervals: every wait together, but for those of whom a failure took the rest.</summary>
    public Int128 Area
    {
        get
        {
            Int128 sum = area;
            foreach (Int128 settled in areas)
            {
                sum += settled;
            }
            return sum;
        }
    }

    /// <summary>The end of the last interval in which anybody waits.</summary>
    public SimTime End
    {
        get
        {
            Settle();
            int last = areas.Length;
            while (last > 0 && areas[last - 1] == 0)
            {
                last--;
            }
            return new SimTime(last * Width.Picoseconds);
        }
    }

    /// <inheritdoc/>
    public void Took(SimTime arrival, SimTime service, SimTime start, int waiting)
    {
        if (start > arrival)
        {
            Waits(arrival, start);
        }
    }

    /// <summary>A customer came and waits; of those that do not nobody need tell.</summary>
    public void Waits(SimTime arrival, SimTime start) => Waits(arrival.Picoseconds, start.Picoseconds);

    /// <inheritdoc/>
    public void Refused(SimTime arrival)
    {
    }

    /// <inheritdoc/>
    public void Emptied(SimTime now)
    {
        if (IsEmpty)
        {
            return;
        }
        GoTo(now.Picoseconds);
        for (; count > 0; count--)
        {
            Spread(now.Picoseconds, starts[first], -1);
            first = (first + 1) & (starts.Length - 1);
        }
    }

    /// <summary>The series in wider intervals, up to a time.</summary>
    /// <param name="width">A multiple of <see cref="Width"/>.</param>
    /// <param name="now">Nothing behind it is given; not before the last call.</param>
    /// <exception cref="ArgumentException">No multiple.</exception>
    public QueueInterval[] InIntervalsOf(SimTime width, SimTime now)
    {
        if (width.Picoseconds % Width.Picoseconds != 0)
        {
            throw new ArgumentException($"intervals of {Width} make none of {width}", nameof(width));
        }
        QueueInterval[] wider = new QueueInterval[CountOf(width, now)];
        if (IsEmpty)
        {
            return wider;
        }
        GoTo(now.Picoseconds);
        Settle();
        // Going there may have widened them.
        long group = width.Picoseconds / Width.Picoseconds;
        for (int i = 0; i < areas.Length && i / group < wider.Length; i++)
        {
            ref QueueInterval into = ref wider[i / group];
            into = new QueueInterval(into.Area + areas[i], Math.Max(into.Most, most[i]));
        }
        return wider;
    }

    /// <summary>How many intervals there are up to a time; the last may be cut short by it.</summary>
    public static int CountOf(SimTime width, SimTime now) => (int)((now.Picoseconds + width.Picoseconds - 1) / width.Picoseconds);

    private void Waits(long arrival, long start)
    {
        if (IsEmpty)
        {
            areas = new Int128[intervals];
            most = new int[intervals];
            starts = new long[16];
        }
        GoTo(arrival);
        if (count == starts.Length)
        {
            long[] larger = new long[count * 2];
            for (int i = 0; i < count; i++)
            {
                larger[i] = starts[(first + i) & (count - 1)];
            }
            (starts, first) = (larger, 0);
        }
        starts[(first + count++) & (starts.Length - 1)] = start;
        highest = Math.Max(highest, count);
        area += Math.Min(start, to) - arrival;
        if (start > to)
        {
            Spread(to, start, 1);
        }
    }

    /// <summary>Lets those begin whose time has come; of every interval that has begun meanwhile, who waited at its beginning is noted.</summary>
    private void GoTo(long now)
    {
        if (now >= from && now < to)
        {
            Begin(now);
            return;
        }
        Settle();
        Fit(now);
        long width = Width.Picoseconds;
        int at = (int)(now / width);
        for (; known < at && count > 0; )
        {
            known++;
            Begin(known * width);
            most[known] = Math.Max(most[known], count);
        }
        known = at;
        from = at * width;
        to = from + width;
        Begin(now);
    }

    private void Settle()
    {
        if (!IsEmpty)
        {
            areas[known] += area;
            most[known] = Math.Max(most[known], highest);
            (area, highest) = (0, 0);
        }
    }

    private void Begin(long upTo)
    {
        while (count > 0 && starts[first] <= upTo)
        {
            first = (first + 1) & (starts.Length - 1);
            count--;
        }
    }

    /// <summary>Adds a waiter's time to the intervals it falls in.</summary>
    private void Spread(long from, long to, int sign)
    {
        Fit(to);
        long width = Width.Picoseconds;
        for (long at = from / width; from < to; at++)
        {
            long end = Math.Min(to, (at + 1) * width);
            areas[at] += sign * (end - from);
            from = end;
        }
    }

    private void Fit(long time)
    {
        while (time / Width.Picoseconds >= intervals)
        {
            Settle();
            (from, to) = (0, 0);
            for (int i = 0; i < intervals; i++)
            {
                bool whole = 2 * i < intervals;
                areas[i] = whole ? areas[2 * i] + areas[(2 * i) + 1] : 0;
                most[i] = whole ? Math.Max(most[2 * i], most[(2 * i) + 1]) : 0;
            }
            Width += Width;
            known /= 2;
        }
    }
}

/// <summary>A queue in one interval.</summary>
/// <param name="Area">Waiters × picoseconds.</param>
/// <param name="Most">That waited at one time.</param>
public readonly record struct QueueInterval(Int128 Area, int Most);
