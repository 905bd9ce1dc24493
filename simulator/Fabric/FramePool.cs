using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// Where all frames of a run lie: blocks of places that never move, so that a reference stays good while others are taken. An index is good in every
/// partition, so a frame that changes partition is not copied. Partitions take and release places through their <see cref="FrameStore"/>, and only
/// whole batches of free places change hands under the lock here.
/// </summary>
public sealed class FramePool(bool withBytes = true)
{
    /// <summary>Whether frames are more than their waybills.</summary>
    internal bool WithBytes => withBytes;

    internal const int BlockShift = 7;
    internal const int BlockSize = 1 << BlockShift;

    private const int LineBytes = 64;

    private readonly Lock guard = new();

    /// <summary>The blocks that <see cref="Waybills"/> and <see cref="Places"/> point into.</summary>
    private readonly List<Array> pinned = [];
    private int[] spare = new int[BlockSize * 4];
    private int spareCount;
    private int blockCount;

    /// <summary>Where each block's waybills begin. Replaced, never written, when it grows: readers need no lock for indices they were given.</summary>
    /// <remarks>
    /// A switch looks at a frame's waybill and nothing else, so it is one line of the cache, which an array of them does not give: blocks are pinned, and begin at a line. Pointers, because an
    /// array is asked for its length in a line that nobody else needs, and hundreds of blocks have such lines.
    /// </remarks>
    internal nint[] Waybills { get; private set; } = new nint[16];

    /// <summary>The same of places; zeros in a pool of waybills alone.</summary>
    internal nint[] Places { get; private set; } = new nint[16];

    /// <summary>Places there are, taken or not.</summary>
    public int Capacity => blockCount * BlockSize;

    /// <summary>Somebody has asked for a frame's evidence: released places are to forget theirs.</summary>
    internal bool HasEvidence { get; set; }

    /// <summary>Places no store has.</summary>
    internal int SpareCount => spareCount;

    /// <summary>Fills <paramref name="batch"/> (a block's worth) with free places.</summary>
    internal void Draw(Span<int> batch)
    {
        lock (guard)
        {
            if (spareCount >= batch.Length)
            {
                spareCount -= batch.Length;
                spare.AsSpan(spareCount, batch.Length).CopyTo(batch);
                return;
            }
            Grow();
            for (int i = 0; i < batch.Length; i++)
            {
                // The last of a batch is taken first: ascending places for a new block.
                batch[i] = (blockCount * BlockSize) - 1 - i;
            }
        }
    }

    internal void GiveBack(ReadOnlySpan<int> batch)
    {
        lock (guard)
        {
            if (spareCount + batch.Length > spare.Length)
            {
                Array.Resize(ref spare, spare.Length * 2);
            }
            batch.CopyTo(spare.AsSpan(spareCount));
            spareCount += batch.Length;
        }
    }

    private void Grow()
    {
        if (blockCount == Waybills.Length)
        {
            Waybills = Longer(Waybills);
            Places = Longer(Places);
        }
        Waybills[blockCount] = NewBlock<Waybill>(1, LineBytes);
        Places[blockCount] = withBytes ? NewBlock<Place>(0, 1) : 0;
        blockCount++;
    }

    private static nint[] Longer(nint[] table)
    {
        nint[] longer = new nint[table.Length * 2];
        table.CopyTo(longer, 0);
        return longer;
    }

    /// <summary>A block that stays where it is.</summary>
    /// <param name="spare">Elements more than a block has, to begin where it is <paramref name="aligned"/>.</param>
    private unsafe nint NewBlock<T>(int spare, int aligned)
    {
        T[] block = GC.AllocateArray<T>(BlockSize + spare, pinned: true);
        pinned.Add(block);
        nint first = (nint)Unsafe.AsPointer(ref block[0]);
        return (first + aligned - 1) & -(nint)aligned;
    }

    internal struct Place
    {
        public Frame Frame;
        public byte[]? Evidence;
    }
}
