using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MizarLab.Engine;

/// <summary>
/// The events of an opened word in order, as places in the queue's array, taken from the front. An item is one word, time above place, so that sorting
/// compares and moves words, and looks at events only where times are too close to tell.
/// </summary>
internal struct EventBatch
{
    /// <summary>Up to so many are sorted by insertion, more by merging.</summary>
    private const int Short = 24;

    /// <summary>Events of a chain that are taken without a look at how many there are.</summary>
    private const int AtOnce = 4;

    private const int PlaceBits = 32;

    private ulong[] items = new ulong[256];
    private ulong[] scratch = [];
    private int taken;
    private int end;
    private long begin;
    private int coarseness;

    public EventBatch()
    {
    }

    public readonly int Count => end - taken;

    /// <summary>Place of the first; only of a batch that has any.</summary>
    public readonly int First => (int)items[taken];

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

    /// <summary>Adds the events of a chain, all of which are after those added before; in order only once <see cref="Sort"/> was called.</summary>
    /// <remarks>
    /// Most chains have one to four, and nobody can guess how many; so four are taken whatever there is, of which the places that are nobody's do not count. A chain has the last comer first,
    /// and those that came first are mostly the earlier ones.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(SimEvent[] places, int chain)
    {
        ref SimEvent nobody = ref MemoryMarshal.GetArrayDataReference(places);
        int second = Unsafe.Add(ref nobody, chain).Link;
        int third = Unsafe.Add(ref nobody, second).Link;
        int fourth = Unsafe.Add(ref nobody, third).Link;
        if (Unsafe.Add(ref nobody, fourth).Link != 0 || end > items.Length - AtOnce)
        {
            AppendLong(places, chain);
            return;
        }
        ref ulong first = ref MemoryMarshal.GetArrayDataReference(items);
        int to = end;
        Unsafe.Add(ref first, to) = ItemOf(ref nobody, fourth);
        to += fourth != 0 ? 1 : 0;
        Unsafe.Add(ref first, to) = ItemOf(ref nobody, third);
        to += third != 0 ? 1 : 0;
        Unsafe.Add(ref first, to) = ItemOf(ref nobody, second);
        to += second != 0 ? 1 : 0;
        Unsafe.Add(ref first, to) = ItemOf(ref nobody, chain);
        end = to + 1;
    }

    /// <summary>Puts all in order, most of which are already. Answers how many have the time of another.</summary>
    public int Sort(SimEvent[] places)
    {
        Span<ulong> all = items.AsSpan(0, end);
        int ties = 0;
        for (int i = 1; i < all.Length; i++)
        {
            if (all[i] >> PlaceBits <= all[i - 1] >> PlaceBits)
            {
                ties += Insert(all, i, places) ? 1 : 0;
            }
        }
        return ties;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ItemOf(ref SimEvent nobody, int place) =>
        ((ulong)(Unsafe.Add(ref nobody, place).Time.Picoseconds - begin) >> coarseness << PlaceBits) | (uint)place;

    /// <summary>A chain of any length, put in order by itself when it is a long one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AppendLong(SimEvent[] places, int chain)
    {
        int first = end;
        for (int place = chain; place != 0; place = places[place].Link)
        {
            if (end == items.Length)
            {
                Array.Resize(ref items, end * 2);
            }
            items[end++] = ItemOf(ref places[0], place);
        }
        Span<ulong> added = items.AsSpan(first, end - first);
        added.Reverse();
        if (added.Length > Short)
        {
            if (scratch.Length < items.Length)
            {
                scratch = new ulong[items.Length];
            }
            SortByMerging(added, scratch.AsSpan(0, added.Length), places);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Before(ulong one, ulong other, SimEvent[] places) =>
        (one ^ other) >> PlaceBits != 0 ? one < other : places[(int)one].Before(in places[(int)other]);

    /// <summary>Puts an item among those before it, which are in order. Answers whether one has its time.</summary>
    private static bool Insert(Span<ulong> some, int index, SimEvent[] places)
    {
        ulong one = some[index];
        int hole = index;
        while (hole > 0 && Before(one, some[hole - 1], places))
        {
            some[hole] = some[hole - 1];
            hole--;
        }
        some[hole] = one;
        return (hole > 0 && some[hole - 1] >> PlaceBits == one >> PlaceBits) || (hole < index && some[hole + 1] >> PlaceBits == one >> PlaceBits);
    }

    private static void SortByMerging(Span<ulong> some, Span<ulong> spare, SimEvent[] places)
    {
        if (some.Length <= Short)
        {
            for (int i = 1; i < some.Length; i++)
            {
                Insert(some, i, places);
            }
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
