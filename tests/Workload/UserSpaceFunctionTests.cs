using System.Buffers.Binary;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests.DataPlane;
using MizarLab.Workload;
using MizarLab.Workload.Proxied;

namespace MizarLab.Tests.Workload;

/// <summary>The functions of the lab: what they answer, byte by byte, and what they let lie.</summary>
public sealed class UserSpaceFunctionTests
{
    private const int Overhead = 114;
    private static readonly StackSettings Own = new(LabWorld.HostedMac, new Ipv4Address(LabWorld.Hosted), new Ipv4Prefix(new Ipv4Address(0x0A00_0000), 24), new Ipv4Address(LabWorld.Gateway), 1500);

    [Theory]
    [InlineData(ProxiedFunction.Echo)]
    [InlineData(ProxiedFunction.EchoPlain)]
    public void An_echo_request_is_answered_as_a_stack_would(ProxiedFunction kind)
    {
        byte[] ping = LabWorld.Ping(LabWorld.Local, LabWorld.Hosted, ttl: 7);
        byte[] expected = new PacketBuilder().Ethernet(LabWorld.SenderMac, LabWorld.HostedMac).Ipv4(Own.Address, new Ipv4Address(LabWorld.Local), 64)
            .EchoReply(1, 1).Text("0123456789").ToBytes();
        Assert.Equal(expected, Inner(kind, LabWorld.Tunnel(ping)));
    }

    [Theory]
    [InlineData(ProxiedFunction.Echo)]
    [InlineData(ProxiedFunction.EchoPlain)]
    public void A_datagram_goes_back_with_its_ports_exchanged(ProxiedFunction kind)
    {
        byte[] sent = new PacketBuilder().Ethernet(LabWorld.HostedMac, LabWorld.SenderMac).Ipv4(new Ipv4Address(LabWorld.Local), Own.Address).Udp(4000, 53).Text("hello").ToBytes();
        byte[] expected = new PacketBuilder().Ethernet(LabWorld.SenderMac, LabWorld.HostedMac).Ipv4(Own.Address, new Ipv4Address(LabWorld.Local)).Udp(53, 4000).Text("hello").ToBytes();
        Assert.Equal(expected, Inner(kind, LabWorld.Tunnel(sent)));
    }

    [Fact]
    public void Its_own_address_is_answered_for_by_arp()
    {
        byte[] expected = new PacketBuilder().Ethernet(LabWorld.SenderMac, LabWorld.HostedMac)
            .ArpReply(LabWorld.HostedMac, Own.Address, LabWorld.SenderMac, new Ipv4Address(LabWorld.Local)).ToBytes();
        Assert.Equal(expected, Inner(ProxiedFunction.Echo, LabWorld.Tunnel(LabWorld.ArpRequest(LabWorld.Local, LabWorld.Hosted))));
        Assert.Empty(Answer(ProxiedFunction.Echo, LabWorld.Tunnel(LabWorld.ArpRequest(LabWorld.Local, LabWorld.Remote))));
    }

    /// <summary>Who asked from another network is behind the gateway, as for any stack.</summary>
    [Fact]
    public void An_answer_to_another_network_goes_to_the_gateway() =>
        Assert.Equal(LabWorld.GatewayMac, MacAddress.Read(Inner(ProxiedFunction.Echo, LabWorld.Tunnel(LabWorld.Ping(LabWorld.Far, LabWorld.Hosted)))));

    [Fact]
    public void The_tunnel_is_turned_round_and_still_sound()
    {
        byte[] sent = LabWorld.Tunnel(LabWorld.Ping(LabWorld.Local, LabWorld.Hosted));
        byte[] answer = Answer(ProxiedFunction.Echo, sent);
        Assert.True(WellFormedness.IsTunnel(answer));
        Assert.Equal((LabWorld.Own, LabWorld.Host), (Number(answer, 26), Number(answer, 30)));
        Assert.Equal((LabWorld.MacOf(LabWorld.Host), LabWorld.MacOf(LabWorld.Own)), (MacAddress.Read(answer), MacAddress.Read(answer.AsSpan(6))));
        Assert.Equal(sent.AsSpan(34, Overhead - 34), answer.AsSpan(34, Overhead - 34));
    }

    [Fact]
    public void The_plain_one_sends_nothing_of_what_a_wire_padded()
    {
        byte[] sent = LabWorld.Tunnel(LabWorld.Ping(LabWorld.Local, LabWorld.Hosted));
        Assert.Equal(Answer(ProxiedFunction.EchoPlain, sent), Answer(ProxiedFunction.EchoPlain, [.. sent, 1, 2, 3]));
    }

