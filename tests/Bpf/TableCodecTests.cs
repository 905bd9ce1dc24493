using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>What is written into a kernel table is what is read back, for every table, with lists of every kind of length.</summary>
public sealed class TableCodecTests
{
    private static readonly DropletId Droplet = new(0);
    private readonly Random random = new(1);

    [RootFact]
    public void EveryTableReadsBackWhatWasWritten()
    {
        using BpfDataPlane bpf = new(1, "00000001");
        RoundTrip(bpf, Tables.Interface, _ => 0, () => new InterfaceConfig(random.Next(-2, 200), Address(), Mac()), rows: 1);
        RoundTrip(bpf, Tables.Slots, i => i * 127 / 39, () => new PortId(random.Next(0, 12)), rows: 40);
        RoundTrip(bpf, Tables.AgentSlots, _ => 0, () => PortId.Nic, rows: 1);
        RoundTrip(bpf, Tables.Endpoints, _ => Key(), () => new EndpointValue((EndpointType)random.Next(4), List(), random.Next(-1, 128), Mac()), rows: 300);
        RoundTrip(bpf, Tables.Networks, i => new NetworkKey(Vni(), new Ipv4Prefix(Address(), i % 33)), () => new NetworkValue(List()), rows: 99);
        RoundTrip(bpf, Tables.Vpcs, _ => Vni(), List, rows: 50);
        RoundTrip(bpf, Tables.DirectPath, _ => Key(), () => new CachedHost(new HostAddress(Address(), Mac())), rows: 300);
        RoundTrip(bpf, Tables.Agents, i => new AgentId(i + 1), () => new AgentConfig(Address(), Mac(), Key(), List()), rows: 20);
        RoundTrip(bpf, Tables.AgentSubstrate, i => new AgentSubstrateKey(new AgentId(i % 7), Key()), Mac, rows: 100);
    }

    [RootFact]
    public void AFullTableSaysWhichAndWhy()
    {
        using BpfDataPlane bpf = new(1, "00000002");
        HarnessException refused = Assert.Throws<HarnessException>(() => bpf.Put(Droplet, Tables.Slots, 128, PortId.Nic));
        Assert.Contains("slots of 128 entries", refused.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void AListThatShrinksLeavesNothingBehind()
    {
        using BpfDataPlane bpf = new(1, "00000003");
        EndpointKey key = Key();
        foreach (int count in (int[])[0, 5, 1, 128, 0, 2])
        {
            EndpointValue value = new(EndpointType.Scaled, List(count), -1, Mac());
            bpf.Put(Droplet, Tables.Endpoints, key, value);
            Assert.Equal([new(key, value)], bpf.Rows(Droplet, Tables.Endpoints));
        }
    }

    private static void RoundTrip<TKey, TValue>(BpfDataPlane bpf, Table<TKey, TValue> table, Func<int, TKey> newKey, Func<TValue> newValue, int rows)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        Dictionary<TKey, TValue> expected = [];
        Assert.Empty(bpf.Rows(Droplet, table));
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < rows; i++)
            {
                TKey key = newKey(i);
                TValue value = newValue();
                bpf.Put(Droplet, table, key, value);
                expected[key] = value;
            }
            AssertRows();
        }
        foreach (TKey key in expected.Keys.Where((_, i) => i % 3 == 0).ToArray())
        {
            bpf.Delete(Droplet, table, key);
            bpf.Delete(Droplet, table, key);
            expected.Remove(key);
        }
        AssertRows();
        bpf.Clear();
        Assert.Empty(bpf.Rows(Droplet, table));

        void AssertRows()
        {
            IReadOnlyList<KeyValuePair<TKey, TValue>> read = bpf.Rows(Droplet, table);
            Assert.Equal(expected.Count, read.Count);
            Assert.All(read, row => Assert.Equal(expected[row.Key], row.Value));
        }
    }

    private Ipv4Address Address() => new((uint)random.NextInt64(0, 1L << 32));

    private MacAddress Mac() => new((ulong)random.NextInt64(0, 1L << 48));

    private Vni Vni() => new(random.Next(3) switch { 0 => (ulong)random.Next(1 << 24), 1 => ulong.MaxValue - (ulong)random.Next(50), _ => (ulong)random.NextInt64() });

    private EndpointKey Key() => new(Vni(), Address());

    private AddressList List() => List(random.Next(5) switch { 0 => 0, 1 => 128, 2 => 1, _ => random.Next(2, 128) });

    private AddressList List(int count)
    {
        Ipv4Address[] addresses = new Ipv4Address[count];
        foreach (ref Ipv4Address address in addresses.AsSpan())
        {
            address = Address();
        }
        return new AddressList(addresses);
    }
}
