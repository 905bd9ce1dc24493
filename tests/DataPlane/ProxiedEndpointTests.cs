using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>An endpoint behind whose interface is a user-space function: what it is given, what it may send, and what a hostile one cannot.</summary>
public sealed class ProxiedEndpointTests
{
    private const uint Neighbour = 0x0A00_0008;
    private static readonly AgentId Neighbours = new(3);
    private static readonly MacAddress NeighbourMac = new(0x0600_0000_0008);

    [Fact]
    public void The_function_gets_the_frame_as_it_came()
    {
        LabWorld world = Proxied();
        byte[] sent = LabWorld.Tunnel(LabWorld.Udp(LabWorld.Unknown, LabWorld.Hosted, to: LabWorld.HostedMac));
        Assert.Equal(new ProgramResult(Verdict.Redirect, Reason.ToFunction, Devmap.Transit, 2), world.Transit(sent, out byte[] after));
        Assert.Equal(sent, after);
        Assert.Equal(LabWorld.Host, world.Learned(LabWorld.Unknown)?.Host.Address.Value);
    }

    /// <summary>Inside the tunnel the packet is what any endpoint would get: it paid for its way, and has the endpoint's MAC.</summary>
    [Fact]
    public void The_packet_inside_is_treated_as_any_endpoints()
    {
        LabWorld world = Proxied();
        Assert.Equal(Reason.ToFunction, world.Transit(LabWorld.Tunnel(LabWorld.Udp(LabWorld.Far, LabWorld.Hosted, ttl: 9)), out byte[] after).Reason);
        Assert.Equal(LabWorld.HostedMac, MacAddress.Read(after.AsSpan(114)));
        Assert.Equal(8, after[114 + 14 + 8]);
        Assert.NotEqual(Reason.ToFunction, world.Transit(LabWorld.Tunnel(LabWorld.Udp(LabWorld.Far, LabWorld.Hosted, ttl: 1))));
    }

    /// <summary>Who takes a tunnel off joins its congestion marks; here that is the function.</summary>
    [Fact]
    public void Congestion_marks_stay_on_the_tunnel()
    {
        byte[] marked = LabWorld.Tunnel(LabWorld.Udp(LabWorld.Remote, LabWorld.Hosted, to: LabWorld.HostedMac), tos: 3);
        Assert.Equal(Reason.CongestionLost, new LabWorld().Transit(marked));
        Assert.Equal(Reason.ToFunction, Proxied().Transit(marked, out byte[] after).Reason);
        Assert.Equal(marked, after);
    }

    [Fact]
    public void The_dialect_mizar_knows_no_proxied_endpoint()
    {
        LabWorld world = new(new ModelDataPlane(1, DataPlaneSettings.Mizar));
        world.PutEndpoint(LabWorld.Hosted, Row());
        Assert.Equal(Reason.Delivered, world.Transit(LabWorld.Tunnel(LabWorld.Udp(LabWorld.Remote, LabWorld.Hosted), standard: false)));
    }

    [Fact]
    public void It_is_no_switchs_affair()
    {
        LabWorld world = new(Switches.None);
        world.PutEndpoint(LabWorld.Hosted, Row());
        Assert.Equal(Reason.ToFunction, world.Transit(LabWorld.Tunnel(LabWorld.Udp(LabWorld.Remote, LabWorld.Hosted), standard: false)));
    }

    [Fact]
    public void A_frame_without_a_slot_is_aborted()
    {
        LabWorld world = new();
        world.PutEndpoint(LabWorld.Hosted, Row() with { Slot = 7 });
        Assert.Equal(Reason.NoEndpointSlot, world.Transit(LabWorld.Tunnel(LabWorld.Udp(LabWorld.Remote, LabWorld.Hosted))));
    }

    /// <summary>The function wants the tunnel from a neighbour on the droplet too; anybody else gets the frame without.</summary>
    [Theory]
    [InlineData(true, Reason.ToFunction, 114)]
    [InlineData(false, Reason.LocalDelivery, 0)]
    public void A_neighbour_reaches_it_through_transit(bool proxied, Reason reason, int overhead)
    {
        LabWorld world = WithNeighbour(proxied);
        byte[] sent = From(NeighbourMac, LabWorld.Udp(Neighbour, LabWorld.Hosted, to: LabWorld.HostedMac));
        ProgramResult result = Run(world, Neighbours, sent, out byte[] after);
        Assert.Equal(new ProgramResult(Verdict.Redirect, reason, Devmap.Transit, 2), result);
        Assert.Equal(sent, after[overhead..]);
        if (proxied)
        {
            Assert.True(WellFormedness.IsTunnel(after));
            Assert.Equal(LabWorld.Own, BinaryPrimitives.ReadUInt32BigEndian(after.AsSpan(26)));
            Assert.Equal(LabWorld.Own, BinaryPrimitives.ReadUInt32BigEndian(after.AsSpan(30)));
        }
    }

    [Fact]
    public void A_neighbours_arp_request_comes_in_a_tunnel_too()
    {
        byte[] request = new PacketBuilder().Ethernet(MacAddress.Broadcast, NeighbourMac)
            .ArpRequest(NeighbourMac, new Ipv4Address(Neighbour), new Ipv4Address(LabWorld.Hosted)).ToBytes();
        Assert.Equal(Reason.ToFunction, Run(WithNeighbour(proxied: true), Neighbours, request, out byte[] after).Reason);
        Assert.Equal(request.AsSpan(20), after.AsSpan(114 + 20));
    }

