using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MizarLab.Engine;

/// <summary>
/// The events of an opened word in order, as places in the queue's array, taken from the front. Times stand beside the places, so
/// that sorting looks at an event only where times are equal.
/// </summary>
internal sealed class EventBatch
{
    /// <summary>Up to so many are sorted by insertion, more by merging.</summary>
    private const int Short = 24;

    private Item[] items = new Item[256];
    private Item[] scratch = [];
    private int taken;
    private int end;

    public int Count => end - taken;

    /// <summary>Only of a batch that has any.</summary>
    public SimTime FirstTime => new(items[taken].Time);

    public int First => items[taken].Place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take() => items[taken++].Place;

    /// <summary>The place that is so many behind the first; 0 when the batch ends before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PlaceAt(int behind) => taken + behind < end ? items[taken + behind].Place : 0;

    public void Clear()
    {
        taken = 0;
        end = 0;
    }

    /// <summary>Adds the events of a chain, all of which are after those added before. Answers how many had the time of another.</summary>
    public int Append(SimEvent[] places, int chain)
    {
        int begin = end;
        ref SimEvent first = ref MemoryMarshal.GetArrayDataReference(places);
        for (int place = chain; place != 0;)
        {
            ref readonly SimEvent one = ref Unsafe.Add(ref first, place);
            if (end == items.Length)
            {
                Array.Resize(ref items, end * 2);
            }
            items[end++] = new Item(one.Time.Picoseconds, place);
            place = one.Link;
        }
        if (end - begin <= 1)
        {
            return 0;
        }
        Span<Item> added = items.AsSpan(begin, end - begin);
        // A chain has the last comer first, and those that came first are mostly the earlier ones.
        added.Reverse();
        Sort(added, places);
        int ties = 0;
        for (int i = 1; i < added.Length; i++)
        {
            ties += added[i].Time == added[i - 1].Time ? 1 : 0;
        }
        return ties;
    }

    private void Sort(Span<Item> some, SimEvent[] places)
    {
        if (some.Length <= Short)
        {
            SortByInsertion(some, places);
            return;
        }
        if (scratch.Length < items.Length)
        {
            scratch = new Item[items.Length];
        }
        SortByMerging(some, scratch.AsSpan(0, some.Length), places);
    }

    private static void SortByInsertion(Span<Item> some, SimEvent[] places)
    {
        for (int i = 1; i < some.Length; i++)
        {
            Item one = some[i];
            int hole = i;
            while (hole > 0 && one.Before(in some[hole - 1], places))
            {
                some[hole] = some[hole - 1];
                hole--;
            }
            some[hole] = one;
        }
    }

    private static void SortByMerging(Span<Item> some, Span<Item> spare, SimEvent[] places)
    {
        if (some.Length <= Short)
        {
            SortByInsertion(some, places);
            return;
        }
        int middle = some.Length / 2;
        SortByMerging(some[..middle], spare[..middle], places);
        SortByMerging(some[middle..], spare[middle..], places);
        if (!some[middle].Before(in some[middle - 1], places))
        {
            return;
        }
        Span<Item> left = spare[..middle];
        some[..middle].CopyTo(left);
        int l = 0;
        int r = middle;
        for (int to = 0; l < left.Length; to++)
        {
            some[to] = r < some.Length && some[r].Before(in left[l], places) ? some[r++] : left[l++];
        }
    }

    private readonly struct Item(long time, int place)
    {
        public readonly long Time = time;
        public readonly int Place = place;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Before(in Item other, SimEvent[] places) =>
            Time != other.Time ? Time < other.Time : places[Place].Before(in places[other.Place]);
    }
}
