using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;
using static MizarLab.Tests.DataPlane.LabWorld;

namespace MizarLab.Tests.DataPlane;

/// <summary>The inner TTL, ICMP errors and the gateway's answers in the dialect <c>lab</c>, each on and off (spec §8.1 P17, P25).</summary>
public sealed class LabIcmpTests
{
    private const Switches All = Switches.All;

    [Theory]
    [InlineData(All, 63)]
    [InlineData(All & ~Switches.InnerTtl, 64)]
    public void A_packet_that_changes_network_pays_one(Switches on, byte ttl)
    {
        new LabWorld(on).Transit(Tunnel(Udp(Local, Far)), out byte[] after);
        Assert.Equal(ttl, after[136]);
        AssertInnerChecksum(after.AsSpan(128));
    }

    [Theory]
    [InlineData(0, 63)] // to the gateway's MAC: it changes network here
    [InlineData(2, 64)] // it has paid
    public void A_bouncer_that_knows_the_destination_is_a_router_too(byte flags, byte ttl)
    {
        new LabWorld().Transit(Tunnel(Udp(Local, Remote), flags: flags), out byte[] after);
        Assert.Equal(ttl, after[136]);
        new LabWorld().Transit(Tunnel(Udp(Local, Remote, to: RemoteMac)), out after);
        Assert.Equal(64, after[136]);
    }

    [Fact]
    public void An_expired_packet_is_told_back_to_its_sender()
    {
        LabWorld world = new();
        byte[] inner = Udp(Local, Far, ttl: 1);
        ProgramResult result = world.Transit(Tunnel(inner, flags: 0, ttl: 7, tos: 0x2B), out byte[] after);
        Assert.Equal((Verdict.Redirect, Reason.IcmpError, 0), (result.Verdict, result.Reason, result.Slot));
        Assert.Equal(114 + 70, after.Length);

        // Back through the same tunnel, and of no interest to congestion control.
        Assert.Equal((Own, Host), (Address(after, 26), Address(after, 30)));
        Assert.Equal((64, 0x28), (after[22], after[15]));
        Assert.Equal((0u, 0), (Address(after, 55), after[54]));
        AssertError(after[114..], inner, type: 11, code: 0, mtu: 0);

        // The host it goes back to delivers it like any other frame.
        LabWorld sender = new();
        sender.PutEndpoint(Local, new EndpointValue(EndpointType.Simple, new AddressList(new Ipv4Address(Own)), 2, SenderMac));
        byte[] returned = But(after, f => { MacOf(Own).Write(f); f[33] = 0x15; f[29] = 0x0C; });
        Assert.Equal(Reason.Delivered, sender.Transit(returned, out byte[] delivered).Reason);
        Assert.Equal(70, delivered.Length);
    }

    [Theory]
    [InlineData(All & ~Switches.IcmpErrors)]
    public void Without_errors_it_is_dropped_in_silence(Switches on) =>
        Assert.Equal(Reason.InnerTtlExpired, new LabWorld(on).Transit(Tunnel(Udp(Local, Far, ttl: 1))));

    [Fact]
    public void Nobody_is_told_about_errors_or_by_no_gateway()
    {
        byte[] error = new PacketBuilder().Ethernet(GatewayMac, SenderMac).Ipv4(new Ipv4Address(Local), new Ipv4Address(Far), ttl: 1)
            .Icmp(new IcmpHeader((IcmpType)3, 1, 0)).Bytes(new byte[28]).ToBytes();
        Assert.Equal(Reason.InnerTtlExpired, new LabWorld().Transit(Tunnel(error)));
        LabWorld world = new();
        world.PutNetwork(0x0A00_0000, gateway: 0);
        Assert.Equal(Reason.InnerTtlExpired, world.Transit(Tunnel(Udp(Local, Far, ttl: 1))));
    }

    [Fact]
    public void Errors_are_limited_in_each_window()
    {
        LabWorld world = new(errors: 3);
        byte[] frame = Tunnel(Udp(Local, Far, ttl: 1));
        Assert.Equal([Reason.IcmpError, Reason.IcmpError, Reason.IcmpError, Reason.ErrorsLimited], Enumerable.Range(0, 4).Select(_ => world.Transit(frame)));
        world.Model.Now += SimTime.FromSeconds(2);
        Assert.Equal(Reason.IcmpError, world.Transit(frame));
        Assert.Equal(1ul, world.Drops(Reason.ErrorsLimited));
    }

    /// <summary>A divider on the sender's own droplet: there is no wire to send it back over.</summary>
    [Fact]
    public void A_local_sender_is_told_at_its_slot()
    {
        LabWorld world = new();
        world.Put(Tables.Agents, Agent, new AgentConfig(new Ipv4Address(Own), MacOf(Own), Key(Hosted), new AddressList(new Ipv4Address(Own))) { EndpointMac = HostedMac });
        world.Put(Tables.AgentSubstrate, new AgentSubstrateKey(Agent, new EndpointKey(Vni.Substrate, new Ipv4Address(Own))), MacOf(Own));
        byte[] inner = Udp(Hosted, Far, ttl: 1);
        HostedMac.Write(inner.AsSpan(6));
        ProgramResult result = world.FromEndpoint(inner, out byte[] after);
        Assert.Equal((Reason.IcmpError, Devmap.Transit, 2), (result.Reason, result.Devmap, result.Slot));
        AssertError(after, inner, type: 11, code: 0, mtu: 0);
    }

