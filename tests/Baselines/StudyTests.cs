using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Studies;
using MizarLab.Tests.Studies;

namespace MizarLab.Tests.Baselines;

/// <summary>The studies of architectures against closed forms, and against parameters under which these must not hold.</summary>
public class StudyTests
{
    private static readonly CloudMatrix Cloud = new(0.16, 78, 4.82);
    private static readonly EntryLife Achelous = new(SimTime.FromMilliseconds(100), SimTime.FromMilliseconds(50), SimTime.FromMicroseconds(50)) { Batch = 10 };

    private static readonly FirstPacketTimes Times = new(
        SimTime.FromMicroseconds(1), SimTime.FromMicroseconds(2), SimTime.FromMicroseconds(100), SimTime.FromMicroseconds(10), SimTime.FromMicroseconds(500));

    [Theory]
    [InlineData(ArchitectureKind.FullMesh, false, 12, 0)]
    [InlineData(ArchitectureKind.Evpn, true, 12, 0)]
    [InlineData(ArchitectureKind.Hoverboard, false, 24, 0)]
    [InlineData(ArchitectureKind.Achelous, true, 24, 0)]
    [InlineData(ArchitectureKind.OnDemand, false, 1_112, 0)]
    [InlineData(ArchitectureKind.FloodAndLearn, false, 60, 0)]
    [InlineData(ArchitectureKind.Mizar, false, 24, 0)]
    [InlineData(ArchitectureKind.Mizar, true, 48, 1)]
    [InlineData(ArchitectureKind.Lab, false, 24, 0)]
    [InlineData(ArchitectureKind.Lab, true, 48, 0)]
    public void A_first_packet_takes_the_sum_of_its_ways_services_and_links(ArchitectureKind architecture, bool crosses, int microseconds, int laterRelays)
    {
        FirstPacketStudy study = new(architecture, crosses, 50, Times, DataPlaneSettings.Lab);
        Assert.Equal(microseconds * 1e-6, Ran.Value(study, "first"), 15);
        Assert.Equal(laterRelays, Ran.Value(study, "later_relays"));
        Ran.AssertRepeats(study);
    }

    [Theory]
    [InlineData(1e-4, 0.055)]
    [InlineData(1e-3, 0.010)]
    [InlineData(1e-2, 0.000508)]
    public void Offloading_the_busiest_pairs_leaves_what_the_fitted_matrix_says(double share, double residual)
    {
        OffloadStudy study = new(ArchitectureKind.Hoverboard, new OffloadRule(null, share), Cloud, 1_000_000, SimTime.FromSeconds(1_800), 1_000, 100, DataPlaneSettings.Lab);
        Assert.InRange(Ran.Replicated(study, "residual", 3).Mean, residual * 0.8, residual * 1.2);
        Assert.Equal(share, Ran.Value(study, "offloaded"), 6);
        OffloadStudy other = new(ArchitectureKind.Hoverboard, new OffloadRule(null, share), Cloud with { Sigma = 4 }, 1_000_000, SimTime.FromSeconds(1_800), 1_000, 100, DataPlaneSettings.Lab);
        Assert.True(Ran.Value(other, "residual") > residual * 1.2);
        Ran.AssertRepeats(study);
    }

    [Fact]
    public void A_threshold_in_bits_a_second_is_the_quantile_of_its_share()
    {
        // 20 kb/s is the 98 % quantile of all pairs.
        OffloadStudy study = new(ArchitectureKind.Hoverboard, new OffloadRule(20_000, 0), Cloud, 1_000_000, SimTime.FromSeconds(1_800), 1_000, 100, DataPlaneSettings.Lab);
        Assert.InRange(Ran.Value(study, "offloaded"), 0.0193, 0.0207);
        Assert.InRange(Ran.Value(study, "below_20k"), 0.9793, 0.9807);
    }

