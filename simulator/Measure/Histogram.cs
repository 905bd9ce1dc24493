using System.Numerics;

namespace MizarLab.Measure;

/// <summary>
/// Counts of values in log-linear buckets, as HdrHistogram has them (Tene, public domain): exact below 2 048, and above within one part in a
/// thousand, so that every percentile has three significant digits whatever the range. Recording allocates nothing and takes no loop;
/// count, sum, least and most are exact; merging is addition.
/// </summary>
/// <remarks>
/// Values are integers of whatever unit the owner says: picoseconds, frames, hops. A power of two from 2^11 on is split into 1 024 buckets. Memory is
/// 8 KiB a power of two in range: 248 KiB up to a second in picoseconds.
/// </remarks>
public sealed class Histogram
{
    private const int SubBits = 11;
    private const int SubCount = 1 << SubBits;
    private const int Half = SubCount / 2;

    private readonly long[] counts;
    private Int128 sum;
    private long least = long.MaxValue;
    private long most = -1;

    /// <param name="highest">Values above go into the bucket of this one; <see cref="Most"/> and <see cref="Mean"/> still know them.</param>
    public Histogram(long highest = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(highest);
        counts = new long[BucketOf(highest) + 1];
    }

    private Histogram(long[] counts) => this.counts = counts;

    /// <summary>How many buckets there are: two histograms with as many can be merged.</summary>
    public int Buckets => counts.Length;

    public long Count { get; private set; }

    /// <summary>The exact sum of all values.</summary>
    public Int128 Sum => sum;

    /// <summary>The least value; 0 when there is none.</summary>
    public long Least => Count == 0 ? 0 : least;

    /// <summary>The largest value; 0 when there is none.</summary>
    public long Most => Count == 0 ? 0 : most;

    /// <summary>0 when there is no value.</summary>
    public double Mean => Count == 0 ? 0 : (double)sum / Count;

    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public void Record(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        counts[Math.Min(BucketOf(value), counts.Length - 1)]++;
        Count++;
        sum += value;
        least = Math.Min(least, value);
        most = Math.Max(most, value);
    }

    /// <summary>Adds everything the other holds; the order of merging changes nothing.</summary>
    /// <exception cref="ArgumentException">The other has another range.</exception>
    public void Merge(Histogram other)
    {
        if (other.counts.Length != counts.Length)
        {
            throw new ArgumentException($"a histogram of {other.counts.Length} buckets does not go into one of {counts.Length}", nameof(other));
        }
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] += other.counts[i];
        }
        Count += other.Count;
        sum += other.sum;
        least = Math.Min(least, other.least);
        most = Math.Max(most, other.most);
    }

    /// <summary>
    /// The value that this share of all values does not exceed: the highest of the bucket in which the rank ⌈share · count⌉ lies, never above <see cref="Most"/>.
    /// </summary>
    /// <param name="share">In [0, 1]; 0 gives the least value's bucket.</param>
    /// <returns>0 when there is no value.</returns>
    public long Quantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        long rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Math.Max(1, Count));
        long seen = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= rank)
            {
                return i == counts.Length - 1 ? Most : Math.Min(HighestOf(i), Most);
            }
        }
        return 0;
    }

    /// <summary>How many values lie at or below this one, to its bucket's end.</summary>
    public long CountUpTo(long value)
    {
        long seen = 0;
        int last = Math.Min(BucketOf(value), counts.Length - 1);
        for (int i = 0; i <= last; i++)
        {
            seen += counts[i];
        }
        return seen;
    }

    /// <summary>The buckets that hold anything, in order: highest value, and how many.</summary>
    public IEnumerable<(long Highest, long Count)> NonEmpty()
    {
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                yield return (HighestOf(i), counts[i]);
            }
        }
    }

    internal static Histogram OfBuckets(int buckets) => new(new long[buckets]);

    internal long this[int bucket]
    {
        get => counts[bucket];
        set => counts[bucket] = value;
    }

    internal void Restore(long count, Int128 total, long lowest, long highest) => (Count, sum, least, most) = (count, total, lowest, highest);

    /// <summary>Below 2 048 the value itself; above, 1 024 buckets a power of two.</summary>
    private static int BucketOf(long value)
    {
        int shift = Math.Max(0, 64 - SubBits - BitOperations.LeadingZeroCount((ulong)value));
        return (shift * Half) + (int)(value >> shift);
    }

    private static long HighestOf(int bucket)
    {
        if (bucket < SubCount)
        {
            return bucket;
        }
        int shift = (bucket / Half) - 1;
        return (((long)(bucket - (shift * Half)) + 1) << shift) - 1;
    }
}
