using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct list: where in <c>picks</c> the members stand, how many they are, and how many slots Maglev's table behind them has.</summary>
internal readonly record struct ListReference(uint Offset, ushort Count, ushort Slots)
{
    public const int Bytes = 16;

    public ulong Reciprocal => Slots > 0 ? ReciprocalOf(Slots) : Count > 0 ? ReciprocalOf(Count) : 0;

    /// <summary>2^48 by what a hash is divided by, rounded up, in the upper 48 bits (remainder_by() of bpf/shard.h); of 1 it is 0.</summary>
    public static ulong ReciprocalOf(int divisor) => ((((1ul << 48) - 1) / (ulong)divisor) + 1) << 16;

    public void Write(Span<byte> bytes)
    {
        Layout.Write(bytes, 0, Offset);
        Layout.Write(bytes, 4, Count);
        Layout.Write(bytes, 6, Slots);
        Layout.Write(bytes, 8, Reciprocal);
    }

    public static ListReference Read(ReadOnlySpan<byte> bytes) =>
        new(Layout.Read<uint>(bytes, 0), Layout.Read<ushort>(bytes, 4), Layout.Read<ushort>(bytes, 6));
}

/// <summary>Lists of underlay hosts, bouncers and dividers, and of overlay addresses, backends: taken by whoever writes a row that names one, and released after the row is another.</summary>
/// <remarks>With Maglev a list of two and more has its table behind it, made here: programs only look into it.</remarks>
internal sealed class HostLists(HostTable hosts, ListPool pool, DataPlaneSettings settings) : IDisposable
{
    private const int BackendsHeadWords = 4;

    public HostTable Hosts { get; } = hosts;

    /// <summary>A list of bouncers as transit knows them.</summary>
    public ListReference TakeBouncers(in AddressList addresses) => Take(in addresses, settings.BouncerSharding);

    public ListReference TakeDividers(in AddressList addresses) => Take(in addresses, settings.DividerSharding);

    private ListReference Take(in AddressList addresses, ShardingKind sharding)
    {
        uint[] members = new uint[addresses.Count];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = Hosts.Take(addresses[i]);
        }
        return Store(members, in addresses, sharding);
    }

    /// <summary>A list of bouncers as an agent knows them.</summary>
    /// <param name="macs">Its substrate rows.</param>
    public ListReference TakeKnown(in AddressList addresses, IReadOnlyDictionary<EndpointKey, MacAddress> macs)
    {
        uint[] members = new uint[addresses.Count];
        for (int i = 0; i < members.Length; i++)
        {
            bool known = macs.TryGetValue(new EndpointKey(Vni.Substrate, addresses[i]), out MacAddress mac);
            members[i] = Hosts.TakeKnown(addresses[i], known ? mac : null);
        }
        return Store(members, in addresses, settings.BouncerSharding);
    }

    public void Release(ListReference list)
    {
        foreach (uint host in pool.Read(list.Offset, list.Count))
        {
            Hosts.Release(host);
        }
        pool.Release(list.Offset, list.Count + list.Slots);
    }

    public AddressList Read(ListReference list)
    {
        uint[] members = pool.Read(list.Offset, list.Count);
        Ipv4Address[] addresses = new Ipv4Address[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            addresses[i] = Hosts.AddressOf(members[i]);
        }
        return new AddressList(addresses);
    }

    /// <summary>Backends, one and more, behind struct backends_head of bpf/tables.h: count and slots, and their reciprocal.</summary>
    public uint TakeBackends(in AddressList addresses)
    {
        uint[] members = new uint[addresses.Count];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = addresses[i].WireWord;
        }
        uint[] table = TableOf(members, in addresses, settings.BackendSharding);
        ulong reciprocal = ListReference.ReciprocalOf(table.Length > 0 ? table.Length : members.Length);
        return pool.Take([(uint)members.Length | ((uint)table.Length << 16), 0, (uint)reciprocal, (uint)(reciprocal >> 32), .. members, .. table]);
    }

    public void ReleaseBackends(uint place)
    {
        uint head = pool.Read(place, 1)[0];
        pool.Release(place, BackendsHeadWords + (int)(head & 0xffff) + (int)(head >> 16));
    }

    public AddressList ReadBackends(uint place)
    {
        uint[] words = pool.Read(place + (uint)BackendsHeadWords, (int)(pool.Read(place, 1)[0] & 0xffff));
        Ipv4Address[] addresses = new Ipv4Address[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            addresses[i] = Layout.FromWireWord(words[i]);
        }
        return new AddressList(addresses);
    }

    public void Dispose()
    {
        Hosts.Dispose();
        pool.Dispose();
    }

    public void Clear()
    {
        Hosts.Clear();
        pool.Clear();
    }

    private ListReference Store(uint[] members, in AddressList addresses, ShardingKind sharding)
    {
        uint[] table = TableOf(members, in addresses, sharding);
        return new ListReference(pool.Take([.. members, .. table]), (ushort)members.Length, (ushort)table.Length);
    }

    /// <summary>The member of each slot; no table where the list needs none.</summary>
    private uint[] TableOf(uint[] members, in AddressList addresses, ShardingKind sharding)
    {
        if (sharding != ShardingKind.Maglev || members.Length < 2)
        {
            return [];
        }
        MaglevTable maglev = addresses.Maglev(settings.MaglevSlots);
        uint[] table = new uint[maglev.Slots];
        for (int slot = 0; slot < table.Length; slot++)
        {
            table[slot] = members[maglev[slot]];
        }
        return table;
    }
}
