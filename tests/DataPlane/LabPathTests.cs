using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;
using static MizarLab.Tests.DataPlane.LabWorld;

namespace MizarLab.Tests.DataPlane;

/// <summary>Where transit of the dialect <c>lab</c> sends a frame: loops, ARP, the life of direct paths; each correction on and off (spec §3.6 to §3.8, §8.1).</summary>
public sealed class LabPathTests
{
    private const Switches All = Switches.All;
    private const byte Direct = 1, Routed = 2, Divided = 4, Substituted = 8;

    [Theory]
    [InlineData(All, Reason.UnknownEndpoint)]
    [InlineData(All & ~Switches.LoopGuard, Reason.NetworkToBouncer)]
    public void What_a_divider_sent_on_comes_to_no_divider_again(Switches on, Reason reason) =>
        Assert.Equal(reason, new LabWorld(on).Transit(Tunnel(Udp(Local, Unknown), flags: Divided | Routed)));

    [Fact]
    public void A_divider_marks_what_it_sends_on()
    {
        Assert.Equal(Reason.NetworkToBouncer, new LabWorld().Transit(Tunnel(Udp(Local, Far)), out byte[] after).Reason);
        Assert.Equal(Divided | Routed, after[54]);
        new LabWorld(All & ~Switches.LoopGuard & ~Switches.InnerTtl).Transit(Tunnel(Udp(Local, Far)), out after);
        Assert.Equal(0, after[54]);
    }

    [Theory]
    [InlineData(All, false)]
    [InlineData(All & ~Switches.LoopGuard, true)]
    public void A_divider_never_learns_itself(Switches on, bool learns)
    {
        LabWorld world = new(on);
        world.PutNetwork(0x0A00_1400, FarGateway, guarded: true);
        byte[] frame = But(Tunnel(Udp(0x0A00_1E02, Far)), f => f[58] = 0x15);
        Assert.Equal(Reason.NetworkToBouncer, world.Transit(frame));
        Assert.Equal(learns, world.Learned(0x0A00_1E02) is not null);
    }

    [Theory]
    [InlineData(All, Reason.ArpUnanswered)]
    [InlineData(All & ~Switches.ArpSuppression, Reason.NetworkToBouncer)]
    public void Arp_for_nobody_ends_at_the_bouncer(Switches on, Reason reason) =>
        Assert.Equal(reason, new LabWorld(on).Transit(Tunnel(ArpRequest(Local, Unknown))));

    [Fact]
    public void Arp_is_answered_without_flags()
    {
        Assert.Equal(Reason.ToHost, new LabWorld().Transit(Tunnel(ArpRequest(Local, Remote), flags: Direct | Substituted), out byte[] after).Reason);
        Assert.Equal(0, after[54]);
        Assert.Equal(Host, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(after.AsSpan(55)));
    }

    [Theory]
    [InlineData(All, 31, Reason.NetworkToBouncer)]
    [InlineData(All, 29, Reason.DirectPath)]
    [InlineData(All & ~Switches.DirectPathLifetime, 31, Reason.DirectPath)]
    public void An_entry_nobody_renewed_is_not_used(Switches on, double secondsAgo, Reason reason)
    {
        LabWorld world = new(on);
        world.PutNetwork(0x0A00_1400, FarGateway, guarded: true);
        world.PutDirectPath(Far, Host, secondsAgo);
        Assert.Equal(reason, world.Transit(Tunnel(Udp(Local, Far))));
    }

    [Fact]
    public void A_frame_that_says_the_same_renews_the_entry_and_changes_nothing()
    {
        LabWorld world = new();
        byte[] frame = Tunnel(Udp(0x0A00_1402, Hosted));
        Assert.Equal(Reason.Delivered, world.Transit(frame));
        CachedHost first = world.Learned(0x0A00_1402)!.Value;
        world.Model.ReportChanges = true;
        world.Model.Now += SimTime.FromSeconds(20);
        world.Transit(frame);
        Assert.Empty(world.Model.TakeChanges());
        CachedHost second = world.Learned(0x0A00_1402)!.Value;
        Assert.True(second.Says(in first) && LabClock.Age(second.Seen, first.Seen) > 19_000);
    }

    [Theory]
    [InlineData(All, true, Reason.NetworkToBouncer)]
    [InlineData(All, false, Reason.DirectPath)]
    [InlineData(All & ~Switches.HostHealth, true, Reason.DirectPath)]
    public void An_unhealthy_host_is_sent_to_by_nobody(Switches on, bool told, Reason reason)
    {
        LabWorld world = new(on);
        world.PutNetwork(0x0A00_1400, FarGateway, guarded: true);
        world.PutDirectPath(Far, Host);
        world.Put(Tables.Peers, new Ipv4Address(Host), PeerState.Unhealthy);
        world.Put(Tables.Interface, 0, new InterfaceConfig(0, new Ipv4Address(Own), MacOf(Own)) { HasUnhealthyPeers = told });
        Assert.Equal(reason, world.Transit(Tunnel(Udp(Local, Far), from: Bouncer)));
    }

    [Fact]
    public void A_divider_sends_on_what_was_sent_to_it_directly()
    {
        LabWorld world = new();
        Assert.Equal(Reason.NetworkToBouncer, world.Transit(Tunnel(Udp(Local, Far), flags: Direct)));
        Assert.Equal(Reason.Returned, world.Transit(Tunnel(ArpRequest(Local, Far), flags: Direct)));
    }