    /// <summary>In its own tunnel or without one, what the function sends leaves as the very same frame.</summary>
    [Fact]
    public void What_it_sends_leaves_in_the_agents_tunnel()
    {
        byte[] plain = From(LabWorld.HostedMac, LabWorld.Udp(LabWorld.Hosted, LabWorld.Remote, to: LabWorld.RemoteMac));
        ProgramResult expected = Proxied().FromEndpoint(plain, out byte[] left);
        Assert.Equal(Reason.ToBouncer, expected.Reason);
        Assert.Equal(expected, Proxied().FromEndpoint(LabWorld.Tunnel(plain, from: LabWorld.Own), out byte[] after));
        Assert.Equal(left, after);
    }

    /// <summary>Nothing outside of the endpoint's frame is the function's to say: a host, a return, flags, an order to modify, a label.</summary>
    [Fact]
    public void What_it_writes_on_its_tunnel_counts_for_nothing()
    {
        byte[] plain = From(LabWorld.HostedMac, LabWorld.Udp(LabWorld.Hosted, LabWorld.Remote, to: LabWorld.RemoteMac));
        Proxied().FromEndpoint(plain, out byte[] left);
        byte[] forged = LabWorld.But(LabWorld.Tunnel(plain, from: LabWorld.Own, flags: 0x0F), frame =>
        {
            LabWorld.MacOf(LabWorld.Stranger).Write(frame);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(30), LabWorld.Stranger);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(55), LabWorld.Stranger);
            (frame[43], frame[52]) = (0x40, 0xC8);
            frame[70] = (byte)'M';
            frame[105] = frame[113] = 77;
        });
        Assert.Equal(Verdict.Redirect, Proxied().FromEndpoint(forged, out byte[] after).Verdict);
        Assert.Equal(left, after);
    }

    [Theory]
    [InlineData(Reason.ForeignVni, 48, 4)]
    [InlineData(Reason.SpoofedSource, 29, 99)]
    [InlineData(Reason.SpoofedSource, 114 + 11, 1)]
    [InlineData(Reason.BadGeneve, 42, 0x50)]
    [InlineData(Reason.BadGeneve, 50, 2)]
    [InlineData(Reason.BadGeneve, 44, 0)]
    [InlineData(Reason.BadOptions, 98 + 3, 2)]
    [InlineData(Reason.BadOuterHeader, 40, 1)]
    public void A_lie_about_itself_is_dropped_and_counted(Reason reason, int at, byte value)
    {
        LabWorld world = Proxied();
        byte[] sent = LabWorld.Tunnel(From(LabWorld.HostedMac, LabWorld.Udp(LabWorld.Hosted, LabWorld.Remote, to: LabWorld.RemoteMac)), from: LabWorld.Own);
        Assert.Equal(new ProgramResult(Verdict.Drop, reason, Devmap.None, -1), world.FromEndpoint(LabWorld.But(sent, frame => frame[at] = value), out _));
        Assert.Equal(1ul, world.Drops(reason));
    }

    /// <summary>An endpoint that is not proxied may use the port as any other in its VPC: its datagram is carried, not believed.</summary>
    [Fact]
    public void Another_endpoints_tunnel_is_a_datagram_like_any()
    {
        LabWorld world = new();
        byte[] sent = From(LabWorld.HostedMac, LabWorld.But(LabWorld.Tunnel(LabWorld.Udp(LabWorld.Hosted, LabWorld.Remote)), frame =>
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(26), LabWorld.Hosted);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(30), LabWorld.Remote);
        }));
        Assert.Equal(Reason.ToBouncer, world.FromEndpoint(sent, out byte[] after).Reason);
        Assert.Equal(sent.AsSpan(42), after.AsSpan(114 + 42));
    }

    private static LabWorld Proxied()
    {
        LabWorld world = new();
        world.PutEndpoint(LabWorld.Hosted, Row());
        world.Put(Tables.Agents, LabWorld.Agent, AgentOf(LabWorld.Hosted, LabWorld.HostedMac) with { IsProxied = true });
        return world;
    }

    private static LabWorld WithNeighbour(bool proxied)
    {
        LabWorld world = new();
        world.PutEndpoint(LabWorld.Hosted, Row() with { IsProxied = proxied });
        world.Put(Tables.Slots, 3, new PortId(3));
        world.PutEndpoint(Neighbour, new EndpointValue(EndpointType.Simple, new AddressList(new Ipv4Address(LabWorld.Own)), 3, NeighbourMac));
        world.Put(Tables.Agents, Neighbours, AgentOf(Neighbour, NeighbourMac));
        return world;
    }

    private static EndpointValue Row() =>
        new(EndpointType.Simple, new AddressList(new Ipv4Address(LabWorld.Own)), 2, LabWorld.HostedMac) { IsProxied = true };

    private static AgentConfig AgentOf(uint address, MacAddress mac) =>
        new(new Ipv4Address(LabWorld.Own), LabWorld.MacOf(LabWorld.Own), LabWorld.Key(address), new AddressList(new Ipv4Address(LabWorld.Bouncer)))
        {
            EndpointMac = mac, Gateway = new Ipv4Address(LabWorld.Gateway), GatewayMac = LabWorld.GatewayMac,
        };

    private static byte[] From(MacAddress source, byte[] frame)
    {
        source.Write(frame.AsSpan(6));
        return frame;
    }

    private static ProgramResult Run(LabWorld world, AgentId agent, byte[] sent, out byte[] after)
    {
        Frame frame = Frame.FromBytes(sent);
        ProgramResult result = world.Plane.Run(LabWorld.Droplet, ProgramId.Agent, agent, ref frame);
        after = frame.ToBytes();
        return result;
    }
}
