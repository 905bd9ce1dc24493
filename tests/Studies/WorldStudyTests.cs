using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Studies;
using MizarLab.Tests.Theory;

namespace MizarLab.Tests.Studies;

/// <summary>Studies of whole small networks: what they count is what the fact sheet says.</summary>
public sealed class WorldStudyTests
{
    /// <summary>Spec §3.9.4 and T3: four frames for a connection's first packet, then one; across networks eight, for its way goes by the divider and the VIP's bouncer twice.</summary>
    [Fact]
    public void A_services_first_packet_goes_round()
    {
        Ran.AssertRepeats(new DetourStudy(false, false, Ran.Mizar));
        Assert.Equal((double[])[4, 2, 2, 2, 1, 3], Ran.Of(new DetourStudy(false, false, Ran.Mizar)).Values);
        Assert.Equal((double[])[4, 2, 2, 2, 1, 3], Ran.Of(new DetourStudy(false, false, Ran.Lab)).Values);
        Assert.Equal((double[])[8, 4, 4, 3, 2, 3], Ran.Of(new DetourStudy(true, false, Ran.Mizar)).Values);
        Assert.Equal((double[])[1, 1, 0, 1, 1, 3], Ran.Of(new DetourStudy(false, true, Ran.Mizar)).Values);

        // Nobody names himself in the host's stead, so the divider has no short way back to the client's host; but later packets take one frame, not two.
        Assert.Equal((double[])[10, 4, 6, 4, 1, 3], Ran.Of(new DetourStudy(true, false, Ran.Lab)).Values);
    }

    [Theory]
    [InlineData(SpoofPlace.Endpoint)]
    [InlineData(SpoofPlace.Underlay)]
    public void A_forged_return_option_diverts_all_who_got_it(SpoofPlace place)
    {
        Assert.Equal((double[])[0.6, 0.6, 0.6], Ran.Of(new SpoofStudy(place, 10, 6, Ran.Mizar)).Values.Select(v => Math.Round(v, 12)));
        Assert.Equal((double[])[0, 0, 0], Ran.Of(new SpoofStudy(place, 10, 6, Ran.Lab)).Values);
        Ran.AssertRepeats(new SpoofStudy(place, 10, 6, Ran.Mizar));
        DataPlaneSettings unguarded = Ran.Lab.With(Switches.SourceValidation | Switches.TrustedPeers, false);
        Assert.Equal(0.6, Ran.Value(new SpoofStudy(place, 10, 6, unguarded), "diverted"), 1e-12);
    }

    /// <summary>What the forger's host does not know it returns, when it is a droplet of ours; a stranger's machine returns nothing.</summary>
    [Fact]
    public void Invalidation_mends_what_a_droplet_was_made_to_attract()
    {
        DataPlaneSettings unguarded = Ran.Lab.With(Switches.SourceValidation | Switches.TrustedPeers, false);
        Assert.Equal(0, Ran.Value(new SpoofStudy(SpoofPlace.Endpoint, 10, 6, unguarded), "lost"));
        Assert.Equal(0.6, Ran.Value(new SpoofStudy(SpoofPlace.Underlay, 10, 6, unguarded), "lost"), 1e-12);
    }

    [Fact]
    public void Tenants_share_nothing_but_upstreams_NAT_cache()
    {
        IsolationStudy mizar = new(4, 10, 4, Ran.Mizar), lab = new(4, 10, 4, Ran.Lab);
        Assert.Equal((double[])[0, 0, 0.75, 10], Ran.Of(mizar).Values);
        Assert.Equal((double[])[0, 0, 0, 40], Ran.Of(lab).Values);
        Ran.AssertRepeats(mizar);

        // Who shares a VNI shares everything.
        Assert.Equal(2 * 3 * 10, Ran.Value(new IsolationStudy(4, 10, 1, Ran.Lab), "breaches"));
    }

