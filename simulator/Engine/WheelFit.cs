using System.Numerics;

namespace MizarLab.Engine;

/// <summary>
/// Decides how wide buckets are and how many words the wheel has, from what the queue counted since the last decision. About two events a bucket are
/// best: fewer, and empty buckets are passed; more, and they are sorted at length.
/// </summary>
/// <remarks>
/// The width follows the rate at which simulated time passes by event. Where events come in clumps the rate tells nothing of the density within
/// one, so what opened buckets held corrects it. A change moves every event, so looks come a share of the pending events apart, and
/// further and further apart while changes undo each other. Everything here is counted, so it is the same in every run.
/// </remarks>
internal struct WheelFit
{
    public const int FewestWords = 16;
    private const int MostWords = 1 << 15;
    private const int BucketsAWord = 64;
    private const int MostWidthBits = 50;
    private const int FewestBetweenLooks = 2048;
    private const int MostPatience = 6;

    /// <summary>Events taken out of buckets since the last look, those among them at the time of another, and the buckets they were in.</summary>
    public long Opened;
    public long Ties;
    public long Buckets;

    /// <summary>Empty words passed since, and events that came behind the horizon.</summary>
    public long Passed;
    public long Behind;

    private long since;
    private int clumps;
    private int stretch;
    private int patience;
    private int lastStep;

    public readonly bool IsDue(int pending) => Opened + Passed >= Math.Max(FewestBetweenLooks, pending / 4 << patience);

    /// <summary>A first guess, before anything was opened: as the earlier half of the events lies.</summary>
    public static int WidthBitsFor(ReadOnlySpan<SimEvent> events)
    {
        Span<long> times = new long[events.Length];
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = events[i].Time.Picoseconds;
        }
        times.Sort();
        int half = times.Length / 2;
        return WidthBitsFor(times[half] - times[0], half);
    }

    /// <summary>Looks at what was counted up to <paramref name="now"/>, and begins counting anew. True when the wheel is to be rebuilt.</summary>
    public bool Look(long now, int pending, ref int widthBits, ref int words)
    {
        long distinct = Opened - Ties;
        int ideal = WidthBitsFor(now - since, distinct);
        if (distinct > 4 * Buckets)
        {
            clumps = Math.Min(clumps + 1, ideal);
        }
        // Events that lie evenly fill buckets of half the width with 1.6 at most, of those that have any.
        else if (clumps > 0 && 10 * distinct < 16 * Buckets)
        {
            clumps--;
        }
        if (Behind > Opened / 8 && stretch < 3)
        {
            stretch++;
        }
        Opened = 0;
        Ties = 0;
        Buckets = 0;
        Passed = 0;
        Behind = 0;
        since = now;
        int step = ideal - clumps - widthBits;
        int wanted = WordsFor(pending) << stretch;
        bool resize = wanted > words || wanted * 4 <= words;
        if (Math.Abs(step) < 2 && !resize)
        {
            return false;
        }
        patience = step * lastStep < 0 ? Math.Min(patience + 1, MostPatience) : patience;
        lastStep = step;
        widthBits += step;
        words = resize ? Math.Min(wanted, MostWords) : words;
        return true;
    }

    private static int WordsFor(int pending) => (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)pending) / BucketsAWord, FewestWords, MostWords);

    /// <summary>Where so many events take so long: between one and two of them.</summary>
    private static int WidthBitsFor(long span, long events) =>
        span <= 0 || events <= 0 ? 13 : Math.Min(BitOperations.Log2((ulong)(span / events) | 1) + 1, MostWidthBits);
}
