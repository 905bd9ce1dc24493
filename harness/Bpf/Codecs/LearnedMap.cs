using System.Numerics;
using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// A learned table (bpf/learned.h) as user space reads and writes it, in memory shared with the programs that write it too, and by their rules: under a set's lock, a new value as a new
/// row. Keys and values shorter than a row's are filled up with zeros.
/// </summary>
internal sealed unsafe class LearnedMap : IRowMap, IDisposable
{
    private const int Ways = LearnedSizes.Ways, RowBytes = 64, SetBytes = 64 + (Ways * RowBytes);
    private const int LockAt = 8, HandAt = 12, RowsAt = 64;
    private const int KeyWords = 3, ValueWords = 4, UsedAt = (KeyWords + ValueWords) * sizeof(ulong);
    private const ulong Taken = 0x8080808080808080, TagMask = 0xff, NoKey = ulong.MaxValue;

    /// <summary>How long a program may hold a set's lock is some 20 ns; a second is a lock that nobody holds any more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string name;
    private readonly int keyBytes;
    private readonly uint sets;
    private readonly nuint bytes;
    private readonly byte* memory;

    /// <param name="map">An ARRAY of sets, as many as a power of two.</param>
    /// <param name="keyBytes">What a key says, without what fills it up.</param>
    public LearnedMap(BpfMap map, int keyBytes)
    {
        if (map.ValueBytes != SetBytes || !BitOperations.IsPow2(map.Entries))
        {
            throw new HarnessException($"map {map.Name}: {map.Entries} sets of {map.ValueBytes} bytes; are the objects of another version?");
        }
        name = map.Name;
        this.keyBytes = keyBytes;
        sets = map.Entries;
        bytes = sets * (nuint)SetBytes;
        memory = map.MapMemory(bytes);
    }

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<ulong> k = stackalloc ulong[KeyWords], v = stackalloc ulong[ValueWords];
        Fill(k, key);
        Fill(v, value);
        ulong hash = HashOf(k);
        byte* set = Lock(hash);
        ulong tags = Tags(set);
        int before = WayOf(set, tags, hash, k), way = Room(set, tags, before);
        tags = Without(tags, way);
        Publish(set, tags);
        ulong* row = Row(set, way);
        Volatile.Write(ref row[KeyWords - 1], NoKey);
        for (int i = 0; i < ValueWords; i++)
        {
            row[KeyWords + i] = v[i];
        }
        *Used(set, way) = 0;
        row[0] = k[0];
        row[1] = k[1];
        Volatile.Write(ref row[KeyWords - 1], k[KeyWords - 1]);
        Publish(set, Without(tags, before) | TagOf(hash) << (way * 8));
        Unlock(set);
    }

    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Span<ulong> k = stackalloc ulong[KeyWords];
        Fill(k, key);
        ulong hash = HashOf(k);
        byte* set = Lock(hash);
        int way = WayOf(set, Tags(set), hash, k);
        if (way < Ways)
        {
            new ReadOnlySpan<byte>(Row(set, way) + KeyWords, value.Length).CopyTo(value);
        }
        Unlock(set);
        return way < Ways;
    }

    public bool Delete(ReadOnlySpan<byte> key)
    {
        Span<ulong> k = stackalloc ulong[KeyWords];
        Fill(k, key);
        ulong hash = HashOf(k);
        byte* set = Lock(hash);
        ulong tags = Tags(set);
        int way = WayOf(set, tags, hash, k);
        Publish(set, Without(tags, way));
        Unlock(set);
        return way < Ways;
    }

    public byte[] Keys()
    {
        List<byte> keys = [];
        for (uint i = 0; i < sets; i++)
        {
            byte* set = Set(i);
            if (Tags(set) == 0)
            {
                continue;
            }
            Lock(set);
            for (int way = 0; way < Ways; way++)
            {
                if ((Tags(set) >> (way * 8) & TagMask) != 0)
                {
                    keys.AddRange(new ReadOnlySpan<byte>(Row(set, way), keyBytes));
                }
            }
            Unlock(set);
        }
        return [.. keys];
    }

    public void Clear()
    {
        for (uint i = 0; i < sets; i++)
        {
            byte* set = Set(i);
            if (Tags(set) == 0)
            {
                continue;
            }
            Lock(set);
            Publish(set, 0);
            *(uint*)(set + HandAt) = 0;
            Unlock(set);
        }
    }

    public void Dispose() => _ = LibC.Unmap((nint)memory, bytes);

    private static void Fill(Span<ulong> words, ReadOnlySpan<byte> with)
    {
        words.Clear();
        with.CopyTo(MemoryMarshal.AsBytes(words));
    }

    /// <summary>learned_hash().</summary>
    private static ulong HashOf(ReadOnlySpan<ulong> key)
    {
        ulong hash = (key[1] ^ (key[0] << 32 | key[0] >> 32)) * 0x9e3779b97f4a7c15ul;
        return (hash ^ (hash >> 32) ^ key[2]) * 0xbf58476d1ce4e5b9ul;
    }

    private static ulong TagOf(ulong hash) => hash >> 56 | 0x80;

    private static ulong Tags(byte* set) => Volatile.Read(ref *(ulong*)set);

    private static void Publish(byte* set, ulong tags) => Volatile.Write(ref *(ulong*)set, tags);

    private static ulong* Row(byte* set, int way) => (ulong*)(set + RowsAt + (way * RowBytes));

    private static uint* Used(byte* set, int way) => (uint*)(set + RowsAt + (way * RowBytes) + UsedAt);

    private static ulong Without(ulong tags, int way) => way < Ways ? tags & ~(TagMask << (way * 8)) : tags;

    /// <summary>The way of a key's row; <see cref="Ways"/>: there is none.</summary>
    private static int WayOf(byte* set, ulong tags, ulong hash, ReadOnlySpan<ulong> key)
    {
        for (int way = 0; way < Ways; way++)
        {
            if ((tags >> (way * 8) & TagMask) == TagOf(hash) && new ReadOnlySpan<ulong>(Row(set, way), KeyWords).SequenceEqual(key))
            {
                return way;
            }
        }
        return Ways;
    }

    /// <summary>learned_room(): a free way from the hand on, or that of the first row which nobody has looked up since the hand came by.</summary>
    private static int Room(byte* set, ulong tags, int kept)
    {
        int hand = (int)(*(uint*)(set + HandAt) % Ways);
        ulong free = ~tags & Taken, further = free >> (hand * 8) << (hand * 8);
        int way = free != 0 ? BitOperations.TrailingZeroCount(further != 0 ? further : free) / 8 : Victim(set, hand, kept);
        *(uint*)(set + HandAt) = (uint)way + 1;
        return way;
    }

    private static int Victim(byte* set, int hand, int kept)
    {
        int way = hand;
        for (int i = 0; i < 2 * Ways; i++)
        {
            if (way != kept)
            {
                if (*Used(set, way) == 0)
                {
                    break;
                }
                *Used(set, way) = 0;
            }
            way = (way + 1) % Ways;
        }
        return way;
    }

    private byte* Set(uint at) => memory + (at * (nint)SetBytes);

    private byte* Lock(ulong hash)
    {
        byte* set = Set((uint)(hash >> 32) & (sets - 1));
        Lock(set);
        return set;
    }

    private void Lock(byte* set)
    {
        ref uint taken = ref *(uint*)(set + LockAt);
        if (Interlocked.CompareExchange(ref taken, 1, 0) == 0)
        {
            return;
        }
        long since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (Interlocked.CompareExchange(ref taken, 1, 0) != 0)
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new HarnessException($"map {name}: a set is locked by somebody who does not go on");
            }
            Thread.Yield();
        }
    }

    private static void Unlock(byte* set) => Volatile.Write(ref *(uint*)(set + LockAt), 0);
}
