using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MizarLab.Engine;

/// <summary>
/// The events of an opened word in order, as places in the queue's array, taken from the front. An item is one word, time above place, so that sorting
/// compares and moves words, and looks at events only where times are too close to tell.
/// </summary>
internal sealed class EventBatch
{
    /// <summary>Up to so many are sorted by insertion, more by merging.</summary>
    private const int Short = 24;

    private const int PlaceBits = 32;

    private ulong[] items = new ulong[256];
    private ulong[] scratch = [];
    private int taken;
    private int end;
    private long begin;
    private int coarseness;

    public int Count => end - taken;

    /// <summary>Place of the first; only of a batch that has any.</summary>
    public int First => (int)items[taken];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take() => (int)items[taken++];

    /// <summary>The place that is so many behind the first; 0 when the batch ends before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PlaceAt(int behind) => taken + behind < end ? (int)items[taken + behind] : 0;

    /// <summary>Empties it for the events of a word, all of times from <paramref name="from"/> on that differ by less than 2^<paramref name="spanBits"/> ps.</summary>
    public void Begin(long from, int spanBits)
    {
        taken = 0;
        end = 0;
        begin = from;
        coarseness = Math.Max(spanBits - PlaceBits, 0);
    }

    /// <summary>Adds the events of a chain, all of which are after those added before. Answers how many had the time of another.</summary>
    public int Append(SimEvent[] places, int chain)
    {
        int first = end;
        ref SimEvent nowhere = ref MemoryMarshal.GetArrayDataReference(places);
        for (int place = chain; place != 0;)
        {
            ref readonly SimEvent one = ref Unsafe.Add(ref nowhere, place);
            if (end == items.Length)
            {
                Array.Resize(ref items, end * 2);
            }
            items[end++] = ((ulong)(one.Time.Picoseconds - begin) >> coarseness << PlaceBits) | (uint)place;
            place = one.Link;
        }
        if (end - first <= 1)
        {
            return 0;
        }
        Span<ulong> added = items.AsSpan(first, end - first);
        // A chain has the last comer first, and those that came first are mostly the earlier ones.
        added.Reverse();
        Sort(added, places);
        int ties = 0;
        for (int i = 1; i < added.Length; i++)
        {
            ties += added[i] >> PlaceBits == added[i - 1] >> PlaceBits ? 1 : 0;
        }
        return ties;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Before(ulong one, ulong other, SimEvent[] places) =>
        (one ^ other) >> PlaceBits != 0 ? one < other : places[(int)one].Before(in places[(int)other]);

    private void Sort(Span<ulong> some, SimEvent[] places)
    {
        if (some.Length <= Short)
        {
            SortByInsertion(some, places);
            return;
        }
        if (scratch.Length < items.Length)
        {
            scratch = new ulong[items.Length];
        }
        SortByMerging(some, scratch.AsSpan(0, some.Length), places);
    }

    private static void SortByInsertion(Span<ulong> some, SimEvent[] places)
    {
        for (int i = 1; i < some.Length; i++)
        {
            ulong one = some[i];
            int hole = i;
            while (hole > 0 && Before(one, some[hole - 1], places))
            {
                some[hole] = some[hole - 1];
                hole--;
            }
            some[hole] = one;
        }
    }

    private static void SortByMerging(Span<ulong> some, Span<ulong> spare, SimEvent[] places)
    {
        if (some.Length <= Short)
        {
            SortByInsertion(some, places);
            return;
        }
        int middle = some.Length / 2;
        SortByMerging(some[..middle], spare[..middle], places);
        SortByMerging(some[middle..], spare[middle..], places);
        if (!Before(some[middle], some[middle - 1], places))
        {
            return;
        }
        Span<ulong> left = spare[..middle];
        some[..middle].CopyTo(left);
        int l = 0;
        int r = middle;
        for (int to = 0; l < left.Length; to++)
        {
            some[to] = r < some.Length && Before(some[r], left[l], places) ? some[r++] : left[l++];
        }
    }
}
