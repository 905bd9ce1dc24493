using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>All rows of a map at one time, as bytes, in the order of their keys.</summary>
internal sealed class MapContents() : SortedDictionary<byte[], byte[]>(BytesOrder.Instance)
{
    private sealed class BytesOrder : IComparer<byte[]>
    {
        public static readonly BytesOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}

/// <summary>A kernel map of an object that is not ours. Its descriptor belongs to the object.</summary>
internal sealed unsafe class ForeignMap(string name, int descriptor, int keyBytes, int valueBytes, uint entries)
{
    private const int NoEntry = -2; // -ENOENT

    public string Name { get; } = name;

    public int Descriptor { get; } = descriptor;

    public int KeyBytes { get; } = keyBytes;

    public int ValueBytes { get; } = valueBytes;

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* k = key, v = value)
        {
            Require(LibBpf.Update(Descriptor, k, v, LibBpf.Any), "write a row");
        }
    }

    /// <summary>False when there is no such row.</summary>
    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        int result;
        fixed (byte* k = key, v = value)
        {
            result = LibBpf.Lookup(Descriptor, k, v);
        }
        return result != NoEntry && Require(result, "read a row");
    }

    /// <summary>Nothing happens when there is no such row.</summary>
    public void Delete(ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key)
        {
            int result = LibBpf.Delete(Descriptor, k);
            if (result != NoEntry)
            {
                Require(result, "delete a row");
            }
        }
    }

    /// <summary>Reads all rows. Nobody else writes the map meanwhile.</summary>
    public MapContents Read()
    {
        MapContents rows = [];
        byte[] key = new byte[KeyBytes];
        byte[] value = new byte[ValueBytes];
        bool first = true;
        for (uint step = 0; step <= entries; step++)
        {
            int result;
            fixed (byte* k = key)
            {
                result = LibBpf.NextKey(Descriptor, first ? null : k, k);
            }
            if (result == NoEntry)
            {
                return rows;
            }
            Require(result, "list the rows");
            first = false;
            if (TryLookup(key, value))
            {
                rows[[.. key]] = [.. value];
            }
        }
        return rows;
    }

    /// <summary>Makes the map hold exactly these rows.</summary>
    public void Restore(MapContents wanted, MapContents now)
    {
        foreach (byte[] key in now.Keys)
        {
            if (!wanted.ContainsKey(key))
            {
                Delete(key);
            }
        }
        foreach ((byte[] key, byte[] value) in wanted)
        {
            if (!now.TryGetValue(key, out byte[]? there) || !there.AsSpan().SequenceEqual(value))
            {
                Update(key, value);
            }
        }
    }

    private bool Require(int result, string what) => result >= 0
        ? true
        : throw new HarnessException($"map {Name} of {entries} entries: the kernel refused to {what}: {LibC.ErrorText(-result)}");
}