    [Theory]
    [InlineData(100, 40, 0)]
    [InlineData(100, 40, 60)]
    [InlineData(100, 40, 75)]
    [InlineData(100, 40, 100)]
    [InlineData(100, 40, 200)]
    public void A_scan_cuts_what_the_table_has_no_room_for(int capacity, int connections, int knocks)
    {
        int cut = Math.Min(connections, Math.Max(0, connections + knocks - capacity));
        Assert.Equal((double)cut / connections, Ran.Value(new ConnectionsStudy(capacity, connections, knocks, oldestFirst: false, Ran.Mizar), "cut"), 1e-12);
        Assert.Equal(cut > 0 ? 1 : 0, Ran.Value(new ConnectionsStudy(capacity, connections, knocks, oldestFirst: true, Ran.Mizar), "cut"));
        Assert.Equal((double[])[0, connections, 0], Ran.Of(new ConnectionsStudy(capacity, connections, knocks, oldestFirst: true, Ran.Lab)).Values);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(1_400)]
    public void The_tunnel_adds_114_bytes(int payload)
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            Assert.Equal((double[])[payload + 42 + 114, 114], Ran.Of(new OverheadStudy(payload, false, TunnelKind.Mizar, settings)).Values.Take(2));
            Assert.Equal(payload / (payload + 42 + 114 + 24.0), Ran.Value(new OverheadStudy(payload, true, TunnelKind.Mizar, settings), "efficiency"), 1e-12);
        }
    }

    [Fact]
    public void Roles_drawn_with_replacement_meet_as_birthdays_do()
    {
        PlacementStudy drawn = new(20, 4, PlacementStrategy.UpstreamRandom, 5_000);
        double apart = (1 - (1 / 20.0)) * (1 - (2 / 20.0)) * (1 - (3 / 20.0));
        Replications.AssertNear(1 - apart, 0.01, Ran.Replicated(drawn, "collided", 10));
        Replications.AssertNear(20 * (1 - Math.Pow(1 - (1 / 20.0), 4)), 0.01, Ran.Replicated(drawn, "distinct", 10));
        Assert.Equal((double[])[0, 4, 1], Ran.Of(new PlacementStudy(20, 4, PlacementStrategy.Spread, 100)).Values);
        Ran.AssertRepeats(new PlacementStudy(20, 4, PlacementStrategy.RoundRobin, 100));
    }

    /// <summary>Averages of the fact sheet (spec 12 §4.2) over 200 trials of another hash, a tenth to either side.</summary>
    [Theory]
    [InlineData(1, 0.0066, 0.0056)]
    [InlineData(10, 0.0326, 0.0225)]
    [InlineData(100, 0.135, 0.0350)]
    public void A_Maglev_tables_slots_change_hands_as_published(int failed, double changed, double needless)
    {
        MaglevStudy study = new(1_000, failed, 65_537, 20, 4, SlotHashing.Table, 0);
        Assert.InRange(Ran.Value(study, "changed"), changed * 0.9, changed * 1.1);
        Assert.InRange(Ran.Value(study, "needless"), needless * 0.9, needless * 1.1);
        Assert.Equal(1, Ran.Value(study, "spread"));
        Assert.Equal(66 * 1_000 / 65_537.0, Ran.Value(study, "max_over_mean"), 1e-12);
        Assert.Equal(14, Ran.Value(study, "example"));
        Assert.NotEqual(14, Ran.Value(new MaglevStudy(10, 1, 101, 1, 5, SlotHashing.Table, 0), "example"));
    }

    /// <summary>Rendezvous hashing shares 65 537 keys among a thousand as balls fall into bins: the fullest has 42.4 % more than the mean, nine times in ten 35.8 to 51.1 % (spec 12 §4.2).</summary>
    [Fact]
    public void Rendezvous_moves_what_it_must_and_shares_unevenly()
    {
        MaglevStudy study = new(1_000, 50, 65_537, 4, 4, SlotHashing.Rendezvous, 0);
        Assert.Equal(0, Ran.Value(study, "needless"));
        Assert.InRange(Ran.Value(study, "changed"), 0.05 - 0.0022, 0.05 + 0.0022);
        Assert.InRange(Ran.Value(study, "max_over_mean"), 1.424 - 0.115, 1.424 + 0.115); // five standard errors of four
    }

    /// <summary>No member above the ceiling, at the price of some that move for others' sake (spec 12 §4.3).</summary>
    [Fact]
    public void Bounded_loads_are_bounded_and_move_more_than_they_must()
    {
        MaglevStudy study = new(200, 10, 13_001, 2, 4, SlotHashing.Bounded, 0.1);
        Assert.Equal(Math.Ceiling(1.1 * 13_001 / 200) * 200 / 13_001, Ran.Value(study, "max_over_mean"), 1e-12);
        Assert.InRange(Ran.Value(study, "needless"), 0.0001, 0.2);
        Assert.Equal(0, Ran.Value(new MaglevStudy(200, 10, 13_001, 2, 4, SlotHashing.Bounded, 9), "needless"));
        Ran.AssertRepeats(study);
    }

    [Theory]
    [InlineData(LiveChange.AddBouncer)]
    [InlineData(LiveChange.AddDivider)]
    [InlineData(LiveChange.RemoveBouncer)]
    [InlineData(LiveChange.RemoveDivider)]
    public void In_the_safe_order_nothing_is_lost(LiveChange change)
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            LiveChangeStudy study = new(change, ProgrammingOrder.Safe, 20, 3, SimTime.FromMicroseconds(500), SimTime.FromMicroseconds(20), settings);
            Assert.Equal(0, Ran.Value(study, "lost"));
            Assert.Equal(4, Ran.Value(study, "frames_a_packet"));
            Assert.Equal(0, Ran.Value(study, "black_hole"));
            Ran.AssertRepeats(study);
        }
    }

    [Fact]
    public void Upstreams_order_loses_what_meets_a_role_before_it_is_programmed()
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            double Lost(LiveChange change, int microseconds) =>
                Ran.Value(new LiveChangeStudy(change, ProgrammingOrder.Upstream, 20, 3, SimTime.FromMicroseconds(microseconds), SimTime.FromMicroseconds(20), settings), "lost");

            Assert.InRange(Lost(LiveChange.AddBouncer, 500), 1, 1_000);
            Assert.InRange(Lost(LiveChange.AddDivider, 500), 1, 1_000);
            Assert.InRange(Lost(LiveChange.AddBouncer, 2_000), 2 * Lost(LiveChange.AddBouncer, 500), 8 * Lost(LiveChange.AddBouncer, 500));

            // A removed divider stays in the bouncers' lists: a black hole for one pair in three.
            double hole = Ran.Value(new LiveChangeStudy(LiveChange.RemoveDivider, ProgrammingOrder.Upstream, 400, 3, SimTime.FromMicroseconds(5), SimTime.FromMicroseconds(20), settings), "black_hole");
            Assert.InRange(hole, (1 / 3.0) - (5 * Math.Sqrt(2 / 9.0 / 400)), (1 / 3.0) + (5 * Math.Sqrt(2 / 9.0 / 400)));
        }
    }

    [Fact]
    public void A_policy_does_not_change_at_once()
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            foreach (ProgrammingOrder order in Enum.GetValues<ProgrammingOrder>())
            {
                (double Denied, double LetIn) Of(PolicyChange change)
                {
                    PolicyChangeStudy study = new(change, 7, order, SimTime.FromMicroseconds(500), SimTime.FromMicroseconds(20), settings);
                    Assert.Equal(0, Ran.Value(study, "wrong_outside"));
                    Ran.AssertRepeats(study);
                    return (Ran.Value(study, "denied"), Ran.Value(study, "let_in"));
                }

                Assert.Equal((0, 0), Of(PolicyChange.AddFirst));
                Assert.InRange(Of(PolicyChange.Replace).Denied, 1, 1_000);
                Assert.Equal(0, Of(PolicyChange.Replace).LetIn);
                Assert.InRange(Of(PolicyChange.DeleteFirst).LetIn, 1, 1_000);
            }
        }
    }

    /// <summary>What spec 03 §3.1 estimates of upstream's: half a gigabyte a host, of it 151 MB of ports, 227 MB of labels and 85 MB of buckets, and 2.8 MB an endpoint.</summary>
    [Fact]
    public void Tables_take_what_their_layouts_say()
    {
        Assert.InRange(Ran.Value(new MemoryStudy(1, 0, false, Ran.Mizar), "fixed"), 500e6, 550e6);
        Assert.InRange(Ran.Value(new MemoryStudy(1, 0, false, Ran.Mizar), "a_pod"), 2.8e6, 2.8e6 + (2 * 65_536) + 30_000); // the sheet counts no buckets here
        Assert.Equal(0, Ran.Value(new MemoryStudy(1, 0, false, Ran.Lab), "a_pod"));
        Assert.Equal(double.NaN, Ran.Value(new MemoryStudy(1, 70_000, false, Ran.Mizar), "host"));
        Ran.AssertRepeats(new MemoryStudy(10, 1_000, false, Ran.Lab));
    }

    /// <summary>A kernel's element is 48 bytes before its key and value (spec 03 §3.1), which are 12 and 24 here.</summary>
    [Fact]
    public void A_full_meshs_grow_with_the_cluster()
    {
        MemoryStudy few = new(10, 1_000, true, Ran.Lab), many = new(10, 101_000, true, Ran.Lab);
        Assert.Equal(100_000 * (48 + 16 + 24), Ran.Value(many, "host") - Ran.Value(few, "host"));
        Assert.Equal(1_048_576 * 16, Ran.Value(few, "fixed") - Ran.Value(new MemoryStudy(10, 0, false, Ran.Lab), "fixed"));
        Assert.Equal(double.NaN, Ran.Value(new MemoryStudy(1, 1_048_576, true, Ran.Lab), "host"));
    }

    /// <summary>Ours, as the kernel counts them.</summary>
    [RootFact]
    public void And_the_kernel_agrees()
    {
        double said = Ran.Value(new MemoryStudy(0, 0, false, Ran.Lab), "fixed");
        Assert.InRange(MizarLab.Harness.Bpf.BpfMemory.Measure(Dialect.Lab, "000000c3").FixedBytes, said * 0.9, said * 1.1);
    }
}
