using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// The map <c>hosts</c>: underlay addresses with their MACs, each a number that rows and lists of a droplet name it by. A number is counted while
/// anybody names it, and given away again as late as can be, for a frame under way may have read it.
/// </summary>
/// <remarks>
/// Transit knows an address by the substrate rows of its droplet, so it has one number an address, and a MAC that comes, changes and goes. An agent has
/// substrate rows of its own (spec §3.1); what it knows is in the row it names, so that all agents who know the same share it, and another MAC
/// is another number.
/// </remarks>
/// <param name="capacity">Hosts that may be.</param>
internal sealed unsafe class HostTable(BpfMap map, uint capacity) : IDisposable
{
    /// <summary>0.0.0.0 as transit knows it (HOST_NONE).</summary>
    public const uint None = 0;

    private const int Bytes = 16;

    private readonly byte* memory = map.MapMemory(map.Entries * (nuint)Bytes);
    private const int MacAt = 0, PresentAt = 6, AddressAt = 8;

    private readonly Dictionary<Ipv4Address, uint> transit = new() { [Ipv4Address.Any] = None };
    private readonly Dictionary<Known, uint> agents = [];
    private readonly List<Entry> entries = [Entry.First];
    private readonly Queue<uint> free = [];

    /// <summary>Transit's number of an address; counts one more.</summary>
    /// <exception cref="HarnessException">The map is full.</exception>
    public uint Take(Ipv4Address address)
    {
        if (!transit.TryGetValue(address, out uint index))
        {
            index = Allocate(new Entry(new Known(address, null), IsAgents: false, References: 0));
            transit.Add(address, index);
        }
        return Count(index);
    }

    /// <summary>An agent's number of an address with the MAC it knows, null: none; counts one more.</summary>
    /// <exception cref="HarnessException">The map is full.</exception>
    public uint TakeKnown(Ipv4Address address, MacAddress? mac)
    {
        Known known = new(address, mac);
        if (!agents.TryGetValue(known, out uint index))
        {
            index = Allocate(new Entry(known, IsAgents: true, References: 0));
            agents.Add(known, index);
        }
        return Count(index);
    }

    /// <summary>Counts one less, and frees what nobody names.</summary>
    public void Release(uint index)
    {
        Entry entry = entries[(int)index] with { References = entries[(int)index].References - 1 };
        entries[(int)index] = entry;
        if (entry.References > 0)
        {
            return;
        }
        if (entry.IsAgents)
        {
            agents.Remove(entry.Known);
        }
        else
        {
            transit.Remove(entry.Known.Address);
        }
        free.Enqueue(index);
    }

    /// <summary>The MAC transit knows of an address, by a substrate row; null: the row is gone. The row counts as one who names it.</summary>
    public void SetMac(Ipv4Address address, MacAddress? mac)
    {
        bool had = transit.TryGetValue(address, out uint index) && entries[(int)index].Known.Mac is not null;
        if (!had && mac is null)
        {
            return;
        }
        index = had ? index : Take(address);
        Entry entry = entries[(int)index] with { Known = new Known(address, mac) };
        entries[(int)index] = entry;
        Store(index, entry.Known);
        if (mac is null)
        {
            Release(index);
        }
    }

    /// <summary>The address behind a number, as the kernel has it.</summary>
    public Ipv4Address AddressOf(uint index)
    {
        return Ipv4Address.Read(RowAt(index)[AddressAt..]);
    }

    public void Dispose() => _ = LibC.Unmap((nint)memory, map.Entries * (nuint)Bytes);

    private Span<byte> RowAt(uint index) => new(memory + (index * Bytes), Bytes);

    /// <summary>Forgets all. Rows nobody names stay as they are, but the first, which an empty list names.</summary>
    public void Clear()
    {
        transit.Clear();
        agents.Clear();
        entries.Clear();
        free.Clear();
        transit.Add(Ipv4Address.Any, None);
        entries.Add(Entry.First);
        Store(None, Entry.First.Known);
    }

    private uint Count(uint index)
    {
        entries[(int)index] = entries[(int)index] with { References = entries[(int)index].References + 1 };
        return index;
    }

    private uint Allocate(Entry entry)
    {
        uint index;
        if ((uint)entries.Count < capacity)
        {
            index = (uint)entries.Count;
            entries.Add(entry);
        }
        else if (free.TryDequeue(out index))
        {
            entries[(int)index] = entry;
        }
        else
        {
            throw new HarnessException($"map {map.Name} of {capacity} entries is full: one more underlay host, {entry.Known.Address}");
        }
        Store(index, entry.Known);
        return index;
    }

    private void Store(uint index, Known known)
    {
        Span<byte> value = stackalloc byte[Bytes];
        value.Clear();
        known.Mac.GetValueOrDefault().Write(value[MacAt..]);
        value[PresentAt] = known.Mac is null ? (byte)0 : (byte)1;
        known.Address.Write(value[AddressAt..]);
        ulong* row = (ulong*)(memory + (index * Bytes));
        row[1] = Layout.Read<ulong>(value, sizeof(ulong));
        Volatile.Write(ref row[0], Layout.Read<ulong>(value, 0)); // MAC and presence in one store: a program may be reading
    }

    private readonly record struct Known(Ipv4Address Address, MacAddress? Mac);

    private readonly record struct Entry(Known Known, bool IsAgents, int References)
    {
        /// <summary>Named for good.</summary>
        public static readonly Entry First = new(new Known(Ipv4Address.Any, null), IsAgents: false, References: 1);
    }
}
