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
    private int[] spare = new int[BlockSize * 4];
    private int spareCount;
    private int blockCount;

    /// <summary>Replaced, never written, when it grows: readers need no lock for indices they were given.</summary>
    internal Waybill[][] Waybills { get; private set; } = new Waybill[16][];

    /// <summary>Empty blocks in a pool of waybills alone.</summary>
    internal Place[][] Places { get; private set; } = new Place[16][];

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
            Waybill[][] waybills = new Waybill[blockCount * 2][];
            Waybills.CopyTo(waybills, 0);
            Place[][] places = new Place[blockCount * 2][];
            Places.CopyTo(places, 0);
            Waybills = waybills;
            Places = places;
        }
        Waybills[blockCount] = new Waybill[BlockSize];
        Places[blockCount] = withBytes ? new Place[BlockSize] : [];
        blockCount++;
    }

    internal struct Place
    {
        public Frame Frame;
        public byte[]? Evidence;
    }
}
