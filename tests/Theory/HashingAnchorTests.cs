using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Packets;

namespace MizarLab.Tests.Theory;

/// <summary>What sharding by a hash must do to many flows (spec 12 §4.1, §6.3), by the hash and the pick that the data plane uses.</summary>
public sealed class HashingAnchorTests
{
    /// <summary>Exactly, over a full residue system: of n members that become m, gcd/max of the flows keep theirs.</summary>
    [Theory]
    [InlineData(4, 5, 1, 5)]
    [InlineData(4, 8, 4, 8)]
    [InlineData(4, 6, 2, 6)]
    [InlineData(7, 3, 1, 7)]
    [InlineData(12, 8, 4, 12)]
    public void Modulo_keeps_gcd_over_max(int before, int after, int kept, int of)
    {
        AddressList old = Members(before);
        AddressList now = Members(after);
        int count = before * after;
        int same = Enumerable.Range(0, count).Count(hash => Pick(old, ListTier.AgentBouncer, (uint)hash) == Pick(now, ListTier.AgentBouncer, (uint)hash));
        Assert.Equal((long)count * kept, (long)same * of);
    }

    /// <summary>One hash at every tier: of 4 · 4 · 4 ways through bouncer, divider and bouncer 4 are used, in general the least common multiple (spec 12 §0.4). A hash a tier uses all.</summary>
    [Theory]
    [InlineData(4, 4, 4, 4)]
    [InlineData(8, 4, 2, 8)]
    [InlineData(4, 3, 5, 60)]
    public void A_shared_hash_uses_as_many_ways_as_the_least_common_multiple(int bouncers, int dividers, int others, int ways)
    {
        Assert.Equal(ways, Ways(DataPlaneSettings.Mizar));
        Assert.Equal(bouncers * dividers * others, Ways(DataPlaneSettings.Lab));

        int Ways(DataPlaneSettings settings) => Enumerable.Range(0, 5_000).Select(i =>
        {
            uint hash = MizarHash.OfWords((uint)i, 77);
            return (ListPick.Pick(settings, Members(bouncers), ListTier.AgentBouncer, hash),
                ListPick.Pick(settings, Members(dividers), ListTier.Divider, hash),
                ListPick.Pick(settings, Members(others), ListTier.NetworkBouncer, hash));
        }).Distinct().Count();
    }

    /// <summary>One of four bouncers dead: a pair of endpoints that talk in both directions, which hash apart, is hit with 1 − (3/4)².</summary>
    [Fact]
    public void One_dead_bouncer_of_four_hits_seven_sixteenths_of_the_pairs()
    {
        AddressList four = Members(4);
        Replications.AssertNear(0.4375, 0.005, Replications.Of(seed =>
        {
            RandomStream random = new(seed, "pairs");
            int hit = 0;
            for (int i = 0; i < 10_000; i++)
            {
                (Ipv4Address a, Ipv4Address b) = (new Ipv4Address(random.NextUInt32()), new Ipv4Address(random.NextUInt32()));
                hit += Dead(a, b) || Dead(b, a) ? 1 : 0;
            }
            return hit / 10_000.0;
        }));

        bool Dead(Ipv4Address from, Ipv4Address to) => Pick(four, ListTier.AgentBouncer, MizarHash.OfAddresses(from, to)) == four[2];
    }

    /// <summary>Outer source ports of 1 000 pairs: n(1 − (1 − 1/n)^k) of 5 529 are used, and k(k − 1)/2n pairs of pairs share one.</summary>
    [Fact]
    public void Outer_ports_of_pairs_fall_as_balls_into_bins()
    {
        const int pairs = 1_000;
        (Moments used, Moments shared) = (default, default);
        for (ulong seed = 1; seed <= (ulong)Replications.Count; seed++)
        {
            int[] counts = new int[ushort.MaxValue + 1];
            RandomStream random = new(seed, "ports");
            for (int i = 0; i < pairs; i++)
            {
                counts[MizarHash.SourcePort(new Ipv4Address(random.NextUInt32()), new Ipv4Address(random.NextUInt32()))]++;
            }
            used.Add(counts.Count(c => c > 0));
            shared.Add(counts.Sum(c => c * (c - 1) / 2));
        }
        Replications.AssertNear(914.86, 0.005, used);
        Replications.AssertNear(90.34, 0.05, shared);
    }

