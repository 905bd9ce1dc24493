using MizarLab.Engine;
using MizarLab.Packets;
using MizarLab.Workload;

namespace MizarLab.Tests.Workload;

public sealed class NeighbourTests
{
    private static readonly Ipv4Address Nobody = Ipv4Address.Parse("10.0.0.99");

    [Fact]
    public void An_unknown_neighbour_is_asked_for_three_times_a_second_apart_and_then_given_up()
    {
        StackPair pair = new();
        pair.Left.Stack.Icmp.SendEcho(Nobody, 1, 1, []);
        pair.Run();
        Assert.Equal(["0ps", "1s", "2s"], pair.Sent.Select(s => s.Time.ToString()));
        Assert.All(pair.Sent, s => Assert.Equal((EtherType.Arp, MacAddress.Broadcast), Ethernet(s.Frame)));
        Assert.True(pair.Left.Stack.Ip.IsUnreachable(Nobody));
        Assert.Equal(SimTime.FromSeconds(3), pair.Simulation.Now);

        pair.Left.Stack.Icmp.SendEcho(Nobody, 1, 2, []);
        Assert.False(pair.Left.Stack.Ip.IsUnreachable(Nobody));
        pair.Run();
        Assert.Equal(6, pair.Sent.Count);
    }

    [Fact]
    public void Frames_wait_in_order_for_one_request()
    {
        StackPair pair = new();
        for (ushort i = 1; i <= 5; i++)
        {
            pair.Left.Stack.Icmp.SendEcho(pair.Right.Address, 9, i, [(byte)i]);
        }
        pair.Run();
        byte[][] left = [.. pair.Sent.Where(s => s.From == pair.Left).Select(s => s.Frame)];
        Assert.Equal(EtherType.Arp, Ethernet(left[0]).Type);
        Assert.Equal([1, 2, 3, 4, 5], left[1..].Select(f => (int)f[42]));
        Assert.Equal(6, left.Length);
    }

    [Fact]
    public void Who_is_asked_learns_the_asker_and_need_not_ask_back()
    {
        StackPair pair = new();
        pair.Left.Stack.Icmp.SendEcho(pair.Right.Address, 1, 1, []);
        pair.Run();
        Assert.Equal(pair.Left.Mac, pair.Right.Stack.Neighbours.Find(pair.Left.Address));
        Assert.Equal(pair.Right.Mac, pair.Left.Stack.Neighbours.Find(pair.Right.Address));
        Assert.Equal([EtherType.Arp, EtherType.Arp, EtherType.Ipv4, EtherType.Ipv4], pair.Sent.Select(s => Ethernet(s.Frame).Type));
    }

    [Fact]
    public void A_reply_nobody_asked_for_and_a_request_for_another_teach_nothing()
    {
        StackPair pair = new();
        Ipv4Address third = Ipv4Address.Parse("10.0.0.7");
        pair.Left.Stack.Receive(Arp(ArpOperation.Reply, third, pair.Left.Address));
        pair.Left.Stack.Receive(Arp(ArpOperation.Request, third, Nobody));
        Assert.Null(pair.Left.Stack.Neighbours.Find(third));
        Assert.Empty(pair.Sent);
        pair.Left.Stack.Receive(Arp(ArpOperation.Request, third, pair.Left.Address));
        Assert.NotNull(pair.Left.Stack.Neighbours.Find(third));
    }

    [Fact]
    public void An_address_off_the_link_is_reached_by_the_gateway()
    {
        StackPair pair = new();
        pair.Left.Stack.Icmp.SendEcho(Ipv4Address.Parse("192.168.7.7"), 1, 1, []);
        pair.Run(SimTime.FromMilliseconds(1));
        ArpView.TryRead(pair.Sent[0].Frame.AsSpan(14), out ArpView asked);
        Assert.Equal(Ipv4Address.Parse("10.0.0.1"), asked.TargetAddress);
    }

    [Fact]
    public void Truncated_frames_of_every_length_are_ignored()
    {
        StackPair pair = new();
        byte[] whole = Arp(ArpOperation.Request, Nobody, pair.Left.Address);
        for (int length = 0; length < whole.Length; length++)
        {
            pair.Left.Stack.Receive(whole.AsSpan(0, length));
        }
        Assert.Empty(pair.Sent);
    }

    private static (EtherType Type, MacAddress Destination) Ethernet(byte[] frame)
    {
        EthernetView.TryRead(frame, out EthernetView view);
        return (view.Type, view.Destination);
    }

    private static byte[] Arp(ArpOperation operation, Ipv4Address sender, Ipv4Address target)
    {
        MacAddress mac = new(0x0600_0000_0077);
        byte[] frame = new byte[42];
        new EthernetHeader(MacAddress.Broadcast, mac, EtherType.Arp).Write(frame);
        new ArpPacket(operation, mac, sender, MacAddress.Zero, target).Write(frame.AsSpan(14));
        return frame;
    }
}