    [Theory]
    [InlineData(All, Direct, Reason.Returned)]
    [InlineData(All, 0, Reason.NoVpc)]
    [InlineData(All & ~Switches.DirectPathInvalidation, Direct, Reason.NoVpc)]
    public void The_old_host_sends_a_frame_back(Switches on, byte flags, Reason reason)
    {
        byte[] frame = Tunnel(Udp(Local, 0x0A09_0909), flags: flags);
        Assert.Equal(reason, new LabWorld(on).Transit(frame, out byte[] after).Reason);
        if (reason == Reason.Returned)
        {
            Assert.Equal(0xC8, after[52]);
            Assert.Equal(0x40, after[43]);
            Assert.Equal(63, after[22]);
            Assert.Equal((Own, Host), (Address(after, 26), Address(after, 30)));
            Assert.Equal((MacOf(Host), MacOf(Own)), (MacAddress.Read(after), MacAddress.Read(after.AsSpan(6))));
            Assert.Equal(frame[53..], after[53..]);
        }
    }

    /// <summary>What came back to the sender's host drops the entry and goes to the agent's bouncer, with a new TTL.</summary>
    [Theory]
    [InlineData(Host, true)]
    [InlineData(Divider, false)]
    public void The_sender_mends_a_returned_frame(uint entry, bool forgotten)
    {
        LabWorld world = new();
        world.PutDirectPath(Far, entry);
        ProgramResult result = world.Transit(Returned(Udp(Hosted, Far)), out byte[] after);
        Assert.Equal((Verdict.Redirect, Reason.Repaired), (result.Verdict, result.Reason));
        Assert.Equal(forgotten, world.Learned(Far) is null);
        Assert.Equal((0x48, 0, 63), (after[52], after[43], after[22]));
        Assert.Equal(Routed, after[54]);
        Assert.Equal((Own, Bouncer), (Address(after, 26), Address(after, 30)));
        Assert.Equal(MacOf(Bouncer), MacAddress.Read(after));
    }

    [Fact]
    public void A_divider_mends_it_by_a_bouncer_and_nobody_else_does()
    {
        LabWorld world = new();
        world.PutDirectPath(Far, Host);
        Assert.Equal(Reason.Repaired, world.Transit(Returned(Udp(0x0A00_1E02, Far)), out byte[] after).Reason);
        Assert.Equal(Divided | Routed, after[54]);
        Assert.Null(world.Learned(Far));
        Assert.Equal(Reason.StaleReturn, world.Transit(Returned(Udp(0x0A00_1E02, 0x0A09_0909))));
    }

    /// <summary>Without the switch, the critical option is one nobody understands.</summary>
    [Fact]
    public void A_returned_frame_without_the_switch_is_refused() =>
        Assert.Equal(Reason.BadOptions, new LabWorld(All & ~Switches.DirectPathInvalidation).Transit(Returned(Udp(Hosted, Far))));

    [Theory]
    [InlineData(All, false, false)]
    [InlineData(All, true, true)]
    [InlineData(All & ~Switches.DirectAcrossNetworks, false, true)]
    public void A_divider_stays_out_of_the_way_of_networks_without_guards(Switches on, bool guarded, bool substitutes)
    {
        LabWorld world = new(on);
        world.PutNetwork(0x0A00_1400, FarGateway, guarded);
        world.Transit(Tunnel(Udp(0x0A00_1E02, Far)), out byte[] after);
        Assert.Equal(substitutes ? Own : Host, Address(after, 55));
        Assert.Equal(substitutes, (after[54] & Substituted) != 0);
        Assert.Equal(substitutes, world.Learned(0x0A00_1E02) is not null);
    }

    [Theory]
    [InlineData(All, Reason.TtlExpired)]
    [InlineData(All & ~Switches.OuterTtl, Reason.DirectPath)]
    public void The_outer_ttl_is_checked_on_the_cached_branch_too(Switches on, Reason reason)
    {
        LabWorld world = new(on);
        world.PutNetwork(0x0A00_1400, FarGateway, guarded: true);
        world.PutDirectPath(Far, Host);
        Assert.Equal(reason, world.Transit(Tunnel(Udp(Local, Far), ttl: 1)));
    }

    /// <summary>Direct, then by a bouncer: only the first is marked.</summary>
    [Fact]
    public void Any_other_rewrite_takes_the_direct_flag_off()
    {
        LabWorld world = new();
        world.Transit(Tunnel(Udp(Local, Remote), flags: Direct), out byte[] after);
        Assert.Equal(0, after[54] & Direct);
        world.PutNetwork(0x0A00_1400, FarGateway, guarded: true);
        world.PutDirectPath(Far, Host);
        world.Transit(Tunnel(Udp(Local, Far)), out after);
        Assert.Equal(Direct, after[54] & Direct);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(Substituted, false)]
    public void An_entry_tells_a_host_from_a_divider_in_its_stead(byte flags, bool crosses)
    {
        LabWorld world = new();
        world.Transit(Tunnel(Udp(0x0A00_1402, Hosted), flags: flags));
        Assert.Equal(crosses, world.Learned(0x0A00_1402)!.Value.Crosses);
    }

    private static byte[] Returned(byte[] inner) => But(Tunnel(inner, flags: Direct | Routed), f => (f[52], f[43]) = (0xC8, 0x40));

    private static uint Address(byte[] frame, int at) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(at));
}
