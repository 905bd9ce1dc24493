using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Studies;
using MizarLab.Tests.Studies;

namespace MizarLab.Tests.Laws;

/// <summary>Endpoints that move, droplets that fail, roles that change (spec 12 §8 E8, E9; spec 09 Q6): how long others go on as before, under ten seeds.</summary>
public sealed class MoveLawTests
{
    private static readonly EntryLife Achelous = new(SimTime.FromMilliseconds(100), SimTime.FromMilliseconds(50), SimTime.FromMicroseconds(50)) { Batch = 10 };

    /// <summary>Without a lifetime a stale entry stays until the moved endpoint itself speaks; lab's old host sends the first packet back, and it is three links late.</summary>
    [Fact]
    public void A_stale_entry_stays_until_the_moved_endpoint_speaks_or_is_taken_back()
    {
        Lost(ArchitectureKind.Mizar, 0).Holds();
        Lost(ArchitectureKind.Mizar, 1).Fails();
        Lost(ArchitectureKind.Lab, 0).Fails();
        Of(ArchitectureKind.Mizar, "longest_outage", m => Packets(m) * Seconds(m.Period)).Holds();
        Of(ArchitectureKind.Lab, "lost", _ => 0).Holds();
        Of(ArchitectureKind.Lab, "detour", m => 3 * Seconds(m.Life.Link)).Holds();
        Of(ArchitectureKind.Lab, "detour", m => 2 * Seconds(m.Life.Link)).Fails();
        Of(ArchitectureKind.Mizar, "stale", _ => 1).Holds();

        static Law Lost(ArchitectureKind architecture, int more) => Of(architecture, "lost", m => Packets(m) + more);

        // Sent before it speaks.
        static long Packets(Migration m) => (m.Reverse!.Value.Picoseconds + m.Period.Picoseconds - 1) / m.Period.Picoseconds;

        static Law Of(ArchitectureKind architecture, string measure, Func<Migration, double> says) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "stale");
            Migration migration = new(
                architecture, Law.Drawn(random, 1, 8), Achelous with { Link = SimTime.FromMicroseconds(Law.Drawn(random, 1, 90)) },
                SimTime.FromMilliseconds(Law.Drawn(random, 100, 900)), SimTime.FromMilliseconds(Law.Drawn(random, 3, 20)), SimTime.FromSeconds(3));
            return (says(migration), Ran.Value(new MigrationStudy(migration, new ControlCosts(), DataPlaneSettings.Lab), measure, seed));
        });
    }

    /// <summary>With nothing but a lifetime an entry is dropped at its end, to a packet and two ticks of the data plane's clock.</summary>
    [Fact]
    public void With_a_lifetime_alone_an_outage_is_the_lifetime()
    {
        const double tick = 0.001048576;
        for (ulong seed = 1; seed <= Law.Seeds; seed++)
        {
            RandomStream random = Law.DrawsOf(seed, "lifetime");
            (int lifetime, int period) = (Law.Drawn(random, 500, 4_000), Law.Drawn(random, 2, 20));
            Assert.InRange(Outage(lifetime, period, lifetime), (lifetime / 1e3) - (2 * tick), ((lifetime + period) / 1e3) + (2 * tick));
            Assert.NotInRange(Outage(2 * lifetime, period, lifetime), (lifetime / 1e3) - (2 * tick), ((lifetime + period) / 1e3) + (2 * tick));
        }

        static double Outage(int ran, int period, int seed)
        {
            DataPlaneSettings settings = DataPlaneSettings.Lab.With(Switches.DirectPathInvalidation, false) with { DirectPathLifetime = SimTime.FromMilliseconds(ran) };
            Migration migration = new(ArchitectureKind.Lab, 3, Achelous, null, SimTime.FromMilliseconds(period), SimTime.FromSeconds(10));
            return Ran.Value(new MigrationStudy(migration, new ControlCosts(), settings), "longest_outage", (ulong)seed);
        }
    }

    /// <summary>Entries older than T are reconciled at the next sweep: at an age evenly between T and T + the sweep, and an outage is no longer than that and a round trip.</summary>
    [Fact]
    public void Learned_entries_are_reconciled_evenly_between_a_lifetime_and_a_sweep_later()
    {
        const int peers = 100, hosts = 20;
        double deviation = 0.05 / Math.Sqrt(12 * hosts * peers);
        Age(Achelous).Holds();
        Age(Achelous with { Lifetime = SimTime.FromMilliseconds(103) }).Fails();
        Age(Achelous with { Sweep = SimTime.FromMilliseconds(60) }).Fails();
        for (ulong seed = 1; seed <= Law.Seeds; seed++)
        {
            MigrationStudy study = Study(Achelous);
            Assert.True(Ran.Value(study, "least_refresh_age", seed) >= 0.1);
            Assert.InRange(Ran.Value(study, "most_refresh_age", seed), 0.14, 0.15);
            Assert.InRange(Ran.Value(study, "longest_outage", seed), 0.1, 0.15 + 1e-4);
            Assert.Equal(0, Ran.Value(study, "unended", seed));
        }

        Law Age(EntryLife life) => Law.Statistical(0.125, deviation, Study(life), "first_refresh_age");

        static MigrationStudy Study(EntryLife life) => new(
            new Migration(ArchitectureKind.Achelous, peers, life, null, SimTime.FromMilliseconds(10), SimTime.FromSeconds(2)), new ControlCosts(), DataPlaneSettings.Lab);
    }

    /// <summary>Who is told of a move waits for the last message: ⌈h/P⌉ sendings in a full mesh, r and then h with reflectors, one at a gateway.</summary>
    [Fact]
    public void Who_is_told_of_a_move_waits_for_the_last_message()
    {
        Waits(ArchitectureKind.FullMesh, s => ((s.Hosts + s.Partitions - 1) / s.Partitions, 1)).Holds();
        Waits(ArchitectureKind.Hoverboard, _ => (1, 1)).Holds();
        Waits(ArchitectureKind.OnDemand, _ => (1, 1)).Holds();
        Waits(ArchitectureKind.Evpn, s => (s.Reflectors + s.Hosts, 2)).Holds();
        Waits(ArchitectureKind.Evpn, s => (s.Hosts, 2)).Fails();
        Waits(ArchitectureKind.FullMesh, _ => (1, 1)).Fails();
        Messages(ArchitectureKind.FullMesh, s => s.Hosts).Holds();
        Messages(ArchitectureKind.Evpn, s => s.Reflectors * s.Hosts).Holds();
        Messages(ArchitectureKind.Hoverboard, s => s.Gateways + 1 + s.RowHolders).Holds();
        Messages(ArchitectureKind.OnDemand, s => 1 + s.RowHolders).Holds();
        Messages(ArchitectureKind.Achelous, s => s.Gateways + 1).Holds();
        Messages(ArchitectureKind.Achelous, s => s.Gateways + 1 + s.RowHolders).Fails();

        static Law Waits(ArchitectureKind architecture, Func<ControlShape, (int Sent, int Ways)> says) => Law.Exact(seed =>
        {
            (Migration migration, ControlCosts costs) = Drawn(architecture, seed);
            (int sent, int ways) = says(migration.Network);
            return ((sent * Seconds(costs.Send)) + (ways * (Seconds(costs.Link) + Seconds(costs.Apply))), Ran.Value(new MigrationStudy(migration, costs, DataPlaneSettings.Lab), "longest_outage", seed));
        });

        static Law Messages(ArchitectureKind architecture, Func<ControlShape, int> says) => Law.Exact(seed =>
        {
            (Migration migration, ControlCosts costs) = Drawn(architecture, seed);
            return (says(migration.Network), Ran.Value(new MigrationStudy(migration, costs, DataPlaneSettings.Lab), "messages", seed));
        });

        // Fewer gateways and row holders than partitions, so that each is sent by one of its own; rows are applied faster than they are sent.
        static (Migration, ControlCosts) Drawn(ArchitectureKind architecture, ulong seed)
        {
            RandomStream random = Law.DrawsOf(seed, "told");
            ControlShape network = new(1, Law.Drawn(random, 50, 900)) { Gateways = Law.Drawn(random, 1, 4), Reflectors = Law.Drawn(random, 1, 4), RowHolders = Law.Drawn(random, 1, 8) };
            ControlCosts costs = new() { Send = SimTime.FromNanoseconds(Law.Drawn(random, 2_000, 9_000)), Apply = SimTime.FromNanoseconds(Law.Drawn(random, 10, 1_999)) };
            return (new Migration(architecture, 4, Achelous, null, SimTime.FromMilliseconds(10), SimTime.FromSeconds(1)) { Network = network }, costs);
        }
    }

    /// <summary>A failure comes evenly between two probes, so detection takes m − ½ probes in the mean; a standby that takes the address ends all outages an update later.</summary>
    [Fact]
    public void An_outage_is_detection_and_takeover()
    {
        Detection(3).Holds();
        Detection(8).Fails();
        Takeover(1).Holds();
        Takeover(2).Fails();
        for (ulong seed = 1; seed <= Law.Seeds; seed++)
        {
            ShardFailureStudy study = Study(ArchitectureKind.Mizar, Liveness.Remove, 3);
            double detection = Ran.Value(study, "detection", seed);
            Assert.InRange(detection, 2, 3);
            Assert.InRange(Ran.Value(study, "outage", seed), detection, detection + (Ran.Value(study, "updates", seed) * 1e-3));
        }

        static Law Detection(int ran) => Law.Statistical(2.5, 1 / Math.Sqrt(12), Study(ArchitectureKind.Lab, Liveness.Takeover, ran), "detection");

        static Law Takeover(int updates) => Law.Exact(seed =>
        {
            ShardFailureStudy study = Study(seed % 2 == 0 ? ArchitectureKind.Mizar : ArchitectureKind.Hoverboard, Liveness.Takeover, 3);
            return (Ran.Value(study, "detection", seed) + (updates * 1e-3), Ran.Value(study, "longest_outage", seed));
        });

        static ShardFailureStudy Study(ArchitectureKind architecture, Liveness kind, int misses) =>
            new(architecture, ShardTier.Bouncer, 4, 10, new LivenessSettings(kind, SimTime.FromSeconds(1), misses, SimTime.FromMilliseconds(1)), ProgrammingOrder.Safe, DataPlaneSettings.Lab);
    }

    /// <summary>A change in the safe order loses nothing, whatever the network; in upstream's a removed divider is a black hole for one pair in r.</summary>
    [Fact]
    public void The_safe_order_loses_nothing_and_upstreams_leaves_a_black_hole()
    {
        Lost(ProgrammingOrder.Safe).Holds();
        Lost(ProgrammingOrder.Upstream).Fails();
        Hole(3, ProgrammingOrder.Upstream).Holds();
        Hole(4, ProgrammingOrder.Upstream).Fails();
        Hole(3, ProgrammingOrder.Safe).Fails();

        static Law Lost(ProgrammingOrder order) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "live");
            LiveChange change = (LiveChange)Law.Drawn(random, 0, 3);
            LiveChangeStudy study = new(
                change, order, Law.Drawn(random, 5, 15), Law.Drawn(random, 2, 4), SimTime.FromMicroseconds(Law.Drawn(random, 200, 600)), SimTime.FromMicroseconds(Law.Drawn(random, 20, 60)), seed % 2 == 0 ? Ran.Mizar : Ran.Lab);
            return (0, Ran.Value(study, "lost", seed) + Ran.Value(study, "black_hole", seed));
        });

        // As many pairs as endpoints, another number for each seed.
        static Law Hole(int ran, ProgrammingOrder order) => Law.Statistical(1 / 3.0, Formulas.BinomialDeviation(1 / 3.0, 200), seed =>
            Ran.Value(new LiveChangeStudy(LiveChange.RemoveDivider, order, 200 + (int)(seed * 5), ran, SimTime.FromMicroseconds(5), SimTime.FromMicroseconds(20), Ran.Mizar), "black_hole", seed));
    }

    private static double Seconds(SimTime time) => time.Picoseconds / 1e12;
}
