using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Studies;
using MizarLab.Tests.Studies;

namespace MizarLab.Tests.Laws;

/// <summary>Sharding by a hash (spec 12 §0.4, §0.5, §4, §6.3) under ten seeds, each law also with a wrong parameter.</summary>
public sealed class HashLawTests
{
    private const int Flows = 20_000;

    /// <summary>Of n members that become m, modulo keeps gcd/max: exactly of a full residue system, within a binomial's error of drawn addresses.</summary>
    [Fact]
    public void Modulo_keeps_gcd_over_max()
    {
        Residues(ran: 0).Holds();
        Residues(ran: 1).Fails();
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            Pairs(4, 6, settings).Holds();
            Pairs(9, 8, settings).Holds();
            Pairs(4, 6, settings with { BouncerSharding = ShardingKind.Rendezvous }).Fails();
        }

        // The law's m, and the m that was run.
        static Law Residues(int ran) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "residues");
            (int before, int after) = (Law.Drawn(random, 2, 60), Law.Drawn(random, 61, 120));
            return ((double)Formulas.Gcd(before, after) / after, Ran.Value(new RemapStudy(before, after + ran, HashKeys.Residues, 1_000, Ran.Mizar), "kept", seed));
        });

        static Law Pairs(int before, int after, DataPlaneSettings settings)
        {
            double kept = (double)Formulas.Gcd(before, after) / Math.Max(before, after);
            return Law.Statistical(kept, Formulas.BinomialDeviation(kept, Flows), new RemapStudy(before, after, HashKeys.Pairs, Flows, settings), "kept");
        }
    }

    /// <summary>Rendezvous moves none but those whose bouncer is gone or who get a new one, |n − m|/max of all.</summary>
    [Fact]
    public void Rendezvous_moves_none_but_the_lost()
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            DataPlaneSettings rendezvous = settings with { BouncerSharding = ShardingKind.Rendezvous };
            Needless(rendezvous).Holds();
            Needless(settings).Fails();
            Needless(settings with { BouncerSharding = ShardingKind.Maglev }).Fails();
            Forced(9, 8, 8, rendezvous).Holds();
            Forced(4, 5, 5, rendezvous).Holds();
            Forced(4, 5, 6, rendezvous).Fails();
        }

        static Law Needless(DataPlaneSettings settings) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "rendezvous");
            return (0, Ran.Value(new RemapStudy(Law.Drawn(random, 2, 12), Law.Drawn(random, 2, 12), HashKeys.Pairs, 2_000, settings), "needless", seed));
        });

        static Law Forced(int before, int after, int ran, DataPlaneSettings settings)
        {
            double moved = Math.Abs(before - after) / (double)Math.Max(before, after);
            return Law.Statistical(moved, Formulas.BinomialDeviation(moved, Flows), new RemapStudy(before, ran, HashKeys.Pairs, Flows, settings), "forced");
        }
    }

    /// <summary>Bouncer, divider, bouncer: lcm of the lists' lengths with upstream's one hash, their product with one a tier.</summary>
    [Fact]
    public void Paths_are_the_least_common_multiple_or_the_product()
    {
        Paths(Ran.Mizar, Shared, ran: 0).Holds();
        Paths(Ran.Lab, Product, ran: 0).Holds();
        Paths(Ran.Mizar, Shared, ran: 1).Fails();
        Paths(Ran.Lab, Product, ran: 1).Fails();
        Paths(Ran.Mizar, Product, ran: 0).Fails();

        static int Shared(int near, int dividers, int far) => Formulas.Lcm(Formulas.Lcm(near, dividers), far);
        static int Product(int near, int dividers, int far) => near * dividers * far;

        static Law Paths(DataPlaneSettings settings, Func<int, int, int, int> says, int ran) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "paths");
            (int near, int dividers, int far) = (Law.Drawn(random, 1, 8), Law.Drawn(random, 2, 8), Law.Drawn(random, 2, 7));
            return (says(near, dividers, far), Ran.Value(new PathStudy(near, dividers, far + ran, 15_000, settings), "distinct_paths", seed));
        });
    }

    /// <summary>Towards one bouncer of n a droplet has 5529/gcd(n, 5529) source ports: of every hash there is, and of as many drawn pairs as it takes to meet them all.</summary>
    [Theory]
    [InlineData(3, 1_843)]
    [InlineData(19, 291)]
    [InlineData(57, 97)]
    [InlineData(5, 5_529)]
    public void Source_ports_to_a_bouncer_are_5529_over_the_greatest_common_divisor(int bouncers, int ports)
    {
        Assert.Equal(ports, 5_529 / Formulas.Gcd(bouncers, 5_529));
        Law.Exact(_ => (ports, Ran.Value(new EntropyStudy(bouncers, HashKeys.Residues, 1, 1, Ran.Mizar), "ports_a_bouncer"))).Holds();

        // So many pairs that the chance to miss one port is below e^-12.
        int pairs = (int)(bouncers * ports * (Math.Log(ports) + 12));
        Drawn(bouncers, Ran.Mizar).Holds();
        Drawn(bouncers == 5 ? 3 : 4, Ran.Mizar).Fails();

        Law Drawn(int ran, DataPlaneSettings settings) => Law.Exact(seed => (ports, Ran.Value(new EntropyStudy(ran, HashKeys.Pairs, pairs, 1, settings), "ports_a_bouncer", seed)));
    }

    /// <summary>Ports of 1 000 pairs fall as balls into 5 529 bins: 914.86 are met, and 90.34 pairs of pairs share one; each flow a ball of its own among 16 384 in lab.</summary>
    [Fact]
    public void Source_ports_fall_as_balls_into_bins()
    {
        Assert.Equal(914.86, Formulas.Occupied(5_529, 1_000), 0.005);
        Met(5_529, 1_000, 1, Ran.Mizar, 1_000).Holds();
        Met(16_384, 8_000, 8, Ran.Lab, 1_000).Holds();
        Met(5_529, 1_000, 1, Ran.Mizar, 1_100).Fails();
        Met(16_384, 8_000, 7, Ran.Lab, 1_000).Fails();
        Shared(1_000).Holds();
        Shared(1_500).Fails();

        static Law Met(int ports, int balls, int flows, DataPlaneSettings settings, int ran) =>
            Law.Statistical(Formulas.Occupied(ports, balls), Formulas.OccupiedDeviation(ports, balls), new EntropyStudy(4, HashKeys.Pairs, ran, flows, settings), "ports");

        // k(k-1)/2 pairs of pairs, each of which meets with 1/n; any two of those are independent.
        static Law Shared(int ran) =>
            Law.Statistical(1_000 * 999 / 2.0 / 5_529, Math.Sqrt(1_000 * 999 / 2.0 / 5_529 * (1 - (1 / 5_529.0))), new EntropyStudy(4, HashKeys.Pairs, ran, 1, Ran.Mizar), "sharing");
    }

    /// <summary>Two droplets meet as birthdays do where each role is drawn with replacement, as upstream draws; spread they never do.</summary>
    [Fact]
    public void Roles_meet_as_birthdays_do()
    {
        double apart = (1 - (1 / 20.0)) * (1 - (2 / 20.0)) * (1 - (3 / 20.0));
        Met(20).Holds();
        Met(22).Fails();
        Distinct(4).Holds();
        Distinct(5).Fails();
        Never(PlacementStrategy.Spread).Holds();
        Never(PlacementStrategy.UpstreamRandom).Fails();

        Law Met(int droplets) => Law.Statistical(1 - apart, Formulas.BinomialDeviation(apart, 4_000), new PlacementStudy(droplets, 4, PlacementStrategy.UpstreamRandom, 4_000), "collided");

        static Law Distinct(int roles) => Law.Statistical(
            Formulas.Occupied(20, 4), Formulas.OccupiedDeviation(20, 4) / Math.Sqrt(4_000), new PlacementStudy(20, roles, PlacementStrategy.UpstreamRandom, 4_000), "distinct");

        static Law Never(PlacementStrategy strategy) => Law.Exact(seed =>
            (0, Ran.Value(new PlacementStudy(Law.Drawn(Law.DrawsOf(seed, "spread"), 4, 40), 4, strategy, 200), "collided", seed)));
    }

    /// <summary>One bouncer, divider or gateway of n that failed hurts 1 − (1 − 1/n)² of the pairs, and 1/n of the directions.</summary>
    [Theory]
    [InlineData(ArchitectureKind.Mizar, ShardTier.Bouncer, 4)]
    [InlineData(ArchitectureKind.Lab, ShardTier.Bouncer, 3)]
    [InlineData(ArchitectureKind.Mizar, ShardTier.Divider, 2)]
    [InlineData(ArchitectureKind.Lab, ShardTier.Divider, 5)]
    [InlineData(ArchitectureKind.Hoverboard, ShardTier.Bouncer, 4)]
    public void One_of_n_hurts_the_pairs_one_of_whose_directions_it_carries(ArchitectureKind architecture, ShardTier tier, int n)
    {
        // Another number of endpoints for each seed, since of the Mizars' addresses nothing is drawn.
        const int least = 40;
        Hurt(n).Holds();
        Hurt(n + 1).Fails();
        double direction = 1.0 / n;
        Law.Statistical(direction, Formulas.BinomialDeviation(direction, 2 * least * least), seed => Ran.Value(Study(n, seed), "one_way", seed)).Holds();

        Law Hurt(int ran) => Law.Statistical(Formulas.Hurt(n), Formulas.BinomialDeviation(Formulas.Hurt(n), least * least), seed => Ran.Value(Study(ran, seed), "hurt", seed));

        ShardFailureStudy Study(int holders, ulong seed) => new(architecture, tier, holders, least + (int)seed, default, ProgrammingOrder.Safe, DataPlaneSettings.Lab);
    }

    /// <summary>Connections of a service one of whose five backends goes: as many as it had go on to it; forgotten, modulo takes 1 − gcd/max elsewhere and rendezvous none that need not.</summary>
    [Fact]
    public void Connections_follow_their_backend_as_their_hash_says()
    {
        const int connections = 500;
        DataPlaneSettings rendezvous = Ran.Mizar with { BackendSharding = ShardingKind.Rendezvous };

        // Ports in a row, not drawn ones: a backend has its share of them and less than a binomial's deviation.
        Dead(4).Holds();
        Dead(3).Fails();
        Moved(Ran.Mizar).Holds();
        Moved(rendezvous).Fails();
        Needless(rendezvous).Holds();
        Needless(Ran.Mizar).Fails();

        static Law Dead(int ran) => Law.Statistical(0.2, Formulas.BinomialDeviation(0.2, connections), new BackendsStudy(5, ran, connections, SimTime.Zero, BalancerKind.Mizar, 2, Ran.Mizar), "dead");

        static Law Moved(DataPlaneSettings settings) =>
            Law.Statistical(1 - (1 / 5.0), Formulas.BinomialDeviation(0.2, connections), new BackendsStudy(5, 4, connections, SimTime.Zero, BalancerKind.Mizar, 2, settings), "moved");

        static Law Needless(DataPlaneSettings settings) => Law.Exact(seed => (0, Ran.Value(new BackendsStudy(5, 4, connections, SimTime.Zero, BalancerKind.Mizar, 2, settings), "needless", seed)));
    }
}
