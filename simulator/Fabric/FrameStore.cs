using System.Runtime.CompilerServices;
using MizarLab.Measure;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// The frames in flight as one partition sees them. Events carry an index; the frame stays in its place from the endpoint that sends it to its end,
/// and whoever ends it releases the place to its own store. Not for several threads; the <see cref="FramePool"/> behind several stores is.
/// </summary>
public sealed class FrameStore(FramePool pool)
{
    private const int Batch = FramePool.BlockSize;
    private readonly int[] free = new int[Batch * 3];
    private int freeCount;

    /// <summary>The pool's own when it was last asked; a later one has the same blocks, and more.</summary>
    private nint[] waybills = pool.WaybillBlocks;
    private nint[] frames = pool.FrameBlocks;

    public FrameStore()
        : this(new FramePool())
    {
    }

    /// <summary>Frames in flight now, when this is the pool's only store.</summary>
    public int Taken => pool.Capacity - pool.SpareCount - freeCount;

    /// <summary>Free places this store keeps.</summary>
    internal int FreeCount => freeCount;

    public ref Frame this[int index] => ref At<Frame>(BlockOf(index, frames), index);

    public ref Waybill Waybill(int index) => ref At<Waybill>(BlockOf(index, waybills), index);

    /// <summary>Told of every frame this store takes and releases.</summary>
    internal IPacketWitness? Witness { get; set; }

    /// <summary>Takes a place. What is in it is another frame's.</summary>
    public int Take()
    {
        if (freeCount == 0)
        {
            pool.Draw(free.AsSpan(0, Batch));
            freeCount = Batch;
        }
        int index = free[--freeCount];
        Witness?.Born(index);
        return index;
    }

    /// <summary>Takes a place for a frame of these bytes.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        int index = Take();
        this[index].Load(bytes);
        Waybill(index) = default;
        return index;
    }

    public void Release(int index)
    {
        Witness?.Ended(index);
        ForgetEvidence(index);
        if (freeCount == free.Length)
        {
            pool.GiveBack(free.AsSpan(0, Batch));
            free.AsSpan(Batch).CopyTo(free);
            freeCount -= Batch;
        }
        free[freeCount++] = index;
    }

    /// <summary>The whole frame as an array that nobody writes; made once for as long as the frame does not change.</summary>
    public byte[] Evidence(int index) => pool.EvidenceOf(index) ??= this[index].ToBytes();

    /// <summary>The frame has changed on the wire.</summary>
    public void ForgetEvidence(int index)
    {
        byte[]?[] evidence = pool.Evidence;
        if ((uint)index < (uint)evidence.Length)
        {
            evidence[index] = null;
        }
    }

    /// <summary>The same after a program had the frame: another array when it changed anything.</summary>
    public byte[] EvidenceAfterRun(int index)
    {
        ref byte[]? evidence = ref pool.EvidenceOf(index);
        byte[] now = this[index].ToBytes();
        if (evidence is null || !now.AsSpan().SequenceEqual(evidence))
        {
            evidence = now;
        }
        return evidence;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ref T At<T>(nint block, int index) => ref Unsafe.Add(ref Unsafe.AsRef<T>((void*)block), index & (Batch - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint BlockOf(int index, nint[] blocks)
    {
        int block = index >> FramePool.BlockShift;
        return (uint)block < (uint)blocks.Length ? blocks[block] : BlockOfGrown(block, ReferenceEquals(blocks, waybills));
    }

    /// <summary>The pool has grown.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private nint BlockOfGrown(int block, bool ofWaybills)
    {
        waybills = pool.WaybillBlocks;
        frames = pool.FrameBlocks;
        return (ofWaybills ? waybills : frames)[block];
    }
}
