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
    private nint[] waybills = pool.Waybills;
    private nint[] places = pool.Places;

    public FrameStore()
        : this(new FramePool())
    {
    }

    /// <summary>Frames in flight now, when this is the pool's only store.</summary>
    public int Taken => pool.Capacity - pool.SpareCount - freeCount;

    /// <summary>Free places this store keeps.</summary>
    internal int FreeCount => freeCount;

    public ref Frame this[int index] => ref PlaceOf(index).Frame;

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
        if (pool.HasEvidence)
        {
            PlaceOf(index).Evidence = null;
        }
        if (freeCount == free.Length)
        {
            pool.GiveBack(free.AsSpan(0, Batch));
            free.AsSpan(Batch).CopyTo(free);
            freeCount -= Batch;
        }
        free[freeCount++] = index;
    }

    /// <summary>The whole frame as an array that nobody writes; made once for as long as the frame does not change.</summary>
    public byte[] Evidence(int index)
    {
        pool.HasEvidence = true;
        ref FramePool.Place place = ref PlaceOf(index);
        return place.Evidence ??= place.Frame.ToBytes();
    }

    /// <summary>The frame has changed on the wire.</summary>
    public void ForgetEvidence(int index) => PlaceOf(index).Evidence = null;

    /// <summary>The same after a program had the frame: another array when it changed anything.</summary>
    public byte[] EvidenceAfterRun(int index)
    {
        pool.HasEvidence = true;
        ref FramePool.Place place = ref PlaceOf(index);
        byte[] now = place.Frame.ToBytes();
        if (place.Evidence is not { } old || !now.AsSpan().SequenceEqual(old))
        {
            place.Evidence = now;
        }
        return place.Evidence;
    }

    private ref FramePool.Place PlaceOf(int index) => ref At<FramePool.Place>(BlockOf(index, places), index);

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
        waybills = pool.Waybills;
        places = pool.Places;
        return (ofWaybills ? waybills : places)[block];
    }
}