    /// <summary>Of 88 pairs two share an outer port as often as not.</summary>
    [Fact]
    public void Birthdays_of_outer_ports()
    {
        double expected = 1;
        for (int i = 0; i < 88; i++)
        {
            expected *= 1 - (i / (double)MizarHash.SourcePorts);
        }
        Assert.Equal(0.5, expected, 0.005);
        Replications.AssertNear(1 - expected, 0.05, Replications.Of(seed =>
        {
            RandomStream random = new(seed, "birthdays");
            int collided = 0;
            for (int trial = 0; trial < 400; trial++)
            {
                ushort[] ports = [.. Enumerable.Range(0, 88).Select(_ => MizarHash.SourcePort(new Ipv4Address(random.NextUInt32()), new Ipv4Address(random.NextUInt32())))];
                collided += ports.Distinct().Count() < 88 ? 1 : 0;
            }
            return collided / 400.0;
        }));
    }

    /// <summary>The fullest of 1 000 shards with 65 537 flows has 42 % more than its share; with the better of two choices almost nothing.</summary>
    [Fact]
    public void The_fullest_of_many_shards()
    {
        const int flows = 65_537;
        const int shards = 1_000;
        Assert.Equal(93.3, ExpectedMost(flows, shards), 0.1);
        Replications.AssertNear(ExpectedMost(flows, shards), 0.01, Replications.Of(seed =>
        {
            RandomStream random = new(seed, "shards");
            int[] load = new int[shards];
            for (int i = 0; i < flows; i++)
            {
                load[MizarHash.OfWords(random.NextUInt32(), random.NextUInt32()) % shards]++;
            }
            return load.Max();
        }));
        RandomStream choices = new(1, "two choices");
        int[] bins = new int[65_536];
        for (int i = 0; i < bins.Length; i++)
        {
            (ushort one, ushort other) = (choices.NextUInt16(), choices.NextUInt16());
            bins[bins[one] <= bins[other] ? one : other]++;
        }
        Assert.InRange(bins.Max(), 3, 4);
    }

    /// <summary>Packets to uniform peers until a direct-path cache of 1 000 is full: nHₙ = 7 485.5, with a deviation of 1 279.</summary>
    [Fact]
    public void A_cache_of_uniform_peers_fills_as_a_coupon_collection()
    {
        const int peers = 1_000;
        double expected = Enumerable.Range(1, peers).Sum(i => (double)peers / i);
        Moments packets = default;
        for (ulong seed = 1; seed <= (ulong)Replications.Count * 10; seed++)
        {
            LruTable<int, int> cache = new(peers);
            RandomStream random = new(seed, "coupons");
            int sent = 0;
            for (; cache.Count < peers; sent++)
            {
                int peer = (int)random.NextBelow(peers);
                cache.Put(in peer, in peer);
            }
            packets.Add(sent);
        }
        Assert.Equal(7485.5, expected, 0.1);
        Replications.AssertNear(expected, 0.02, packets);
        Assert.InRange(packets.StandardDeviation, 1279 * 0.7, 1279 * 1.3);
    }

    /// <summary>Σ over m of 1 − F(m)ⁿ, F the binomial law of one shard's flows (shards taken as independent).</summary>
    private static double ExpectedMost(int flows, int shards)
    {
        double share = 1.0 / shards;
        double log = flows * Math.Log(1 - share);
        double odds = share / (1 - share);
        (double below, double expected) = (0, 0);
        for (int k = 0; k < 400; k++)
        {
            below += Math.Exp(log);
            expected += 1 - Math.Pow(Math.Min(1, below), shards);
            log += Math.Log((flows - k) * odds / (k + 1));
        }
        return expected;
    }

    private static Ipv4Address Pick(AddressList list, ListTier tier, uint hash) => ListPick.Pick(DataPlaneSettings.Mizar, in list, tier, hash);

    private static AddressList Members(int count) => new([.. Enumerable.Range(1, count).Select(i => new Ipv4Address(0x0A00_0000u + (uint)i))]);
}