    [Theory]
    [InlineData(Dialect.Mizar)]
    [InlineData(Dialect.Lab)]
    public void Of_Mizars_pairs_one_packet_passes_a_bouncer(Dialect dialect)
    {
        ArchitectureKind architecture = ArchitectureOf(dialect);
        OffloadStudy offload = new(architecture, new OffloadRule(null, 0), Cloud, 200_000, SimTime.FromSeconds(1_800), 1_000, 100, DataPlaneSettings.Lab);
        Assert.Equal(1, Ran.Value(offload, "relayed_packets"));
        GatewayOverloadStudy bouncer = new(architecture, 0.5, 25, 20_000, DataPlaneSettings.Lab);
        GatewayOverloadStudy gateway = new(ArchitectureKind.Hoverboard, 0.5, 25, 20_000, DataPlaneSettings.Lab);
        Assert.Equal(1 / 50.0, Ran.Value(bouncer, "share"));
        Assert.Equal(50, Ran.Value(bouncer, "knee") / Ran.Value(gateway, "knee"), 3);
        Assert.Equal(1 / 25.0, Ran.Value(new GatewayOverloadStudy(ArchitectureKind.Achelous, 0.5, 25, 20_000, DataPlaneSettings.Lab), "share"));
    }

    [Fact]
    public void A_relays_waits_are_Pollaczeks_and_Khinchines()
    {
        GatewayOverloadStudy study = new(ArchitectureKind.Hoverboard, 0.8, 10, 200_000, DataPlaneSettings.Lab);
        Moments waits = Ran.Replicated(study, "wait", 10);
        Assert.InRange(waits.Mean, 6.5e-6 - (5 * waits.StandardError), 6.5e-6 + (5 * waits.StandardError));
        Assert.True(waits.StandardError < 0.2e-6);
        Assert.True(double.IsNaN(Ran.Value(new GatewayOverloadStudy(ArchitectureKind.Hoverboard, 1.2, 10, 1_000, DataPlaneSettings.Lab), "wait")));
    }

    [Theory]
    [InlineData(1_000, 4)]
    [InlineData(20_000, 2)]
    public void A_host_holds_an_entry_for_each_distinct_peer(int endpoints, int hosted)
    {
        HostCacheStudy study = new(endpoints, hosted, 0.16, 50_000, false, default);
        double share = 1 - Math.Pow(0.84, hosted);
        double expected = (endpoints - hosted) * share, deviation = Math.Sqrt((endpoints - hosted) * share * (1 - share) / 10);
        Assert.InRange(Ran.Replicated(study, "peers", 10).Mean, expected - (5 * deviation), expected + (5 * deviation));
        Assert.Equal(Ran.Value(study, "peers"), Ran.Value(study, "entries"));
        Assert.Equal(0, Ran.Value(study, "evicted"));
        HostCacheStudy small = new(endpoints, hosted, 0.16, 100, false, default);
        Assert.Equal(100, Ran.Value(small, "entries"));
        Assert.True(Ran.Value(small, "evicted") > 0);
    }

    /// <summary>Spec 12 §6.2: with one packet a lifetime in the mean half of all find an entry that goes a lifetime after it was learned, 1 - 1/e one that goes when idle.</summary>
    [Theory]
    [InlineData(AgeingRule.AfterLearning, 1, 0.5)]
    [InlineData(AgeingRule.WhenIdle, 1, 0.632_12)]
    [InlineData(AgeingRule.AfterLearning, 0.01, 0.01 / 1.01)]
    [InlineData(AgeingRule.AfterLearning, 30, 30 / 31.0)]
    [InlineData(AgeingRule.WhenIdle, 0.01, 0.009_950)]
    public void An_entry_is_there_as_often_as_its_ageing_says(AgeingRule rule, double perLifetime, double share)
    {
        EntryAgeing ageing = new(rule, SimTime.FromMilliseconds(100));
        RandomStream random = new(1, "ageing");
        const int Looks = 40_000;
        double there = Enumerable.Range(0, Looks).Count(_ => ageing.IsThere(perLifetime * 10, random)) / (double)Looks;
        Assert.Equal(share, ageing.Share(perLifetime * 10), 5);
        Assert.InRange(there, share - (5 * Math.Sqrt(share * (1 - share) / Looks)), share + (5 * Math.Sqrt(share * (1 - share) / Looks)));
    }

