using System.Globalization;
using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Codecs;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>One kernel map, keys and values as bytes. Its descriptor belongs to the object it was loaded with.</summary>
/// <param name="whole">A whole table is one value to the kernel (<see cref="WholeTables"/>), and <paramref name="entries"/> rows to us: by index, in mapped memory.</param>
internal sealed unsafe class BpfMap(string name, int descriptor, int keyBytes, int valueBytes, uint entries, bool whole = false) : IRowMap
{
    private const int NoEntry = -2; // -ENOENT

    /// <summary>The longest key of any map of ours.</summary>
    private const int MostKeyBytes = 24;

    public string Name { get; } = name;

    public int Descriptor { get; } = descriptor;

    public int KeyBytes { get; } = keyBytes;

    /// <summary>Of one CPU's value, where the map keeps one a CPU.</summary>
    public int ValueBytes { get; } = valueBytes;

    public uint Entries { get; } = entries;

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Check(value, ValueBytes);
        Write(key, value);
    }

    /// <summary>Writes a row of a map that keeps a value a CPU: all shares, one behind the other, eight bytes aligned each.</summary>
    public void UpdateShares(ReadOnlySpan<byte> key, ReadOnlySpan<byte> shares)
    {
        Check(shares, (ValueBytes + 7) / 8 * 8 * LibBpf.PossibleCpus());
        Write(key, shares);
    }

    private void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Check(key, KeyBytes);
        if (whole)
        {
            value.CopyTo(MapRow(key, out nint memory));
            Unmap(memory);
            return;
        }
        int result;
        fixed (byte* k = key, v = value)
        {
            result = LibBpf.Update(Descriptor, k, v, LibBpf.Any);
        }
        if (result < 0)
        {
            throw Refused("write a row", result);
        }
    }

    /// <summary>False when there is no such row.</summary>
    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Check(key, KeyBytes);
        if (whole)
        {
            MapRow(key, out nint memory).CopyTo(value);
            Unmap(memory);
            return true;
        }
        int result;
        fixed (byte* k = key, v = value)
        {
            result = LibBpf.Lookup(Descriptor, k, v);
        }
        return result switch
        {
            0 => true,
            NoEntry => false,
            _ => throw Refused("read a row", result),
        };
    }

    /// <summary>Writes an element of a PERCPU_ARRAY: a value a possible CPU, one behind the other, each of a multiple of eight bytes.</summary>
    public void UpdateEach(int index, ReadOnlySpan<byte> values)
    {
        int result;
        fixed (byte* v = values)
        {
            result = LibBpf.Update(Descriptor, (byte*)&index, v, LibBpf.Any);
        }
        if (result < 0)
        {
            throw Refused("write an element of each CPU", result);
        }
    }

    /// <summary>Reads an element of a PERCPU_ARRAY as <see cref="UpdateEach"/> writes it.</summary>
    public void LookupEach(int index, Span<byte> values)
    {
        int result;
        fixed (byte* v = values)
        {
            result = LibBpf.Lookup(Descriptor, (byte*)&index, v);
        }
        if (result < 0)
        {
            throw Refused("read an element of each CPU", result);
        }
    }

    /// <summary>False when there was no such row.</summary>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        Check(key, KeyBytes);
        int result;
        fixed (byte* k = key)
        {
            result = LibBpf.Delete(Descriptor, k);
        }
        return result switch
        {
            0 => true,
            NoEntry => false,
            _ => throw Refused("delete a row", result),
        };
    }

    /// <summary>
    /// All keys, one behind the other, each once. The kernel's iteration begins anew when the key it stands on is evicted meanwhile, so keys
    /// may come twice, and must come to an end.
    /// </summary>
    public byte[] Keys()
    {
        const int passes = 16;
        List<byte> all = [];
        HashSet<(UInt128, ulong)> seen = [];
        Span<byte> key = stackalloc byte[MostKeyBytes];
        key.Clear();
        for (long step = 0; step <= passes * (long)Entries; step++)
        {
            int result;
            fixed (byte* k = key)
            {
                // In place: the kernel has read the key before it writes the next.
                result = LibBpf.NextKey(Descriptor, step == 0 ? null : k, k);
            }
            if (result == NoEntry)
            {
                return [.. all];
            }
            if (result < 0)
            {
                throw Refused("list the rows", result);
            }
            if (seen.Add((MemoryMarshal.Read<UInt128>(key), MemoryMarshal.Read<ulong>(key[16..]))))
            {
                all.AddRange(key[..KeyBytes]);
            }
        }
        throw new HarnessException($"map {Name} changes faster than it can be read");
    }

    /// <summary>Deletes every row. Not for arrays.</summary>
    /// <remarks>Each row's successor is asked for before the row goes: from the front, a hash map would look through all the buckets emptied so far for every row.</remarks>
    public void Clear()
    {
        Span<byte> key = stackalloc byte[KeyBytes], successor = stackalloc byte[KeyBytes];
        fixed (byte* k = key, s = successor)
        {
            // Once more from the front when all are gone: a program may have written meanwhile.
            while (LibBpf.NextKey(Descriptor, null, k) == 0)
            {
                bool more;
                do
                {
                    more = LibBpf.NextKey(Descriptor, k, s) == 0;
                    Delete(key);
                    successor.CopyTo(key);
                }
                while (more);
            }
        }
    }

    /// <summary>Bytes of kernel memory the map takes as it is now filled.</summary>
    /// <exception cref="HarnessException">This kernel does not tell.</exception>
    public long MemoryBytes()
    {
        const string field = "memlock:";
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{Descriptor}")))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(field.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            }
        }
        throw new HarnessException($"this kernel does not tell what map {Name} takes");
    }

    /// <summary>The map's memory, which the programs share, from its beginning. For an ARRAY that can be mapped.</summary>
    /// <exception cref="HarnessException">The kernel refused.</exception>
    public byte* MapMemory(nuint bytes)
    {
        nint address = LibC.Map(0, bytes, LibC.ProtectionRead | LibC.ProtectionWrite, LibC.MapShared, Descriptor, 0);
        return address == LibC.MapFailed
            ? throw new HarnessException($"the map '{Name}' cannot be mapped: {LibC.ErrorText(Marshal.GetLastPInvokeError())}")
            : (byte*)address;
    }

    /// <summary>A row of a whole table, for once: codecs keep the memory mapped.</summary>
    private Span<byte> MapRow(ReadOnlySpan<byte> index, out nint memory)
    {
        uint row = MemoryMarshal.Read<uint>(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Entries);
        byte* begin = MapMemory(Entries * (nuint)ValueBytes);
        memory = (nint)begin;
        return new Span<byte>(begin + (row * (nint)ValueBytes), ValueBytes);
    }

    private void Unmap(nint memory) => _ = LibC.Unmap(memory, Entries * (nuint)ValueBytes);

    private void Check(ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length != length)
        {
            throw new ArgumentException($"map {Name}: {bytes.Length} bytes where the compiled program has {length}; are the objects of another version?");
        }
    }

    private HarnessException Refused(string what, int result) =>
        new($"map {Name} of {Entries} entries: the kernel refused to {what}: {LibC.ErrorText(-result)}");
}
