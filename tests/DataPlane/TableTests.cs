using FsCheck;
using FsCheck.Fluent;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>The model's tables against plain ones that cannot be wrong.</summary>
public sealed class TableTests
{
    /// <summary>Few keys, so that operations meet: put (true) or remove of a key, with a value.</summary>
    private static Arbitrary<(bool Put, byte Key, int Value)[]> Operations(int keys) => (
        from put in Gen.Frequency((2, Gen.Constant(true)), (1, Gen.Constant(false)))
        from key in Gen.Choose(0, keys - 1)
        from value in Gen.Choose(0, 5)
        select (put, (byte)key, value)).ArrayOf().ToArbitrary();

    private static EndpointKey KeyOf(byte key) => new(new Vni((ulong)(key % 3)), new Ipv4Address(0x0A000000u + key));

    [Fact]
    public void A_flat_table_is_a_dictionary() => Prop.ForAll(Operations(40), operations =>
    {
        FlatTable<EndpointKey, int> table = new();
        Dictionary<EndpointKey, int> plain = [];
        foreach ((bool put, byte key, int value) in operations)
        {
            if (put)
            {
                table.Put(KeyOf(key), value);
                plain[KeyOf(key)] = value;
            }
            else
            {
                Assert.Equal(plain.Remove(KeyOf(key)), table.Remove(KeyOf(key)));
            }
            Assert.Equal(plain.Count, table.Count);
            for (byte asked = 0; asked < 40; asked++)
            {
                bool found = table.TryGet(KeyOf(asked), out int got);
                Assert.Equal(plain.TryGetValue(KeyOf(asked), out int expected), found);
                Assert.Equal(expected, got);
            }
        }
        List<KeyValuePair<EndpointKey, int>> rows = [];
        table.CopyTo(rows);
        Assert.Equal(plain.OrderBy(row => row.Key.Address), rows.OrderBy(row => row.Key.Address));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_flat_table_holds_many()
    {
        FlatTable<EndpointKey, uint> table = new();
        for (uint i = 0; i < 100_000; i++)
        {
            table.Put(new EndpointKey(new Vni(i % 7), new Ipv4Address(i)), i);
        }
        for (uint i = 0; i < 100_000; i += 2)
        {
            Assert.True(table.Remove(new EndpointKey(new Vni(i % 7), new Ipv4Address(i))));
        }
        Assert.Equal(50_000, table.Count);
        for (uint i = 0; i < 100_000; i++)
        {
            Assert.Equal(i % 2 == 1, table.TryGet(new EndpointKey(new Vni(i % 7), new Ipv4Address(i)), out uint value));
            Assert.Equal(i % 2 == 1 ? i : 0, value);
        }
    }

    [Fact]
    public void A_full_flat_table_refuses_a_new_row_only()
    {
        FlatTable<int, int> table = new(limit: 2);
        table.Put(1, 1);
        table.Put(2, 2);
        table.Put(2, 3);
        Assert.Equal(2, Assert.Throws<TableFullException>(() => table.Put(3, 3)).Limit);
        table.Remove(1);
        table.Put(3, 3);
        Assert.True(table.Contains(3));
    }

    /// <summary>Put, remove or use of a key; the plain one is a list, the least recently used first.</summary>
    [Fact]
    public void The_least_recently_used_leaves_first() => Prop.ForAll(Operations(9), operations =>
    {
        const int Capacity = 5;
        LruTable<EndpointKey, int> table = new(Capacity);
        List<(EndpointKey Key, int Value)> plain = [];
        foreach ((bool put, byte key, int value) in operations)
        {
            EndpointKey asked = KeyOf(key);
            int at = plain.FindIndex(row => row.Key == asked);
            if (put)
            {
                LruChange change = table.Put(asked, value, out EndpointKey evicted);
                Assert.Equal(
                    at >= 0 ? (plain[at].Value == value ? LruChange.None : LruChange.Changed)
                        : plain.Count == Capacity ? LruChange.AddedForAnother : LruChange.Added,
                    change);
                if (change == LruChange.AddedForAnother)
                {
                    Assert.Equal(plain[0].Key, evicted);
                    plain.RemoveAt(0);
                }
                else if (at >= 0)
                {
                    plain.RemoveAt(at);
                }
                plain.Add((asked, value));
            }
            else if (value == 0)
            {
                Assert.Equal(at >= 0, table.Remove(asked));
                plain.RemoveAll(row => row.Key == asked);
            }
            else
            {
                Assert.Equal(at >= 0, table.TryUse(asked, out int got));
                if (at >= 0)
                {
                    Assert.Equal(plain[at].Value, got);
                    plain.Add(plain[at]);
                    plain.RemoveAt(at);
                }
            }
            List<KeyValuePair<EndpointKey, int>> rows = [];
            table.CopyTo(rows);
            Assert.Equal(plain.Select(row => KeyValuePair.Create(row.Key, row.Value)), rows);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_longest_prefix_wins() => Prop.ForAll(Operations(60), operations =>
    {
        PrefixTable<int> table = new();
        Dictionary<NetworkKey, int> plain = [];
        foreach ((bool put, byte seed, int value) in operations)
        {
            // Addresses of four values in the top, middle and low bits, so that prefixes nest.
            uint address = ((uint)seed & 3) << 30 | ((uint)seed >> 2 & 3) << 15 | ((uint)seed >> 4 & 3);
            NetworkKey key = new(new Vni((ulong)(value & 1)), new Ipv4Prefix(new Ipv4Address(address), seed * 7 % 33));
            if (put)
            {
                table.Put(key, value);
                plain[key] = value;
            }
            else
            {
                Assert.Equal(plain.Remove(key), table.Remove(key));
            }
        }
        for (uint asked = 0; asked < 64; asked++)
        {
            Ipv4Address address = new((asked & 3) << 30 | (asked >> 2 & 3) << 15 | (asked >> 4 & 3));
            for (ulong vni = 0; vni < 2; vni++)
            {
                KeyValuePair<NetworkKey, int>? best = plain
                    .Where(row => row.Key.Vni.Value == vni && row.Key.Prefix.Contains(address))
                    .OrderByDescending(row => row.Key.Prefix.Length)
                    .Select(row => (KeyValuePair<NetworkKey, int>?)row)
                    .FirstOrDefault();
                Assert.Equal(best is not null, table.TryMatch(new Vni(vni), address, out int value));
                Assert.Equal(best?.Value ?? 0, value);
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_devmap_has_128_slots()
    {
        SlotTable slots = new();
        slots.Put(0, PortId.Nic);
        slots.Put(127, new PortId(127));
        Assert.True(slots.IsFilled(0) && slots.IsFilled(127));
        Assert.False(slots.IsFilled(1) || slots.IsFilled(128) || slots.IsFilled(-1) || slots.IsFilled(int.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => slots.Put(128, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => slots.Put(-1, default));
        Assert.True(slots.Remove(127));
        Assert.False(slots.Remove(127));
    }
}
