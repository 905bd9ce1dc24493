using System.Diagnostics;
using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>A row's key, as it lies there: VNI, and the address's word with the mark of a row that is used and above it whatever else the key has.</summary>
internal readonly record struct FlatKey(ulong Vni, ulong AddressUsed)
{
    public const ulong Used = 1ul << 32;

    public static FlatKey Of(Packets.Vni vni, Packets.Ipv4Address address) => new(vni.Value, address.WireWord | Used);

    public Packets.Ipv4Address Address => Layout.FromWireWord((uint)AddressUsed);
}

/// <summary>A row's sixteen bytes.</summary>
internal readonly record struct FlatValue(ulong Low, ulong High)
{
    public static FlatValue Read(ReadOnlySpan<byte> bytes) => new(Layout.Read<ulong>(bytes, 0), Layout.Read<ulong>(bytes, 8));

    public void Write(Span<byte> bytes)
    {
        Layout.Write(bytes, 0, Low);
        Layout.Write(bytes, 8, High);
    }
}

/// <summary>
/// The writing side of a flat table (bpf/flat.h), in memory shared with the programs. What is written is never what somebody reads: a changed row is a new one, written
/// whole before its key, and only then is the old one withdrawn; a withdrawn row's memory rests before it is used again. Not for several threads at once.
/// </summary>
internal sealed unsafe class FlatTable : IDisposable
{
    private const int RowBytes = 32, RowsABucket = 2;

    /// <summary>Far longer than a program runs that found a row.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private readonly BpfMap? beside;
    private readonly uint capacity;
    private readonly uint mask;
    private readonly byte* rows;
    private readonly nuint rowsBytes;
    private readonly DropletCell cell;
    private readonly int table;
    private readonly string name;

    private readonly Dictionary<FlatKey, int> places = [];
    private readonly Dictionary<int, long> resting = [];

    /// <summary>Where rows stand that have no room in their buckets: behind the last of these, in places used before, oldest first, and then in new ones.</summary>
    private readonly Queue<int> freeBehind = [];
    private readonly int firstBehind;
    private readonly int placesInAll;
    private int nextBehind;
    private uint version;

    /// <summary>Rows in none of their buckets, and rows not in their first.</summary>
    private uint elsewhere, apart;

    /// <param name="map">The buckets.</param>
    /// <param name="beside">The hash that knows rows which have no room in their buckets; null: programs that need one look elsewhere.</param>
    /// <param name="table">enum flat_table, whose state word <paramref name="cell"/> has.</param>
    /// <param name="capacity">Rows that may be.</param>
    public FlatTable(BpfMap map, BpfMap? beside, DropletCell cell, int table, uint capacity)
    {
        name = map.Name;
        this.beside = beside;
        this.capacity = capacity;
        mask = FlatSizes.Buckets(capacity) - 1;
        firstBehind = nextBehind = (int)(mask + 1) * RowsABucket;
        placesInAll = (int)map.Entries * RowsABucket;
        rowsBytes = map.Entries * (nuint)(RowBytes * RowsABucket);
        rows = map.MapMemory(rowsBytes);
        this.cell = cell;
        this.table = table;
    }

    public int Count => places.Count;

    /// <summary>Whether programs may run while the table is written. Without, a withdrawn row's memory need not rest.</summary>
    public bool Live { get; set; }

    /// <exception cref="HarnessException">The table is full.</exception>
    public void Put(FlatKey key, FlatValue value)
    {
        bool known = places.TryGetValue(key, out int before);
        if (!known && places.Count >= capacity)
        {
            throw new HarnessException($"map {name} of {capacity} entries: one more row");
        }
        if (known && Value(before) == value)
        {
            return;
        }
        if (!TryFindRoom(key, out int place) && !TryFindBehind(out place))
        {
            Thread.Sleep(Rest); // written faster than its rows rest
            if (!TryFindRoom(key, out place) && !TryFindBehind(out place))
            {
                throw new HarnessException($"map {name} of {capacity} entries: {elsewhere} rows have no room in their buckets, and there is none for one more");
            }
        }
        Store(place, key, value);
        if (place >= firstBehind)
        {
            PointBeside(key, place);
        }
        places[key] = place;
        apart += IsApart(key, place) ? 1u : 0;
        Tell();
        if (known)
        {
            Withdraw(key, before, replaced: place >= firstBehind);
        }
    }

    public bool Delete(FlatKey key)
    {
        if (!places.Remove(key, out int place))
        {
            return false;
        }
        Withdraw(key, place, replaced: false);
        return true;
    }

    public bool TryGet(FlatKey key, out FlatValue value)
    {
        value = default;
        if (!places.TryGetValue(key, out int place))
        {
            return false;
        }
        value = Value(place);
        return true;
    }

    /// <summary>All rows, as programs see them.</summary>
    public IEnumerable<(FlatKey Key, FlatValue Value)> Rows()
    {
        foreach ((FlatKey key, int place) in places)
        {
            FlatKey there = KeyAt(place);
            Debug.Assert(there == key, "a row stands where it was put");
            yield return (there, Value(place));
        }
    }

