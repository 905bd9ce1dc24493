using System.Collections.Immutable;
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
    private readonly SortedSet<string> covered = new(StringComparer.Ordinal);

    [RootFact]
    public void EveryTableReadsBackWhatWasWritten()
    {
        using BpfDataPlane bpf = new(1, "00000001");
        RoundTrip(bpf, Tables.Interface, _ => 0, () => new InterfaceConfig(random.Next(-2, 200), Address(), Mac()) { MtuBytes = random.Next(9001), HasUnhealthyPeers = Coin(), HasOutside = Coin() }, rows: 1);
        RoundTrip(bpf, Tables.Slots, i => i * 127 / 39, () => new PortId(random.Next(0, 12)), rows: 40);
        RoundTrip(bpf, Tables.AgentSlots, _ => 0, () => PortId.Nic, rows: 1);
        RoundTrip(bpf, Tables.Endpoints, _ => Key(), Endpoint, rows: 300);
        RoundTrip(bpf, Tables.Networks, i => new NetworkKey(Vni(), new Ipv4Prefix(Address(), i % 33)), Network, rows: 99);
        RoundTrip(bpf, Tables.Vpcs, _ => Vni(), List, rows: 50);
        RoundTrip(bpf, Tables.DirectPath, _ => Key(), () => new CachedHost(new HostAddress(Address(), Mac())) { Crosses = Coin(), Seen = (uint)random.NextInt64(1L << 32) }, rows: 300);
        RoundTrip(bpf, Tables.Agents, i => new AgentId(i + 1), Agent, rows: 20);
        RoundTrip(bpf, Tables.AgentSubstrate, i => new AgentSubstrateKey(new AgentId(i % 7), Key()), Mac, rows: 100);
        RoundTrip(bpf, Tables.Connections, _ => Connection(), State, rows: 400);
        RoundTrip(bpf, Tables.PolicyEnforced, _ => Scope(), () => (byte)random.Next(3), rows: 100);
        RoundTrip(bpf, Tables.PolicyPorts, i => new PolicyPortKey(Scope(), (IpProtocol)(i % 3 * 6), (ushort)(i % 2 * random.Next(65536))), Bits, rows: 200);
        RoundTrip(bpf, Tables.PolicyCidrs, i => new PolicyCidrKey(Scope(), (CidrKind)(i % 3), new Ipv4Prefix(Address(), i % 33)), Bits, rows: 200);
        RoundTrip(bpf, Tables.PolicyLabels, i => new PolicyLabelKey((LabelKind)(i % 3), Key(), (uint)random.Next(), (uint)random.Next()), Bits, rows: 100);
        RoundTrip(bpf, Tables.Stages, i => i % 4, () => (StageProgram)random.Next((int)StageProgram.Tx, (int)StageProgram.Drop + 1), rows: 8);
        RoundTrip(bpf, Tables.ServicePorts, i => new ServicePortKey(Key(), Port(), i % 2 == 0 ? IpProtocol.Tcp : IpProtocol.Icmp), Port, rows: 100);
        RoundTrip(bpf, Tables.ForwardNat, _ => Flow(), Translation, rows: 200);
        RoundTrip(bpf, Tables.ReverseNat, _ => Flow(), Translation, rows: 200);
        RoundTrip(bpf, Tables.Statistics, _ => 0, Sums, rows: 1);
        RoundTrip(bpf, Tables.Bandwidth, _ => Address(), () => new BandwidthLimit((ulong)random.NextInt64(1, 1L << 40), (ulong)random.NextInt64(1L << 30)), rows: 1);
        RoundTrip(bpf, Tables.Peers, _ => Address(), () => (PeerState)random.Next(1, 3), rows: 100);
        RoundTrip(bpf, Tables.Nacl, i => new NaclKey(new Vni((ulong)(i % 3)), i), Rule, rows: 60);
        RoundTrip(bpf, Tables.Tokens, i => new AgentId(i + 1), () => new TokenBucket((ulong)random.NextInt64()), rows: 40);
        RoundTrip(bpf, Tables.Translators, i => new Vni((ulong)i), () => new Translator(Address(), Address(), Port(), Port()), rows: 40);
        RoundTrip(bpf, Tables.PortForwards, i => new PortForwardKey(Key(), Port(), i % 2 == 0 ? IpProtocol.Tcp : IpProtocol.Icmp), () => new PortForward(Address(), Port()), rows: 100);
        RoundTrip(bpf, Tables.Translations, i => new TranslationKey(Vni(), Flow().Flow, i % 2 == 0), Session, rows: 200);

        // Drops alone is missing: programs count, nobody writes.
        Assert.Equal(26, covered.Count);
        Assert.Equal([Tables.Drops.Name], typeof(Tables).GetFields().Select(f => ((ITable)f.GetValue(null)!).Name).Except(covered));
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

    private void RoundTrip<TKey, TValue>(BpfDataPlane bpf, Table<TKey, TValue> table, Func<int, TKey> newKey, Func<TValue> newValue, int rows)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        covered.Add(table.Name);
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

    /// <summary>Rows that come, change and go in a small world: every host and list is freed that nobody names, or a full map would refuse soon.</summary>
    [RootFact]
    public void HostsAndListsThatNobodyNamesAreFreed()
    {
        BpfOptions small = new() { Sizes = ImmutableSortedDictionary<string, uint>.Empty.SetItem("hosts", 160).SetItem("picks", 2048) };
        using BpfDataPlane bpf = new(1, "00000007", small);
        bpf.Execute(() =>
        {
            for (int i = 0; i < 400; i++)
            {
                EndpointKey key = new(new Vni(3), new Ipv4Address((uint)random.Next(4)));
                bpf.Put(Droplet, Tables.Endpoints, key, Endpoint());
                bpf.Put(Droplet, Tables.Endpoints, new EndpointKey(new Vni(0), new Ipv4Address((uint)i)), Endpoint());
                bpf.Put(Droplet, Tables.Vpcs, new Vni((ulong)random.Next(2)), List(random.Next(20)));
                bpf.Put(Droplet, Tables.Networks, new NetworkKey(new Vni(3), new Ipv4Prefix(Address(), random.Next(2))), List(random.Next(20)));
                bpf.Put(Droplet, Tables.Agents, new AgentId(1), Agent() with { Bouncers = List(random.Next(20)) });
                bpf.Put(Droplet, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(1), new EndpointKey(new Vni(0), bpf.Rows(Droplet, Tables.Agents)[0].Value.NicAddress)), Mac());
                bpf.Delete(Droplet, Tables.Endpoints, new EndpointKey(new Vni(0), new Ipv4Address((uint)i)));
                if (i % 3 == 0)
                {
                    bpf.Delete(Droplet, Tables.Endpoints, key);
                    bpf.Delete(Droplet, Tables.Vpcs, new Vni(1));
                    bpf.Delete(Droplet, Tables.Agents, new AgentId(1));
                }
                foreach (NetworkKey network in bpf.Rows(Droplet, Tables.Networks).Select(row => row.Key).Skip(1).ToArray())
                {
                    bpf.Delete(Droplet, Tables.Networks, network);
                }
            }
        });
    }

    /// <summary>A flat table filled to its last row and churned: some rows have no room in their buckets, and programs find all of them, and no others.</summary>
    [RootFact]
    public void AFlatTableHoldsAndFindsAsManyRowsAsItSays()
    {
        const int capacity = 1000;
        using BpfDataPlane bpf = new(1, "00000009", new BpfOptions { Sizes = ImmutableSortedDictionary<string, uint>.Empty.SetItem("endpoints", capacity) });
        bpf.Execute(() =>
        {
            bpf.Put(Droplet, Tables.Interface, 0, new InterfaceConfig(0, BpfWorld.Nic, BpfWorld.NicMac));
            SortedDictionary<uint, MacAddress> expected = [];
            for (int step = 0; step < 6 * capacity; step++)
            {
                uint address = 0x0A000000u + (uint)random.Next(capacity);
                EndpointKey key = new(BpfWorld.Vpc, new Ipv4Address(address));
                if (step >= 3 * capacity && Coin())
                {
                    bpf.Delete(Droplet, Tables.Endpoints, key);
                    expected.Remove(address);
                }
                else
                {
                    MacAddress mac = Mac();
                    bpf.Put(Droplet, Tables.Endpoints, key, new EndpointValue(EndpointType.Gateway, default, -1, mac));
                    expected[address] = mac;
                }
            }
            Assert.Equal(expected, bpf.Rows(Droplet, Tables.Endpoints).ToDictionary(row => row.Key.Address.Value, row => row.Value.Mac).OrderBy(row => row.Key));
            for (uint address = 0x0A000000u; address < 0x0A000000u + capacity; address++)
            {
                // A bouncer writes the row's MAC into the frame before it finds that the row has no host.
                Frame frame = Frame.FromBytes(BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, new Ipv4Address(address))));
                Reason reason = bpf.Run(Droplet, ProgramId.Transit, default, ref frame).Reason;
                bool known = expected.TryGetValue(address, out MacAddress mac);
                Assert.Equal(known ? Reason.NoRemote : Reason.NoVpc, reason);
                Assert.True(!known || MacAddress.Read(frame.HeadView[114..]) == mac);
            }
            for (uint address = 0; bpf.Rows(Droplet, Tables.Endpoints).Count < capacity; address++)
            {
                bpf.Put(Droplet, Tables.Endpoints, new EndpointKey(new Vni(9), new Ipv4Address(address)), Endpoint());
            }
            HarnessException full = Assert.Throws<HarnessException>(() => bpf.Put(Droplet, Tables.Endpoints, new EndpointKey(new Vni(10), default), Endpoint()));
            Assert.Contains("endpoints of 1000 entries", full.Message, StringComparison.Ordinal);
        });
    }

    [RootFact]
    public void AFullPoolSaysWhichAndWhy()
    {
        using BpfDataPlane bpf = new(1, "00000008", new BpfOptions { Sizes = ImmutableSortedDictionary<string, uint>.Empty.SetItem("hosts", 3).SetItem("picks", 64) });
        HarnessException hosts = Assert.Throws<HarnessException>(() => bpf.Put(Droplet, Tables.Vpcs, new Vni(1), List(3)));
        Assert.Contains("hosts of 3 entries", hosts.Message, StringComparison.Ordinal);
        HarnessException picks = Assert.Throws<HarnessException>(() => bpf.Put(Droplet, Tables.Endpoints, Key(), new EndpointValue(EndpointType.Scaled, List(64), -1, Mac())));
        Assert.Contains("picks of 64 entries", picks.Message, StringComparison.Ordinal);
    }

    private bool Coin() => random.Next(2) == 0;

    private EndpointValue Endpoint() =>
        new((EndpointType)random.Next(4), List(), random.Next(-1, 128), Mac()) { HasIngressPolicy = Coin(), HasEgressPolicy = Coin(), IsProxied = Coin(), IsOutside = Coin() };

    private TranslationValue Session() => new(Address(), Address(), Port(), Port()) { State = (NatState)random.Next(8), Seen = (uint)random.NextInt64(1L << 32) };

    private NetworkValue Network() => new(List()) { Gateway = Address(), GatewayMac = Mac(), PeerVni = Vni(), IsGuarded = Coin(), IsOutside = Coin() };

    private AgentConfig Agent() => new(Address(), Mac(), Key(), List())
    {
        Links = (AgentLinks)random.Next(64),
        MacOverride = Coin() ? Mac() : MacAddress.Zero,
        PodLabel = (uint)random.NextInt64(1L << 32),
        NamespaceLabel = (uint)random.NextInt64(1L << 32),
        ClassAndPriority = (uint)random.NextInt64(1L << 32),
        EndpointMac = Mac(),
        HasEgressPolicy = Coin(),
        HasIngressPolicy = Coin(),
        Gateway = Address(),
        GatewayMac = Mac(),
        BytesPerSecond = (ulong)random.NextInt64(),
        BurstBytes = (uint)random.NextInt64(1L << 32),
        IsProxied = Coin(), IsOutside = Coin(),
    };

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

    /// <summary>Of few addresses and ports, so that both directions of a flow, and flows to themselves, are among them.</summary>
    private ConnectionKey Connection()
    {
        Ipv4Address source = new((uint)random.Next(1, 4) << 24 | (uint)random.Next(3)), destination = new((uint)random.Next(1, 4) << 24 | (uint)random.Next(3));
        return new ConnectionKey(new Vni(random.Next(2) == 0 ? ulong.MaxValue : 3), new FlowKey(source, destination, (ushort)(random.Next(3) * 256), (ushort)(random.Next(3) + 255), (IpProtocol)random.Next(256)));
    }

    private ConnectionState State() => new((ConnectionFlags)random.Next(8))
    {
        Phase = (TcpPhase)random.Next(6),
        Seen = (uint)random.NextInt64(1L << 32),
        Egress = (uint)random.NextInt64(1L << 32),
        Ingress = (uint)random.NextInt64(1L << 32),
    };

    /// <summary>Of few endpoints, so that rows share a scope.</summary>
    private PolicyScope Scope() => new((PolicyDirection)random.Next(2), new EndpointKey(new Vni(random.Next(2) == 0 ? ulong.MaxValue : 3), new Ipv4Address(0x0A000000u + (uint)random.Next(20))));

    private ushort Port() => (ushort)random.Next(1 << 16);

    private NatKey Flow() => new(new Vni((ulong)random.Next(1 << 24)), new FlowKey(Address(), Address(), Port(), Port(), (IpProtocol)random.Next(256)));

    private NatValue Translation() => new(Address(), Address(), Port(), Port(), Mac(), Mac()) { Seen = (uint)random.NextInt64(1L << 32) };

    private NaclEntry Rule() =>
        new(Coin(), new Ipv4Prefix(Address(), random.Next(33)), new Ipv4Prefix(Address(), random.Next(33)), (IpProtocol)random.Next(256), Port(), Port());

    private TransmitStatistics Sums() => new(
        (ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64(),
        (uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32));

    private PolicyBits Bits() => new((ulong)random.NextInt64(), (ulong)random.NextInt64(), ulong.MaxValue, (ulong)random.Next(2));
}