    [Fact]
    public void A_congestion_mark_is_not_sent_back()
    {
        byte[] answer = Inner(ProxiedFunction.Echo, LabWorld.Tunnel(LabWorld.Udp(LabWorld.Local, LabWorld.Hosted, tos: 0xBB)));
        Assert.Equal(0xB8, answer[15]);
    }

    [Fact]
    public void The_forger_differs_from_the_echo_in_the_vni_alone()
    {
        byte[] sent = LabWorld.Tunnel(LabWorld.Ping(LabWorld.Local, LabWorld.Hosted));
        byte[] echo = Answer(ProxiedFunction.Echo, sent), forged = Answer(ProxiedFunction.ForgeVni, sent);
        Assert.Equal(4, forged[48]);
        forged[48] = 3;
        Assert.Equal(echo, forged);
    }

    [Fact]
    public void The_sink_answers_nothing() => Assert.Empty(Answer(ProxiedFunction.Sink, LabWorld.Tunnel(LabWorld.Ping(LabWorld.Local, LabWorld.Hosted))));

    public static TheoryData<string, byte[]> NotAnswered()
    {
        byte[] ping = LabWorld.Ping(LabWorld.Local, LabWorld.Hosted), tunnelled = LabWorld.Tunnel(ping);
        return new()
        {
            { "a plain frame", ping },
            { "to another address", LabWorld.Tunnel(LabWorld.Ping(LabWorld.Local, LabWorld.Remote)) },
            { "an echo reply", LabWorld.Tunnel(Answered(ping)) },
            { "a fragment", LabWorld.But(tunnelled, f => f[Overhead + 14 + 6] = 0x20) },
            { "a length beyond the frame", LabWorld.But(tunnelled, f => f[Overhead + 14 + 2] = 0x20) },
            { "TCP", LabWorld.But(tunnelled, f => f[Overhead + 14 + 9] = 6) },
            { "UDP whose length lies", LabWorld.But(LabWorld.Tunnel(LabWorld.Udp(LabWorld.Local, LabWorld.Hosted)), f => f[Overhead + 14 + 20 + 4] = 0xFF) },
            { "IPv6 inside", LabWorld.But(tunnelled, f => f[Overhead + 12] = 0x86) },
            { "another port", LabWorld.But(tunnelled, f => f[37] = 1) },
            { "no Ethernet inside", LabWorld.But(tunnelled, f => f[44] = 8) },
        };
    }

    [Theory]
    [MemberData(nameof(NotAnswered))]
    public void Everything_else_is_let_lie(string what, byte[] frame)
    {
        Assert.NotNull(what);
        Assert.Empty(Answer(ProxiedFunction.Echo, frame));
        Assert.Empty(Answer(ProxiedFunction.EchoPlain, frame));
    }

    /// <summary>Whatever is cut off or flipped, a function ends and writes no more than it was given room for.</summary>
    [Fact]
    public void No_frame_makes_it_fail()
    {
        Random random = new(9);
        byte[][] seeds = [LabWorld.Ping(LabWorld.Local, LabWorld.Hosted), LabWorld.Udp(LabWorld.Local, LabWorld.Hosted), LabWorld.ArpRequest(LabWorld.Local, LabWorld.Hosted)];
        int answered = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] frame = LabWorld.Tunnel(seeds[i % seeds.Length]);
            for (int flips = random.Next(4); flips > 0; flips--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }
            frame = frame[..(random.Next(2) == 0 ? frame.Length : random.Next(frame.Length + 1))];
            foreach (ProxiedFunction kind in (ProxiedFunction[])[ProxiedFunction.Echo, ProxiedFunction.EchoPlain, ProxiedFunction.ForgeVni])
            {
                answered += Answer(kind, frame).Length > 0 ? 1 : 0;
            }
        }
        Assert.InRange(answered, 10_000, 50_000);
    }

    private static byte[] Answered(byte[] request)
    {
        byte[] inner = Inner(ProxiedFunction.Echo, LabWorld.Tunnel(request));
        // The reply, sent to the endpoint itself.
        Own.Address.Write(inner.AsSpan(30));
        new Ipv4Address(LabWorld.Local).Write(inner.AsSpan(26));
        return inner;
    }

    private static byte[] Inner(ProxiedFunction kind, byte[] frame) => Answer(kind, frame)[(kind == ProxiedFunction.EchoPlain ? 0 : Overhead)..];

    private static byte[] Answer(ProxiedFunction kind, byte[] frame)
    {
        byte[] answer = new byte[frame.Length];
        answer.AsSpan().Fill(0xA5);
        byte[] given = [.. frame];
        int bytes = UserSpaceFunctions.Make(kind, Own, LabWorld.GatewayMac).Answer(frame, answer);
        Assert.Equal(given, frame);
        return answer[..bytes];
    }

    private static uint Number(byte[] frame, int at) => BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(at));
}
