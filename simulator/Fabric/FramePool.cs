using System.Runtime.CompilerServices;
using MizarLab.Engine;
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

    private readonly Lock guard = new();

    /// <summary>The blocks that <see cref="WaybillBlocks"/> and <see cref="FrameBlocks"/> point into.</summary>
    private readonly List<object> blocks = [];
    private int[] spare = new int[BlockSize * 4];
    private int spareCount;
    private int blockCount;

    /// <summary>Where each block's waybills begin. Replaced, never written, when it grows: readers need no lock for indices they were given.</summary>
    /// <remarks>
    /// A switch looks at a frame's waybill and nothing else, so it is one line of the cache, which an array of them does not give: blocks are pinned, and begin at a line. Pointers, because an
    /// array is asked for its length in a line that nobody else needs, and hundreds of blocks have such lines.
    /// </remarks>
    internal nint[] WaybillBlocks { get; private set; } = new nint[16];

    /// <summary>The same of frames; zeros in a pool of waybills alone.</summary>
    internal nint[] FrameBlocks { get; private set; } = new nint[16];

    /// <summary>Places there are, taken or not.</summary>
    public int Capacity => blockCount * BlockSize;

    /// <summary>By frame, what recorded runs keep of it (<see cref="FrameStore.Evidence"/>); empty in others.</summary>
    internal byte[]?[] Evidence { get; private set; } = [];

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

    private unsafe void Grow()
    {
        if (blockCount == WaybillBlocks.Length)
        {
            WaybillBlocks = Longer(WaybillBlocks);
            FrameBlocks = Longer(FrameBlocks);
        }
        LineArray<Waybill> waybills = new(BlockSize);
        WaybillBlocks[blockCount] = waybills.First;
        blocks.Add(waybills);
        if (withBytes)
        {
            Frame[] frames = GC.AllocateArray<Frame>(BlockSize, pinned: true);
            FrameBlocks[blockCount] = (nint)Unsafe.AsPointer(ref frames[0]);
            blocks.Add(frames);
        }
        blockCount++;
    }

    internal ref byte[]? EvidenceOf(int index)
    {
        if (index >= Evidence.Length)
        {
            byte[]?[] longer = new byte[]?[Capacity];
            Evidence.CopyTo(longer, 0);
            Evidence = longer;
        }
        return ref Evidence[index];
    }

    private static nint[] Longer(nint[] table)
    {
        nint[] longer = new nint[table.Length * 2];
        table.CopyTo(longer, 0);
        return longer;
    }
}
