using System.Diagnostics;
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
    private const int Ways = LearnedSizes.Ways, None = Ways;
    private const int RowBytes = 64, KeyWords = 3, ValueWords = 4, UsedAt = (KeyWords + ValueWords) * sizeof(ulong);
    private const int SetBytes = 16, LockAt = 8, HandAt = 12;
    private const ulong KeyMark = 1ul << 63, Taken = 0x8080808080808080, TagMask = 0xff;

    /// <summary>A program holds a set's lock for some 20 ns; whoever held it for so long is not there any more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string name;
    private readonly int keyBytes;
    private readonly uint places;
    private readonly byte* rows;
    private readonly byte* sets;

    /// <param name="map">The rows' ARRAY, of as many as a power of two.</param>
    /// <param name="sets">The sets' ARRAY.</param>
    /// <param name="keyBytes">What a key says, without what fills it up.</param>
    public LearnedMap(BpfMap map, BpfMap sets, int keyBytes)
    {
        if (map.ValueBytes != RowBytes || sets.ValueBytes != SetBytes || !BitOperations.IsPow2(map.Entries) || sets.Entries * Ways != map.Entries)
        {
            throw new HarnessException($"map {map.Name}: {map.Entries} rows of {map.ValueBytes} bytes, {sets.Entries} sets of {sets.ValueBytes}; are the objects of another version?");
        }
        name = map.Name;
        this.keyBytes = keyBytes;
        places = map.Entries;
        rows = map.MapMemory(RowsBytes);
        this.sets = sets.MapMemory(SetsBytes);
    }

    private nuint RowsBytes => places * (nuint)RowBytes;

    private nuint SetsBytes => places / Ways * (nuint)SetBytes;

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<ulong> k = stackalloc ulong[KeyWords], v = stackalloc ulong[ValueWords];
        FillKey(k, key);
        Fill(v, value);
        ulong hash = HashOf(k);
        uint home = HomeOf(hash), first = home / Ways * Ways;
        byte* set = Lock(home / Ways);
        ulong tags = Tags(set);
        int before = WayOf(first, tags, hash, k), way = Room(set, home, before);
        ulong* row = Row(first + (uint)way);
        Withdraw(row);
        for (int i = 0; i < ValueWords; i++)
        {
            row[KeyWords + i] = v[i];
        }
        *Used(first + (uint)way) = 0;
        row[0] = k[0];
        row[1] = k[1];
        Volatile.Write(ref row[KeyWords - 1], k[KeyWords - 1]);
        SetTags(set, Without(Without(tags, before), way) | TagOf(hash) << (way * 8));
        if (before != None)
        {
            Withdraw(Row(first + (uint)before));
        }
        Unlock(set);
    }

    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Span<ulong> k = stackalloc ulong[KeyWords];
        FillKey(k, key);
        ulong hash = HashOf(k);
        uint home = HomeOf(hash), first = home / Ways * Ways;
        byte* set = Lock(home / Ways);
        int way = WayOf(first, Tags(set), hash, k);
        if (way != None)
        {
            new ReadOnlySpan<byte>(Row(first + (uint)way) + KeyWords, value.Length).CopyTo(value);
        }
        Unlock(set);
        return way != None;
    }

    public bool Delete(ReadOnlySpan<byte> key)
    {
        Span<ulong> k = stackalloc ulong[KeyWords];
        FillKey(k, key);
        ulong hash = HashOf(k);
        uint home = HomeOf(hash), first = home / Ways * Ways;
        byte* set = Lock(home / Ways);
        int way = WayOf(first, Tags(set), hash, k);
        if (way != None)
        {
            Withdraw(Row(first + (uint)way));
            SetTags(set, Without(Tags(set), way));
        }
        Unlock(set);
        return way != None;
    }

    public byte[] Keys()
    {
        List<byte> keys = [];
        Span<byte> key = stackalloc byte[KeyWords * sizeof(ulong)];
        for (uint at = 0; at < places / Ways; at++)
        {
            if (Tags(Set(at)) == 0)
            {
                continue;
            }
            byte* set = Lock(at);
            for (int way = 0; way < Ways; way++)
            {
                if ((Tags(set) >> (way * 8) & TagMask) != 0)
                {
                    new ReadOnlySpan<byte>(Row((at * Ways) + (uint)way), key.Length).CopyTo(key);
                    key[^1] &= 0x7f; // without the mark
                    keys.AddRange(key[..keyBytes]);
                }
            }
            Unlock(set);
        }
        return [.. keys];
    }

    public void Clear()
    {
        for (uint at = 0; at < places / Ways; at++)
        {
            if (Tags(Set(at)) == 0)
            {
                continue;
            }
            byte* set = Lock(at);
            for (uint way = 0; way < Ways; way++)
            {
                Withdraw(Row((at * Ways) + way));
            }
            SetTags(set, 0);
            *(uint*)(set + HandAt) = 0;
            Unlock(set);
        }
    }

    public void Dispose()
    {
        _ = LibC.Unmap((nint)rows, RowsBytes);
        _ = LibC.Unmap((nint)sets, SetsBytes);
    }

    private static void Fill(Span<ulong> words, ReadOnlySpan<byte> with)
    {
        words.Clear();
        with.CopyTo(MemoryMarshal.AsBytes(words));
    }

    private static void FillKey(Span<ulong> words, ReadOnlySpan<byte> key)
    {
        Fill(words, key);
        words[KeyWords - 1] |= KeyMark;
    }

    /// <summary>learned_hash().</summary>
    private static ulong HashOf(ReadOnlySpan<ulong> key) => ((key[1] ^ (key[0] << 32 | key[0] >> 32)) * 0x9e3779b97f4a7c15ul) ^ (key[2] * 0xbf58476d1ce4e5b9ul);

    private static ulong TagOf(ulong hash) => (hash >> 32 & 0x7f) | 0x80;

    private static ulong Tags(byte* set) => Volatile.Read(ref *(ulong*)set);

    private static void SetTags(byte* set, ulong tags) => Volatile.Write(ref *(ulong*)set, tags);

    private static ulong Without(ulong tags, int way) => way == None ? tags : tags & ~(TagMask << (way * 8));

    private static void Withdraw(ulong* row) => Volatile.Write(ref row[KeyWords - 1], 0);

    private static void Unlock(byte* set) => Volatile.Write(ref *(uint*)(set + LockAt), 0);

    private uint HomeOf(ulong hash) => (uint)(hash >> 40) & (places - 1);

    private ulong* Row(uint place) => (ulong*)(rows + (place * (nint)RowBytes));

    private uint* Used(uint place) => (uint*)(rows + (place * (nint)RowBytes) + UsedAt);

    private byte* Set(uint at) => sets + (at * (nint)SetBytes);

    /// <summary>The way of a key's row; <see cref="None"/>: there is none.</summary>
    private int WayOf(uint first, ulong tags, ulong hash, ReadOnlySpan<ulong> key)
    {
        for (int way = 0; way < Ways; way++)
        {
            if ((tags >> (way * 8) & TagMask) == TagOf(hash) && new ReadOnlySpan<ulong>(Row(first + (uint)way), KeyWords).SequenceEqual(key))
            {
                return way;
            }
        }
        return None;
    }

    /// <summary>learned_room(): the key's own way, one that is free, from the hand on, or that of the first row which nobody has looked up since the hand came by.</summary>
    private int Room(byte* set, uint home, int kept)
    {
        ulong free = ~Tags(set) & Taken;
        int own = (int)(home % Ways), hand = (int)(*(uint*)(set + HandAt) % Ways);
        if ((free >> (own * 8) & 0x80) != 0)
        {
            return own;
        }
        ulong further = free >> (hand * 8) << (hand * 8);
        int way = free != 0 ? BitOperations.TrailingZeroCount(further != 0 ? further : free) / 8 : Victim(home / Ways * Ways, hand, kept);
        *(uint*)(set + HandAt) = (uint)way + 1;
        return way;
    }

    private int Victim(uint first, int hand, int kept)
    {
        int way = hand;
        for (int i = 0; i < 2 * Ways; i++)
        {
            if (way != kept)
            {
                if (*Used(first + (uint)way) == 0)
                {
                    break;
                }
                *Used(first + (uint)way) = 0;
            }
            way = (way + 1) % Ways;
        }
        return way;
    }

    private byte* Lock(uint at)
    {
        byte* set = Set(at);
        ref uint taken = ref *(uint*)(set + LockAt);
        long since = 0;
        while (Interlocked.CompareExchange(ref taken, 1, 0) != 0)
        {
            since = since == 0 ? Stopwatch.GetTimestamp() : since;
            if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new HarnessException($"map {name}: a set is locked by somebody who does not go on");
            }
            Thread.Yield();
        }
        return set;
    }
}
