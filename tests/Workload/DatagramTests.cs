using MizarLab.Engine;
using MizarLab.Packets;
using MizarLab.Workload;

namespace MizarLab.Tests.Workload;

/// <summary>ICMP, UDP and fragments between two stacks.</summary>
public sealed class DatagramTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1472, 1)]
    [InlineData(1473, 2)]
    [InlineData(4000, 3)]
    [InlineData(60_000, 41)]
    public void A_datagram_of_any_size_arrives_whole_in_as_many_fragments_as_it_takes(int length, int fragments)
    {
        StackPair pair = new StackPair().Acquainted();
        Sink sink = new();
        Assert.True(pair.Right.Stack.Udp.TryBind(5001, sink));
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];
        pair.Left.Stack.Udp.Send(7, pair.Right.Address, 5001, payload);
        pair.Run();
        Assert.Equal(payload, Assert.Single(sink.Payloads));
        Assert.Equal(fragments, pair.Sent.Count);
        Assert.All(pair.Sent, s => Assert.True(s.Frame.Length <= 1514));
    }

    [Fact]
    public void Fragments_in_any_order_and_twice_are_put_together_once()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            RandomStream dice = new(seed, "fragments");
            StackPair pair = new StackPair().Acquainted();
            pair.Policy = (_, _, _) => new Fate(1, SimTime.FromMicroseconds(dice.NextBelow(1000)));
            Sink sink = new();
            pair.Right.Stack.Udp.TryBind(5001, sink);
            byte[] payload = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 13))];
            pair.Left.Stack.Udp.Send(7, pair.Right.Address, 5001, payload);
            pair.Run();
            Assert.Equal(payload, Assert.Single(sink.Payloads));
        }
    }

    [Fact]
    public void A_missing_fragment_loses_the_datagram_and_leaves_nothing_behind()
    {
        StackPair pair = new StackPair().Acquainted();
        pair.Policy = (_, number, _) => number == 1 ? Fate.Lost : Fate.Delivered;
        Sink sink = new();
        pair.Right.Stack.Udp.TryBind(5001, sink);
        SimTime began = pair.Simulation.Now;
        pair.Left.Stack.Udp.Send(7, pair.Right.Address, 5001, new byte[4000]);
        pair.Run();
        Assert.Empty(sink.Payloads);
        Assert.True(pair.Simulation.Now - began >= SimTime.FromSeconds(30)); // until the pieces were thrown away
    }

    [Fact]
    public void A_datagram_that_is_damaged_is_not_delivered()
    {
        StackPair pair = new StackPair().Acquainted();
        pair.Left.Stack.Udp.Send(7, pair.Right.Address, 5001, "payload"u8);
        byte[] frame = pair.Sent[0].Frame;
        Sink sink = new();
        pair.Right.Stack.Udp.TryBind(5001, sink);
        for (int i = 14; i < frame.Length; i++)
        {
            byte[] damaged = [.. frame];
            damaged[i] ^= 0x10;
            pair.Right.Stack.Receive(damaged);
        }
        for (int length = 0; length < frame.Length; length++)
        {
            pair.Right.Stack.Receive(frame.AsSpan(0, length));
        }
        Assert.Empty(sink.Payloads);
        pair.Right.Stack.Receive(frame);
        Assert.Single(sink.Payloads);
    }

    [Fact]
    public void A_closed_port_and_an_unknown_protocol_are_answered_with_a_quote()
    {
        StackPair pair = new StackPair().Acquainted();
        pair.Left.Stack.Udp.Send(7, pair.Right.Address, 5001, "anybody?"u8);
        pair.Run();
        byte[] answer = pair.Sent[^1].Frame;
        IcmpView.TryRead(answer.AsSpan(34), out IcmpView icmp);
        Assert.Equal((IcmpType.Unreachable, IcmpLayer.PortUnreachable), (icmp.Type, icmp.Code));
        Assert.True(icmp.ChecksumHolds);
        Assert.Equal(pair.Sent[0].Frame[14..], icmp.Payload.ToArray());

        byte[] strange = [.. pair.Sent[0].Frame];
        strange[23] = 99;
        strange[24] = strange[25] = 0;
        ushort sum = InternetChecksum.Compute(strange.AsSpan(14, 20));
        (strange[24], strange[25]) = ((byte)(sum >> 8), (byte)sum);
        pair.Right.Stack.Receive(strange);
        IcmpView.TryRead(pair.Sent[^1].Frame.AsSpan(34), out icmp);
        Assert.Equal((IcmpType.Unreachable, IcmpLayer.ProtocolUnreachable), (icmp.Type, icmp.Code));
    }

    [Fact]
    public void An_echo_is_answered_with_its_own_id_sequence_payload_and_a_ttl_of_64()
    {
        StackPair pair = new StackPair().Acquainted();
        pair.Left.Stack.Icmp.SendEcho(pair.Right.Address, 0x1234, 7, "ping"u8);
        pair.Run();
        byte[] reply = pair.Sent[^1].Frame;
        IcmpView.TryRead(reply.AsSpan(34), out IcmpView icmp);
        Assert.Equal((IcmpType.EchoReply, (ushort)0x1234, (ushort)7), (icmp.Type, icmp.Id, icmp.Sequence));
        Assert.Equal("ping"u8.ToArray(), icmp.Payload.ToArray());
        Assert.Equal(64, reply[22]);
        Assert.True(icmp.ChecksumHolds);
    }

    [Fact]
    public void What_is_sent_to_the_own_address_never_leaves()
    {
        StackPair pair = new();
        Sink sink = new();
        pair.Left.Stack.Udp.TryBind(5001, sink);
        pair.Left.Stack.Udp.Send(7, pair.Left.Address, 5001, "me"u8);
        pair.Run();
        Assert.Single(sink.Payloads);
        Assert.Empty(pair.Sent);
    }

    [Fact]
    public void A_frame_for_another_mac_or_another_address_is_not_ours()
    {
        StackPair pair = new StackPair().Acquainted();
        pair.Left.Stack.Icmp.SendEcho(pair.Right.Address, 1, 1, []);
        byte[] frame = [.. pair.Sent[0].Frame];
        int answers = pair.Sent.Count;
        frame[5] ^= 1;
        pair.Right.Stack.Receive(frame);
        pair.Left.Stack.Receive(pair.Sent[0].Frame);
        Assert.Equal(answers, pair.Sent.Count);
    }

    private sealed class Sink : IDatagramHandler
    {
        public List<byte[]> Payloads { get; } = [];

        public void Received(ushort localPort, Ipv4Address source, ushort sourcePort, ReadOnlySpan<byte> payload) => Payloads.Add(payload.ToArray());
    }
}