    /// <summary>Withdraws all rows, whose memory may be used at once: nothing is running.</summary>
    public void Clear()
    {
        foreach (int place in places.Values)
        {
            *AddressWord(place) = 0;
        }
        if (elsewhere > 0)
        {
            beside?.Clear();
        }
        elsewhere = apart = 0;
        freeBehind.Clear();
        nextBehind = firstBehind;
        places.Clear();
        resting.Clear();
        Tell();
    }

    public void Dispose()
    {
        _ = LibC.Unmap((nint)rows, rowsBytes);
    }

    /// <summary>The two buckets of a key: flat_hash() and flat_second_hash().</summary>
    private (uint First, uint Second) BucketsOf(FlatKey key)
    {
        ulong hash = (key.AddressUsed ^ (key.AddressUsed >> 32) ^ (key.Vni << 32 | key.Vni >> 32)) * 0x9e3779b97f4a7c15ul;
        ulong second = (hash ^ (hash >> 32)) * 0xbf58476d1ce4e5b9ul;
        return ((uint)(hash >> 40) & mask, (uint)(second >> 16) & mask);
    }

    private bool IsApart(FlatKey key, int place) => place / RowsABucket != BucketsOf(key).First;

    private bool TryFindRoom(FlatKey key, out int place)
    {
        (uint first, uint second) = BucketsOf(key);
        for (int i = 0; i < 2 * RowsABucket; i++)
        {
            place = (int)((i < RowsABucket ? first : second) * RowsABucket) + (i % RowsABucket);
            if (*AddressWord(place) == 0 && IsRested(place))
            {
                return true;
            }
        }
        place = 0;
        return false;
    }

    private bool IsRested(int place)
    {
        if (!resting.TryGetValue(place, out long since))
        {
            return true;
        }
        if (Stopwatch.GetElapsedTime(since) < Rest)
        {
            return false;
        }
        resting.Remove(place);
        return true;
    }

    private void Store(int place, FlatKey key, FlatValue value)
    {
        ulong* row = (ulong*)(rows + ((nint)place * RowBytes));
        row[2] = value.Low;
        row[3] = value.High;
        row[0] = key.Vni;
        Volatile.Write(ref row[1], key.AddressUsed);
    }

    /// <param name="replaced">The hash beside names the key's new place already.</param>
    private void Withdraw(FlatKey key, int place, bool replaced)
    {
        Volatile.Write(ref *AddressWord(place), 0);
        apart -= IsApart(key, place) ? 1u : 0;
        if (place >= firstBehind)
        {
            elsewhere--;
            freeBehind.Enqueue(place);
            if (!replaced && beside is not null)
            {
                Span<byte> k = stackalloc byte[beside.KeyBytes];
                WriteKey(key, k);
                beside.Delete(k);
            }
        }
        if (Live)
        {
            resting[place] = Stopwatch.GetTimestamp();
        }
        Tell();
    }

    private bool TryFindBehind(out int place)
    {
        if (nextBehind < placesInAll)
        {
            place = nextBehind++;
            return true;
        }
        if (freeBehind.TryPeek(out place) && IsRested(place))
        {
            freeBehind.Dequeue();
            return true;
        }
        return false;
    }

    /// <summary>A search that found nothing sees that it may have been passed by.</summary>
    private void Tell()
    {
        version++;
        const ulong someBeside = 1ul << 63, someApart = 1ul << 62; // FLAT_BESIDE, FLAT_APART
        Volatile.Write(ref cell.FlatState(table), version | (elsewhere > 0 ? someBeside : 0) | (apart > 0 ? someApart : 0));
    }

    private ulong* AddressWord(int place) => (ulong*)(rows + ((nint)place * RowBytes) + sizeof(ulong));

    private FlatKey KeyAt(int place) => MemoryMarshal.Read<FlatKey>(new ReadOnlySpan<byte>(rows + ((nint)place * RowBytes), RowBytes / 2));

    private FlatValue Value(int place) => FlatValue.Read(new ReadOnlySpan<byte>(rows + ((nint)place * RowBytes) + (RowBytes / 2), RowBytes / 2));

    private void PointBeside(FlatKey key, int place)
    {
        elsewhere++;
        if (beside is null)
        {
            return;
        }
        Span<byte> k = stackalloc byte[beside.KeyBytes], v = stackalloc byte[sizeof(int)];
        WriteKey(key, k);
        Layout.Write(v, 0, place);
        beside.Update(k, v);
    }

    /// <summary>As the hash beside has it: struct endpoint_key, or the two words where there is more to a key.</summary>
    private static void WriteKey(FlatKey key, Span<byte> bytes)
    {
        Layout.Write(bytes, 0, key.Vni);
        if (bytes.Length == Layout.EndpointKeyBytes)
        {
            Layout.Write(bytes, sizeof(ulong), (uint)key.AddressUsed);
        }
        else
        {
            Layout.Write(bytes, sizeof(ulong), key.AddressUsed);
        }
    }
}