    [Theory]
    [InlineData(All, 1, Reason.IcmpError)]
    [InlineData(All, 2, Reason.DirectPath)]
    [InlineData(All & ~Switches.InnerTtl, 1, Reason.DirectPath)]
    public void The_agent_takes_one_on_the_direct_path_across_networks(Switches on, byte ttl, Reason reason)
    {
        LabWorld world = new(on);
        world.PutDirectPath(Far, Host);
        byte[] inner = Udp(Hosted, Far, ttl);
        HostedMac.Write(inner.AsSpan(6));
        ProgramResult result = world.FromEndpoint(inner, out byte[] after);
        Assert.Equal(reason, result.Reason);
        if (reason == Reason.IcmpError)
        {
            Assert.Equal((Devmap.Transit, 2), (result.Devmap, result.Slot));
            AssertError(after, inner, type: 11, code: 0, mtu: 0);
        }
        else
        {
            Assert.Equal(on == All ? 1 : ttl, after[136]);
        }
    }

    /// <summary>The entry is the droplet's: in its own network an endpoint pays nothing for it.</summary>
    [Fact]
    public void The_agent_takes_none_within_a_network()
    {
        LabWorld world = new();
        world.Model.Delete(Droplet, Tables.Endpoints, Key(Remote));
        world.PutDirectPath(Remote, Host);
        byte[] inner = Udp(Hosted, Remote, ttl: 1, to: RemoteMac);
        HostedMac.Write(inner.AsSpan(6));
        Assert.Equal(Reason.DirectPath, world.FromEndpoint(inner, out byte[] after).Reason);
        Assert.Equal(1, after[136]);
    }

    [Fact]
    public void A_packet_too_big_is_told_the_mtu()
    {
        LabWorld world = new();
        world.Put(Tables.Interface, 0, new InterfaceConfig(0, new Ipv4Address(Own), MacOf(Own)) { MtuBytes = 600 });
        byte[] inner = new PacketBuilder().Ethernet(GatewayMac, HostedMac)
            .Ipv4(new Ipv4Address(Hosted), new Ipv4Address(Far), flags: Ipv4Flags.DontFragment).Udp(1, 2).Bytes(new byte[500]).ToBytes();
        ProgramResult result = world.FromEndpoint(inner, out byte[] after);
        Assert.Equal((Reason.IcmpError, Devmap.Transit, 2), (result.Reason, result.Devmap, result.Slot));
        AssertError(after, inner, type: 3, code: 4, mtu: 600 - 114);
    }

    [Fact]
    public void The_gateway_answers_an_echo_request()
    {
        byte[] request = Ping(Local, Gateway, ttl: 1);
        LabWorld world = new();
        Assert.Equal(Reason.ToHost, world.Transit(Tunnel(request, flags: 2), out byte[] after).Reason);
        byte[] reply = after[114..];
        Assert.Equal((Gateway, Local), (Address(reply, 26), Address(reply, 30)));
        Assert.Equal((SenderMac, GatewayMac), (MacAddress.Read(reply), MacAddress.Read(reply.AsSpan(6))));
        Assert.Equal((0, 64, 0), (reply[34], reply[22], after[54]));
        Assert.Equal(request[38..], reply[38..]);
        AssertInnerChecksum(reply.AsSpan(14));
        Assert.Equal(0xFFFF, InternetChecksum.Fold(InternetChecksum.Sum(reply.AsSpan(34))));
        Assert.Equal(0u, Address(after, 55));
    }

    [Fact]
    public void The_gateway_takes_nothing_else()
    {
        Assert.Equal(Reason.NoRemote, new LabWorld().Transit(Tunnel(Udp(Local, Gateway))));
        Assert.Equal(Reason.NoSubstrate, new LabWorld(All & ~Switches.GatewayAnswers).Transit(Tunnel(Ping(Local, Gateway))));
    }

    private static void AssertError(byte[] frame, byte[] offender, byte type, byte code, int mtu)
    {
        Assert.Equal(70, frame.Length);
        Assert.Equal((MacAddress.Read(offender.AsSpan(6)), GatewayMac), (MacAddress.Read(frame), MacAddress.Read(frame.AsSpan(6))));
        Assert.Equal((Gateway, Address(offender, 26)), (Address(frame, 26), Address(frame, 30)));
        Assert.Equal((0x45, 56, 64, 1), (frame[14], frame[17], frame[22], frame[23]));
        AssertInnerChecksum(frame.AsSpan(14));
        Assert.Equal((type, code, mtu), (frame[34], frame[35], frame[40] << 8 | frame[41]));
        Assert.Equal(0xFFFF, InternetChecksum.Fold(InternetChecksum.Sum(frame.AsSpan(34))));
        Assert.Equal(offender[14..42], frame[42..]);
    }

    private static void AssertInnerChecksum(ReadOnlySpan<byte> ip) => Assert.Equal(0xFFFF, InternetChecksum.Fold(InternetChecksum.Sum(ip[..20])));

    private static uint Address(byte[] frame, int at) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(at));
}
