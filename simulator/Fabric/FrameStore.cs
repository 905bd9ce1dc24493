using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// The frames in flight. Events carry an index; the frame stays in its place from the endpoint that sends it to its end. Places are
/// used again, in blocks that never move, so that a reference stays good while others are taken.
/// </summary>
public sealed class FrameStore
{
    private const int BlockSize = 64;
    private readonly List<Place[]> blocks = [];
    private readonly Stack<int> free = [];

    /// <summary>Frames in flight now.</summary>
    public int Taken => (blocks.Count * BlockSize) - free.Count;

    public ref Frame this[int index] => ref blocks[index / BlockSize][index % BlockSize].Frame;

    /// <summary>Takes a place for a frame of these bytes.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        if (free.Count == 0)
        {
            blocks.Add(new Place[BlockSize]);
            for (int i = BlockSize - 1; i >= 0; i--)
            {
                free.Push(((blocks.Count - 1) * BlockSize) + i);
            }
        }
        int index = free.Pop();
        this[index] = Frame.FromBytes(bytes);
        return index;
    }

    public void Release(int index)
    {
        blocks[index / BlockSize][index % BlockSize].Evidence = null;
        free.Push(index);
    }

    /// <summary>The whole frame as an array that nobody writes; made once for as long as the frame does not change.</summary>
    public byte[] Evidence(int index)
    {
        ref Place place = ref blocks[index / BlockSize][index % BlockSize];
        return place.Evidence ??= place.Frame.ToBytes();
    }

    /// <summary>The same after a program had the frame: another array when it changed anything.</summary>
    public byte[] EvidenceAfterRun(int index)
    {
        ref Place place = ref blocks[index / BlockSize][index % BlockSize];
        byte[] now = place.Frame.ToBytes();
        if (place.Evidence is not { } old || !now.AsSpan().SequenceEqual(old))
        {
            place.Evidence = now;
        }
        return place.Evidence;
    }

    private struct Place
    {
        public Frame Frame;
        public byte[]? Evidence;
    }
}
