using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// The map <c>picks</c>: the words of all lists. Lists of the same words are one region, which the agents of a network share; a region is never changed,
/// and given away again as late as can be, for a frame under way may be reading it.
/// </summary>
/// <param name="capacity">Words that may be.</param>
internal sealed unsafe class ListPool(BpfMap map, uint capacity) : IDisposable
{
    /// <summary>Freed regions that are kept from use as long as there are others.</summary>
    private const int Kept = 64;

    private readonly uint* memory = (uint*)map.MapMemory(map.Entries * (nuint)sizeof(uint));
    private readonly BuddyAllocator allocator = new(capacity);
    private readonly Dictionary<Words, uint> offsets = [];
    private readonly Dictionary<uint, Region> regions = [];
    private readonly Queue<(uint Offset, int Order)> kept = [];

    /// <summary>Writes the words, where they do not stand already, and counts one more who names them. None are at 0.</summary>
    /// <exception cref="HarnessException">The map is full.</exception>
    public uint Take(uint[] words)
    {
        if (words.Length == 0)
        {
            return 0;
        }
        Words key = new(words);
        if (offsets.TryGetValue(key, out uint offset))
        {
            CollectionsMarshal.GetValueRefOrNullRef(regions, offset).References++;
            return offset;
        }
        offset = Allocate(words.Length);
        words.CopyTo(WordsAt(offset, words.Length));
        offsets.Add(key, offset);
        regions.Add(offset, new Region(key) { References = 1 });
        return offset;
    }

    /// <summary>Counts one less, and frees what nobody names.</summary>
    public void Release(uint offset, int words)
    {
        if (words == 0)
        {
            return;
        }
        ref Region region = ref CollectionsMarshal.GetValueRefOrNullRef(regions, offset);
        if (--region.References == 0)
        {
            offsets.Remove(region.Words);
            regions.Remove(offset);
            kept.Enqueue((offset, BuddyAllocator.OrderOf(words)));
            if (kept.Count > Kept)
            {
                FreeOldest();
            }
        }
    }

    /// <summary>The words from an offset on, as the kernel has them.</summary>
    public uint[] Read(uint offset, int count)
    {
        return WordsAt(offset, count).ToArray();
    }

    public void Dispose() => _ = LibC.Unmap((nint)memory, map.Entries * (nuint)sizeof(uint));

    private Span<uint> WordsAt(uint offset, int count) => new(memory + offset, count);

    public void Clear()
    {
        allocator.Clear();
        offsets.Clear();
        regions.Clear();
        kept.Clear();
    }

    private uint Allocate(int words)
    {
        int order = BuddyAllocator.OrderOf(words);
        uint offset;
        while (!allocator.TryAllocate(order, out offset))
        {
            if (kept.Count == 0)
            {
                throw new HarnessException($"map {map.Name} of {capacity} entries is full: one more list, of {words} words");
            }
            FreeOldest();
        }
        return offset;
    }

    private void FreeOldest()
    {
        (uint offset, int order) = kept.Dequeue();
        allocator.Free(offset, order);
    }

    private struct Region(Words words)
    {
        public readonly Words Words = words;
        public int References;
    }

    private readonly struct Words(uint[] words) : IEquatable<Words>
    {
        private readonly uint[] words = words;

        public bool Equals(Words other) => words.AsSpan().SequenceEqual(other.words);

        public override bool Equals(object? obj) => obj is Words other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes(words.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