    [Fact]
    public void A_lifetime_leaves_entries_of_those_that_are_talked_to()
    {
        HostCacheStudy kept = new(20_000, 2, 0.16, 50_000, false, default);
        HostCacheStudy aged = new(20_000, 2, 0.16, 50_000, false, new EntryAgeing(AgeingRule.AfterLearning, SimTime.FromMilliseconds(100)));
        double expected = Ran.Value(aged, "expected");
        Assert.InRange(Ran.Value(aged, "entries"), expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        Assert.InRange(expected, 100, Ran.Value(kept, "entries") / 5);
        Assert.Equal(Ran.Value(kept, "peers"), Ran.Value(aged, "peers"));
        Ran.AssertRepeats(aged);
    }

    [Theory]
    [InlineData(0.8, 1_000, 0.43666)]
    [InlineData(1.0, 1_000, 0.67560)]
    [InlineData(0.8, 100, 0.15662)]
    public void A_full_table_hits_as_Che_says(double exponent, int capacity, double anchor)
    {
        CachePressureStudy study = new(10_000, capacity, exponent, 300_000);
        Assert.Equal(anchor, Ran.Value(study, "che"), 4);
        Assert.InRange(Ran.Replicated(study, "hit", 3).Mean, anchor - 0.004, anchor + 0.004);
    }

    [Theory]
    [InlineData(ShardTier.Bouncer, Dialect.Mizar, 4)]
    [InlineData(ShardTier.Bouncer, Dialect.Lab, 3)]
    [InlineData(ShardTier.Divider, Dialect.Mizar, 2)]
    [InlineData(ShardTier.Divider, Dialect.Lab, 4)]
    public void One_of_n_hurts_the_pairs_one_of_whose_directions_it_carries(ShardTier tier, Dialect dialect, int n)
    {
        ShardFailureStudy study = new(ArchitectureOf(dialect), tier, n, 100, default, ProgrammingOrder.Safe, DataPlaneSettings.Of(dialect));
        double hurt = 1 - Math.Pow(1 - (1.0 / n), 2);
        double slack = 5 * Math.Sqrt(hurt * (1 - hurt) / 10_000);
        Assert.InRange(Ran.Value(study, "hurt"), hurt - slack, hurt + slack);
        Assert.Equal(1, Ran.Value(study, "unended"));
        Ran.AssertRepeats(study);
    }

    [Theory]
    [InlineData(Liveness.Mark, Dialect.Mizar, 1)]
    [InlineData(Liveness.Mark, Dialect.Lab, 0)]
    [InlineData(Liveness.Remove, Dialect.Mizar, 0)]
    [InlineData(Liveness.Remove, Dialect.Lab, 0)]
    public void An_outage_is_detection_and_takeover_if_anybody_acts(Liveness kind, Dialect dialect, double unended)
    {
        LivenessSettings liveness = new(kind, SimTime.FromSeconds(1), 3, SimTime.FromMilliseconds(1));
        ShardFailureStudy study = new(ArchitectureOf(dialect), ShardTier.Bouncer, 4, 40, liveness, ProgrammingOrder.Safe, DataPlaneSettings.Of(dialect));
        Assert.Equal(unended, Ran.Value(study, "unended"));
        Assert.InRange(Ran.Value(study, "detection"), 2, 3);
        if (unended == 0)
        {
            double detection = Ran.Value(study, "detection");
            Assert.InRange(Ran.Value(study, "outage"), detection, detection + (Ran.Value(study, "updates") * 1e-3));
        }
    }

    [Fact]
    public void Upstream_black_holes_a_moved_endpoint_until_it_speaks()
    {
        Assert.Equal(1, Ran.Value(Moved(ArchitectureKind.Mizar, null), "unended"));
        Assert.Equal(2, Ran.Value(Moved(ArchitectureKind.Mizar, SimTime.FromSeconds(2)), "longest_outage"));
        Assert.Equal(200, Ran.Value(Moved(ArchitectureKind.Mizar, SimTime.FromSeconds(2)), "lost"));
    }

    [Fact]
    public void Lab_takes_a_stale_entry_back_within_a_round_trip()
    {
        MigrationStudy study = Moved(ArchitectureKind.Lab, null);
        Assert.Equal(1, Ran.Value(study, "stale"));
        Assert.Equal(0, Ran.Value(study, "lost"));
        Assert.Equal(150e-6, Ran.Value(study, "detour"), 12);
        DataPlaneSettings lifetimeAlone = DataPlaneSettings.Lab.With(Switches.DirectPathInvalidation, false) with { DirectPathLifetime = SimTime.FromSeconds(3) };
        Assert.InRange(Ran.Value(Moved(ArchitectureKind.Lab, null, lifetimeAlone), "longest_outage"), 2.998, 3.02);
    }

    [Fact]
    public void A_peer_on_a_bouncer_has_no_entry_to_be_stale()
    {
        Migration migration = new(ArchitectureKind.Mizar, 8, Achelous, null, SimTime.FromMilliseconds(10), SimTime.FromSeconds(1)) { OnBouncers = 4 };
        MigrationStudy study = new(migration, new ControlCosts(), DataPlaneSettings.Mizar);
        Assert.Equal(0.5, Ran.Value(study, "stale"));
        Assert.Equal(0.5, Ran.Value(study, "unended"));
    }

    [Fact]
    public void Learned_entries_are_reconciled_between_their_lifetime_and_a_sweep_later()
    {
        MigrationStudy study = new(new Migration(ArchitectureKind.Achelous, 200, Achelous, null, SimTime.FromMilliseconds(10), SimTime.FromSeconds(4)), new ControlCosts(), DataPlaneSettings.Lab);
        Assert.InRange(Ran.Value(study, "least_refresh_age"), 0.1, 0.101);
        Assert.InRange(Ran.Value(study, "most_refresh_age"), 0.149, 0.15);
        double slack = 5 * 0.05 / Math.Sqrt(12 * 20 * 200);
        Assert.InRange(Ran.Value(study, "first_refresh_age"), 0.125 - slack, 0.125 + slack);
        Assert.Equal(0, Ran.Value(study, "unended"));
        Assert.True(Ran.Value(study, "longest_outage") <= 0.1501);
        Ran.AssertRepeats(study);
    }

    [Theory]
    [InlineData(ArchitectureKind.FullMesh, 1_000, 34, 0)]
    [InlineData(ArchitectureKind.Hoverboard, 11, 1, 0)]
    [InlineData(ArchitectureKind.OnDemand, 9, 1, 0)]
    [InlineData(ArchitectureKind.Evpn, 2_000, 1_002, 1)]
    public void Who_is_told_of_a_move_waits_for_the_last_message(ArchitectureKind architecture, int messages, int sent, int relays)
    {
        // 30 partitions, two gateways, two reflectors and eight hosts with a row; sent one after another, 4.566 us each.
        MigrationStudy study = Moved(architecture, null);
        Assert.Equal(messages, Ran.Value(study, "messages"));
        Assert.Equal((sent * 4.566e-6) + ((relays + 1) * (50e-6 + 12.987e-6)), Ran.Value(study, "longest_outage"), 12);
        Assert.Equal(1, Ran.Value(study, "lost"));
        Ran.AssertRepeats(study);
    }

    [Fact]
    public void Flooding_hosts_hear_a_moved_endpoint_or_forget_it()
    {
        Assert.Equal(2.01, Ran.Value(Moved(ArchitectureKind.FloodAndLearn, SimTime.FromSeconds(2)), "longest_outage"), 9);
        Assert.Equal(0, Ran.Value(Moved(ArchitectureKind.FloodAndLearn, SimTime.FromSeconds(2)), "copies"));
        Assert.Equal(1, Ran.Value(Moved(ArchitectureKind.FloodAndLearn, null), "unended"));
        Migration soon = new(ArchitectureKind.FloodAndLearn, 8, Achelous, null, SimTime.FromMilliseconds(10), SimTime.FromSeconds(10)) { Ageing = SimTime.FromSeconds(3) };
        MigrationStudy forgotten = new(soon, new ControlCosts(), DataPlaneSettings.Lab);
        Assert.Equal(3, Ran.Value(forgotten, "longest_outage"), 9);
        Assert.Equal(300, Ran.Value(forgotten, "lost"));
        Assert.Equal(999, Ran.Value(forgotten, "copies"));
    }

    [Theory]
    [InlineData(ArchitectureKind.Hoverboard, 0.36)]
    [InlineData(ArchitectureKind.OnDemand, 0.36)]
    [InlineData(ArchitectureKind.FullMesh, 0)]
    [InlineData(ArchitectureKind.Evpn, 0)]
    public void A_gateway_of_n_hurts_as_a_bouncer_does_and_a_full_mesh_has_none(ArchitectureKind architecture, double hurt)
    {
        ShardFailureStudy study = new(architecture, ShardTier.Bouncer, 5, 100, default, ProgrammingOrder.Safe, DataPlaneSettings.Lab);
        Assert.InRange(Ran.Value(study, "hurt"), hurt * 0.93, hurt * 1.07);
        Ran.AssertRepeats(study);
    }

    [Theory]
    [InlineData(ArchitectureKind.Mizar, Liveness.Takeover, 1)]
    [InlineData(ArchitectureKind.Lab, Liveness.Takeover, 1)]
    [InlineData(ArchitectureKind.Hoverboard, Liveness.Takeover, 1)]
    [InlineData(ArchitectureKind.Hoverboard, Liveness.Remove, 4)]
    public void A_takeover_of_the_address_is_one_update(ArchitectureKind architecture, Liveness kind, int updates)
    {
        LivenessSettings liveness = new(kind, SimTime.FromSeconds(1), 3, SimTime.FromMilliseconds(1));
        ShardFailureStudy study = new(architecture, ShardTier.Bouncer, 4, 40, liveness, ProgrammingOrder.Safe, DataPlaneSettings.Lab);
        Assert.Equal(0, Ran.Value(study, "unended"));
        Assert.Equal(updates, Ran.Value(study, "updates"));
        Assert.Equal(Ran.Value(study, "detection") + (updates * 1e-3), Ran.Value(study, "longest_outage"), 12);
    }

    [Theory]
    [InlineData(ArchitectureKind.Lab, 502.1)]
    [InlineData(ArchitectureKind.OnDemand, 638.0)]
    [InlineData(ArchitectureKind.FullMesh, 1_000)]
    public void Rows_of_addresses_serve_a_hosts_endpoints_together(ArchitectureKind architecture, double rows)
    {
        // Four endpoints on a host: (1 000 - 4)(1 - 0.84^4) of addresses, (1 000 - 4) 0.16 4 of pairs.
        OffloadStudy study = new(architecture, new OffloadRule(null, 0.001), Cloud, 400_000, SimTime.FromSeconds(1_800), 1_000, 250, DataPlaneSettings.Lab);
        Assert.InRange(Ran.Value(study, "rows"), rows * 0.99, rows * 1.01);
    }

    [Theory]
    [InlineData(ArchitectureKind.FloodAndLearn, 99, 98)]
    [InlineData(ArchitectureKind.OnDemand, 2, 1)]
    [InlineData(ArchitectureKind.Hoverboard, 1, 0)]
    [InlineData(ArchitectureKind.FullMesh, 0, 0)]
    public void A_packet_to_nobody_costs_others_what_defines_them(ArchitectureKind architecture, int frames, int extra)
    {
        UnknownStudy study = new(architecture, 100, UnknownTarget.OwnNetwork, 64, 10, 2, 2, DataPlaneSettings.Lab);
        Assert.Equal(frames, Ran.Value(study, "frames"));
        Assert.Equal(extra, Ran.Value(study, "extra"));
    }

    [Fact]
    public void Nodes_that_watch_are_told_of_all_pods()
    {
        Assert.Equal(90_000, Ran.Value(new FanOutStudy(ArchitectureKind.FullMesh, new ControlShape(60, 1_000) { Updates = 3, Partitions = 1 }, 2, new ControlCosts(), DataPlaneSettings.Lab), "events"));
        FanOutStudy mizar = new(ArchitectureKind.Mizar, new ControlShape(60, 1_000) { Updates = 3, Partitions = 1 }, 2, new ControlCosts(), DataPlaneSettings.Lab);
        Assert.Equal(90, Ran.Value(mizar, "events") + Ran.Value(mizar, "merged"), 9);
    }

    [Theory]
    [InlineData(100, 20, 2, 2)]
    [InlineData(300, 40, 4, 3)]
    public void A_bouncer_costs_updates_in_proportion_to_the_endpoints(int endpoints, int hosts, int bouncers, int dividers)
    {
        RoleChangeStudy study = new(endpoints, hosts, bouncers, dividers, DataPlaneSettings.Mizar);
        Assert.Equal((2 * bouncers) + 3, Ran.Value(study, "endpoint_updates"));
        Assert.Equal(2 * endpoints, Ran.Value(study, "at_agents"));
        Assert.InRange(Ran.Value(study, "at_dividers"), dividers, 2 * dividers);
        Assert.Equal(Ran.Value(study, "bouncer_updates"), Ran.Value(study, "at_agents") + Ran.Value(study, "at_dividers") + Ran.Value(study, "at_bouncer"));
    }

    private static ArchitectureKind ArchitectureOf(Dialect dialect) => dialect == Dialect.Lab ? ArchitectureKind.Lab : ArchitectureKind.Mizar;

    private static MigrationStudy Moved(ArchitectureKind architecture, SimTime? reverse, DataPlaneSettings? settings = null) => new(
        new Migration(architecture, 8, Achelous, reverse, SimTime.FromMilliseconds(10), SimTime.FromSeconds(10)) { Network = new ControlShape(1, 1_000) { RowHolders = 8 } },
        new ControlCosts(), settings ?? DataPlaneSettings.Lab);
}
