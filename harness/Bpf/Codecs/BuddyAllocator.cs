using System.Numerics;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// Regions of an array, by the buddy system: a region is a power of two of words and lies at a multiple of its length; a free one is split when a smaller
/// is wanted, and joined with its other half when that is free too.
/// </summary>
internal sealed class BuddyAllocator
{
    private readonly SortedSet<uint>[] free = new SortedSet<uint>[32];
    private readonly uint words;

    public BuddyAllocator(uint words)
    {
        this.words = words;
        for (int order = 0; order < free.Length; order++)
        {
            free[order] = [];
        }
        Clear();
    }

    /// <summary>Log2 of the words a region of so many has.</summary>
    public static int OrderOf(int words) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(words, 1)));

    /// <summary>A region of 2^order words; false when there is none in one piece.</summary>
    public bool TryAllocate(int order, out uint offset)
    {
        int found = order;
        while (found < free.Length && free[found].Count == 0)
        {
            found++;
        }
        offset = 0;
        if (found == free.Length)
        {
            return false;
        }
        offset = free[found].Min;
        free[found].Remove(offset);
        while (found > order)
        {
            found--;
            free[found].Add(offset + (1u << found));
        }
        return true;
    }

    public void Free(uint offset, int order)
    {
        while (free[order].Remove(offset ^ 1u << order))
        {
            offset &= ~(1u << order);
            order++;
        }
        free[order].Add(offset);
    }

    /// <summary>All is free.</summary>
    public void Clear()
    {
        uint offset = 0;
        for (int order = free.Length - 1; order >= 0; order--)
        {
            free[order].Clear();
            if ((words >> order & 1) != 0)
            {
                free[order].Add(offset);
                offset += 1u << order;
            }
        }
    }
}
