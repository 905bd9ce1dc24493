using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MizarLab.DataPlane;

/// <summary>An entry of <see cref="FlatRows{TEntry, TKey}"/>.</summary>
internal interface IFlatEntry<TKey>
{
    /// <summary>The hash its key is found by (<see cref="FlatHash"/>); 0: there is no entry here.</summary>
    uint Mark { get; set; }

    /// <summary>Whether it is the entry of a key, its mark being the right one.</summary>
    bool Is(in TKey key);
}

/// <summary>
/// A hash table in one array, key, value and mark side by side: open addressing whose entries ascend by their marks. A lookup begins where the mark belongs and
/// ends at a greater one, so that a miss costs no more than a hit, and either costs one or two cache lines and nothing else: neither the array's header nor a
/// bound is looked at. Costs nothing while empty.
/// </summary>
/// <remarks>
/// Where entries lie depends on what they are and not on the order they came in by. Marks are dealt to the first <c>homes</c> places; the places behind are
/// for what the last homes push on, and the very last stays empty, which ends every search.
/// </remarks>
internal struct FlatRows<TEntry, TKey>
    where TEntry : struct, IFlatEntry<TKey>
    where TKey : struct
{
    private const int NoPlace = -1;
    private const int FirstHomes = 4;

    /// <summary>Of a table that grows, and of one that is made as small as it goes: entries to homes, in eighths. Ascending marks keep a search short at either.</summary>
    private const int FullEighths = 7;
    private const int TrimmedEighths = 6;

    private TEntry[]? entries;
    private uint homes;
    private int count;

    public readonly int Count => count;

    /// <summary>All places; an entry whose mark is 0 is none.</summary>
    public readonly ReadOnlySpan<TEntry> Places => entries;

    public readonly ref TEntry this[int place] => ref entries![place];

    /// <summary>An entry where it lies, good until one is added or removed; a null reference when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref TEntry Find(uint mark, scoped in TKey key)
    {
        // Asked for null and not for its length: nobody but the garbage collector need look at the array's header, which is a line of its own.
        if (entries is not { } all)
        {
            return ref Unsafe.NullRef<TEntry>();
        }

        // No place behind the last can be reached: that one is empty, and what is empty has, less one, the greatest mark of all.
        ref TEntry entry = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(all), (nuint)HomeOf(mark));
        while (entry.Mark - 1 < mark - 1)
        {
            entry = ref Unsafe.Add(ref entry, 1);
        }
        for (; entry.Mark == mark; entry = ref Unsafe.Add(ref entry, 1))
        {
            if (entry.Is(in key))
            {
                return ref entry;
            }
        }
        return ref Unsafe.NullRef<TEntry>();
    }

    /// <summary>Asks for the memory a search for this mark begins at, and the line behind, where it may end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Ask(uint mark)
    {
        if (entries is { } all)
        {
            ref TEntry home = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(all), (nuint)HomeOf(mark));
            Ahead.Of(in home);
            Ahead.Of(in Unsafe.AddByteOffset(ref home, 64));
        }
    }

    /// <summary>Makes room for an entry that is not there, and answers where; its mark is written.</summary>
    public ref TEntry Add(uint mark)
    {
        if (count >= homes / 8 * FullEighths + (homes % 8 * FullEighths / 8))
        {
            Resize(Math.Max(FirstHomes, homes * 2), FirstHomes);
        }
        int place = TryInsert(mark);
        while (place < 0)
        {
            // The last homes have pushed each other to the end: more room there.
            Resize(homes, ((uint)entries!.Length - homes) * 2);
            place = TryInsert(mark);
        }
        count++;
        ref TEntry entry = ref entries![place];
        entry.Mark = mark;
        return ref entry;
    }

    /// <summary>Removes an entry that was found; those pushed on by it move back.</summary>
    public void Remove(ref TEntry entry)
    {
        TEntry[] all = entries!;
        int place = (int)(Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(all), ref entry) / Unsafe.SizeOf<TEntry>());
        int end = place + 1;
        while (all[end].Mark != 0 && HomeOf(all[end].Mark) < (uint)end)
        {
            end++;
        }
        Array.Copy(all, place + 1, all, place, end - place - 1);
        all[end - 1] = default;
        count--;
    }

    public void Clear()
    {
        entries = null;
        homes = 0;
        count = 0;
    }

    /// <summary>Makes the array no larger than the entries need.</summary>
    public void Trim()
    {
        if (count == 0)
        {
            Clear();
            return;
        }
        Resize((uint)((((long)count * 8) + TrimmedEighths - 1) / TrimmedEighths), spare: 0);
    }

    private readonly uint HomeOf(uint mark) => (uint)(((ulong)mark * homes) >> 32);

    /// <summary>The place for a new entry, those of greater marks moved on by one; −1 when the last place would be taken.</summary>
    private readonly int TryInsert(uint mark)
    {
        TEntry[] all = entries!;
        int place = (int)HomeOf(mark);
        while (all[place].Mark != 0 && all[place].Mark <= mark)
        {
            place++;
        }
        int free = place;
        while (all[free].Mark != 0)
        {
            free++;
        }
        if (free == all.Length - 1)
        {
            return NoPlace;
        }
        Array.Copy(all, place, all, place + 1, free - place);
        return place;
    }

    /// <param name="wanted">Homes.</param>
    /// <param name="spare">Places behind the last home, for what it pushes on; more if the entries need them.</param>
    private void Resize(uint wanted, uint spare)
    {
        TEntry[] old = entries ?? [];
        homes = wanted;
        uint used = 0;
        foreach (ref TEntry entry in old.AsSpan())
        {
            if (entry.Mark != 0)
            {
                used = Math.Max(used, HomeOf(entry.Mark)) + 1;
            }
        }
        entries = new TEntry[Math.Max(used, wanted + spare) + 1];
        uint next = 0;
        foreach (ref TEntry entry in old.AsSpan())
        {
            if (entry.Mark != 0)
            {
                uint place = Math.Max(next, HomeOf(entry.Mark));
                entries[place] = entry;
                next = place + 1;
            }
        }
    }
}

/// <summary>Hashes of keys as <see cref="FlatRows{TEntry, TKey}"/> wants them: all 32 bits mixed, the highest most, and never 0.</summary>
internal static class FlatHash
{
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

    /// <summary>Of up to 64 bits, by two multiplications with a fold between.</summary>
    public static uint Of(ulong key)
    {
        ulong mixed = key * Odd;
        mixed = (mixed ^ (mixed >> 32)) * Odd;
        return (uint)(mixed >> 32) | 1;
    }

    /// <summary>Of an endpoint: VNI and address packed into one word.</summary>
    public static uint Of(in EndpointKey key) => Of(ulong.RotateLeft(key.Vni.Value, 32) ^ key.Address.Value);
}
