using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// The writing side of the table of agents (bpf/tables.h, find_agent_of()), in memory shared with the programs: rows of <see cref="AgentLayout.Bytes"/> bytes by interface. What is
/// written is never what somebody reads: a changed row is a new one, written whole before the word that names it, and the old one's memory rests before it is used again.
/// </summary>
internal sealed unsafe class AgentRows : IDisposable
{
    private const int Unprogrammed = 0, WordBytes = sizeof(ulong);

    /// <summary>Far longer than a program runs that found a row.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private readonly BpfMap more;
    private readonly byte* rows;
    private readonly nuint rowsBytes;
    private readonly ulong* words;
    private readonly nuint wordsBytes;
    private readonly uint mask;
    private readonly int capacity;

    private readonly Dictionary<int, int> places = [];

    /// <summary>Places that were used before, oldest first, with the time since; behind them all are new ones.</summary>
    private readonly Queue<(int Place, long Since)> used = [];
    private int next = Unprogrammed + 1;

    /// <param name="map">The rows.</param>
    /// <param name="named">The words that name them, a power of two.</param>
    /// <param name="more">Places by interface, where the word is another interface's.</param>
    public AgentRows(BpfMap map, BpfMap named, BpfMap more, DataPlaneSettings settings)
    {
        this.more = more;
        capacity = (int)map.Entries;
        rowsBytes = map.Entries * (nuint)AgentLayout.Bytes;
        rows = map.MapMemory(rowsBytes);
        wordsBytes = named.Entries * (nuint)WordBytes;
        words = (ulong*)named.MapMemory(wordsBytes);
        mask = named.Entries - 1;
        AgentLayout.WriteUnprogrammed(settings, RowAt(Unprogrammed));
    }

    /// <summary>Whether programs may run while the table is written. Without, a row's memory need not rest.</summary>
    public bool Live { get; set; }

    /// <exception cref="HarnessException">The table is full.</exception>
    public void Put(int ifindex, ReadOnlySpan<byte> row)
    {
        int place = Take();
        row.CopyTo(RowAt(place));
        bool known = places.TryGetValue(ifindex, out int before);
        Name(ifindex, place);
        places[ifindex] = place;
        if (known)
        {
            used.Enqueue((before, Stopwatch.GetTimestamp()));
        }
    }

    public void Delete(int ifindex)
    {
        if (!places.Remove(ifindex, out int place))
        {
            return;
        }
        Unname(ifindex);
        used.Enqueue((place, Stopwatch.GetTimestamp()));
    }

    public bool TryGet(int ifindex, Span<byte> row)
    {
        if (!places.TryGetValue(ifindex, out int place))
        {
            return false;
        }
        RowAt(place).CopyTo(row);
        return true;
    }

    /// <summary>Removes all rows, whose memory may be used at once: nothing is running.</summary>
    public void Clear()
    {
        foreach (int ifindex in places.Keys)
        {
            Unname(ifindex);
        }
        places.Clear();
        used.Clear();
        next = Unprogrammed + 1;
    }

    public void Dispose()
    {
        _ = LibC.Unmap((nint)rows, rowsBytes);
        _ = LibC.Unmap((nint)words, wordsBytes);
    }

    /// <summary>By the word, unless that is another's; a row that stands beside stays there.</summary>
    private void Name(int ifindex, int place)
    {
        ref ulong word = ref words[(uint)ifindex & mask];
        if (IsNamedByWord(ifindex) || (word == 0 && !places.ContainsKey(ifindex)))
        {
            Volatile.Write(ref word, (uint)ifindex | ((ulong)BeginOf(place) << 32));
            return;
        }
        Span<byte> key = stackalloc byte[sizeof(int)], value = stackalloc byte[sizeof(int)];
        Layout.Write(key, 0, ifindex);
        Layout.Write(value, 0, BeginOf(place));
        more.Update(key, value);
    }

    private void Unname(int ifindex)
    {
        if (IsNamedByWord(ifindex))
        {
            Volatile.Write(ref words[(uint)ifindex & mask], 0);
            return;
        }
        Span<byte> key = stackalloc byte[sizeof(int)];
        Layout.Write(key, 0, ifindex);
        more.Delete(key);
    }

    /// <summary>What names a row: programs add it to the table's address.</summary>
    private static uint BeginOf(int place) => (uint)place * AgentLayout.Bytes;

    private bool IsNamedByWord(int ifindex) => (uint)words[(uint)ifindex & mask] == (uint)ifindex;

    private int Take()
    {
        if (used.TryPeek(out (int Place, long Since) oldest) && (!Live || Stopwatch.GetElapsedTime(oldest.Since) >= Rest))
        {
            used.Dequeue();
            return oldest.Place;
        }
        if (next < capacity)
        {
            return next++;
        }
        if (used.Count == 0)
        {
            throw new HarnessException($"map agents of {capacity} entries: one more row");
        }
        Thread.Sleep(Rest); // written faster than its rows rest
        return used.Dequeue().Place;
    }

    private Span<byte> RowAt(int place) => new(rows + ((nint)place * AgentLayout.Bytes), AgentLayout.Bytes);
}
