using MizarLab.Engine;
using MizarLab.Packets;
using MizarLab.Workload.Tcp;

namespace MizarLab.Tests.Workload;

public sealed class TcpTests
{
    private const ushort Port = 9001;

    [Fact]
    public void A_small_exchange_segment_by_segment()
    {
        StackPair pair = new StackPair().Acquainted();
        TcpPeer server = new();
        Assert.True(pair.Right.Stack.Tcp.TryListen(Port, server));
        TcpPeer client = new()
        {
            OnConnected = c =>
            {
                c.Send("hello"u8);
                c.Close();
            },
        };
        pair.Left.Stack.Tcp.Connect(pair.Right.Address, Port, client);
        pair.Run(SimTime.FromSeconds(1));

        Assert.Equal("hello"u8.ToArray(), server.Bytes);
        string[] expected =
        [
            "left Syn 0+0", "right Syn, Ack 0+0", "left Ack 1+0", "left Push, Ack 1+5", "left Fin, Ack 6+0",
            "right Ack 1+0", "right Ack 1+0", "right Fin, Ack 1+0", "left Ack 7+0",
        ];
        Assert.Equal(expected, Describe(pair));
        Assert.Equal((TcpEnd.Closed, TcpEnd.Closed), (client.End, server.End));
        Assert.Equal((1, 0), (pair.Left.Stack.Tcp.Connections, pair.Right.Stack.Tcp.Connections)); // TIME-WAIT where it closed first
        pair.Run();
        Assert.Equal(0, pair.Left.Stack.Tcp.Connections);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1460)]
    [InlineData(1461)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void A_clean_wire_delivers_everything_once(int length)
    {
        (StackPair pair, TcpPeer client, TcpPeer server, byte[] sent) = Transfer(length, (_, _, _) => Fate.Delivered);
        Assert.Equal(sent, server.Bytes);
        Assert.Equal((TcpEnd.Closed, TcpEnd.Closed), (client.End, server.End));
        Assert.Equal(length, pair.Sent.Where(s => s.From == pair.Left).Sum(s => PayloadOf(s.Frame).Length));
        Assert.True(pair.Simulation.Now < SimTime.FromSeconds(61) + TcpConnection.TimeWaitSpan);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(5_000, 10)]
    [InlineData(200_000, 5)]
    [InlineData(200_000, 20)]
    [InlineData(50_000, 35)]
    public void Loss_in_both_directions_is_mended(int length, int percent)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            RandomStream dice = new(seed, "loss");
            (_, TcpPeer client, TcpPeer server, byte[] sent) = Transfer(length, (_, _, _) => dice.NextBelow(100) < percent ? Fate.Lost : Fate.Delivered, seed);
            Assert.Equal(sent, server.Bytes);
            Assert.True(server.SawClose);
            AssertClosed(client, server);
        }
    }

    [Fact]
    public void Reordering_and_duplication_change_nothing()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            RandomStream dice = new(seed, "disorder");
            (_, TcpPeer client, TcpPeer server, byte[] sent) = Transfer(
                100_000, (_, _, _) => new Fate(1 + (int)dice.NextBelow(2), SimTime.FromMicroseconds(dice.NextBelow(2000))), seed);
            Assert.Equal(sent, server.Bytes);
            AssertClosed(client, server);
        }
    }

    [Fact]
    public void Everything_at_once()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            RandomStream dice = new(seed, "everything");
            (_, TcpPeer client, TcpPeer server, byte[] sent) = Transfer(
                60_000,
                (_, _, _) => new Fate((int)dice.NextBelow(10) switch { 0 => 0, 1 => 2, _ => 1 }, SimTime.FromMicroseconds(dice.NextBelow(500))),
                seed,
                echo: true);
            Assert.Equal(sent, server.Bytes);
            Assert.Equal(sent, client.Bytes);
            AssertClosed(client, server);
        }
    }

    [Fact]
    public void Every_single_segment_may_be_the_one_that_is_lost()
    {
        (StackPair clean, _, _, _) = Transfer(8_000, (_, _, _) => Fate.Delivered, echo: true);
        int left = clean.Left.Count;
        int right = clean.Right.Count;
        for (int lost = 0; lost < left + right; lost++)
        {
            (StackPair pair, TcpPeer client, TcpPeer server, byte[] sent) = Transfer(
                8_000,
                (from, number, _) => from.Stack.Ip.Address.Value == 0x0A00_0002 ? Lose(number == lost) : Lose(number == lost - left),
                echo: true);
            Assert.True(server.Bytes.SequenceEqual(sent) && client.Bytes.SequenceEqual(sent), $"segment {lost} lost");
            AssertClosed(client, server);
        }

        static Fate Lose(bool lose) => lose ? Fate.Lost : Fate.Delivered;
    }

    [Fact]
    public void Sequence_numbers_wrap_in_the_middle_of_a_transfer()
    {
        // Stream names whose first initial sequence number lies within 100 000 of the wrap: found by looking, then used as they are.
        string name = FirstName(start: 0, within: 100_000);
        RandomStream dice = new(1, "wrap");
        (StackPair pair, TcpPeer client, TcpPeer server, byte[] sent) = Transfer(
            200_000, (_, _, _) => dice.NextBelow(20) == 0 ? Fate.Lost : Fate.Delivered, leftName: name, echo: true);
        uint[] sequences = [.. pair.Sent.Where(s => s.From == pair.Left).Select(s => Segment(s.Frame).Sequence.Value)];
        Assert.Contains(sequences, s => s > 0xFFFE_0000);
        Assert.Contains(sequences, s => s < 0x0002_0000);
        Assert.Equal(sent, server.Bytes);
        Assert.Equal(sent, client.Bytes);
        AssertClosed(client, server);
    }

    [Fact]
    public void Both_sides_may_close_at_the_same_moment()
    {
        StackPair pair = new StackPair().Acquainted();
        TcpPeer server = new();
        pair.Right.Stack.Tcp.TryListen(Port, server);
        TcpPeer client = new();
        pair.Left.Stack.Tcp.Connect(pair.Right.Address, Port, client);
        pair.Run(SimTime.FromMilliseconds(10));
        client.Connection!.Close();
        server.Connection!.Close();
        pair.Run(SimTime.FromSeconds(1));
        Assert.Equal((TcpState.TimeWait, TcpState.TimeWait), (client.Connection.State, server.Connection.State));
        Assert.Equal((TcpEnd.Closed, TcpEnd.Closed), (client.End, server.End));
    }

    [Fact]
    public void The_server_may_close_first_and_still_receive()
    {
        StackPair pair = new StackPair().Acquainted();
        TcpPeer server = new() { OnConnected = c => c.Close() };
        pair.Right.Stack.Tcp.TryListen(Port, server);
        TcpPeer client = new() { ClosesBack = false };
        pair.Left.Stack.Tcp.Connect(pair.Right.Address, Port, client);
        pair.Run(SimTime.FromMilliseconds(10));
        Assert.True(client.SawClose);
        client.Connection!.Send("late"u8);
        client.Connection.Close();
        pair.Run(SimTime.FromSeconds(1));
        Assert.Equal("late"u8.ToArray(), server.Bytes);
        Assert.Equal((TcpEnd.Closed, TcpEnd.Closed), (client.End, server.End));
    }

    [Fact]
    public void A_closed_port_refuses()
    {
        StackPair pair = new StackPair().Acquainted();
        TcpPeer client = new();
        pair.Left.Stack.Tcp.Connect(pair.Right.Address, Port, client);
        pair.Run();
        Assert.Equal(TcpEnd.Reset, client.End);
        Assert.Equal(["left Syn 0+0", "right Reset, Ack"], Describe(pair).Select(d => d.StartsWith("right", StringComparison.Ordinal) ? d[..d.LastIndexOf(' ')] : d));
    }

    [Fact]
    public void A_silent_peer_is_asked_with_doubling_pauses_and_then_given_up()
    {
        StackPair pair = new StackPair().Acquainted();
        pair.Policy = (_, _, _) => Fate.Lost;
        TcpPeer client = new();
        SimTime began = pair.Simulation.Now;
        pair.Left.Stack.Tcp.Connect(pair.Right.Address, Port, client);
        pair.Run();
        Assert.Equal(TcpEnd.TimedOut, client.End);
        Assert.Equal(["0ps", "1s", "3s", "7s", "15s", "31s", "63s"], pair.Sent.Select(s => (s.Time - began).ToString()));
    }

    [Fact]
    public void Three_duplicate_acknowledgements_mend_a_loss_without_waiting_for_the_timeout()
    {
        (StackPair pair, TcpPeer client, TcpPeer server, byte[] sent) = Transfer(
            30_000, (from, number, _) => from.Stack.Ip.Address.Value == 0x0A00_0002 && number == 5 ? Fate.Lost : Fate.Delivered);
        Assert.Equal(sent, server.Bytes);
        Assert.Equal(1, client.Connection!.Retransmissions);
        SimTime lastData = pair.Sent.Last(s => s.From == pair.Left && PayloadOf(s.Frame).Length > 0).Time;
        Assert.True(lastData - pair.Sent[0].Time < RetransmissionBound, $"took {lastData - pair.Sent[0].Time}");
    }

    private static readonly SimTime RetransmissionBound = SimTime.FromMilliseconds(50);

    [Fact]
    public void Segments_keep_to_the_smaller_of_both_mtus()
    {
        StackPair pair = new StackPair(mtu: 576).Acquainted();
        TcpPeer server = new();
        pair.Right.Stack.Tcp.TryListen(Port, server);
        pair.Left.Stack.Tcp.Connect(pair.Right.Address, Port, new TcpPeer { OnConnected = c => c.Send(new byte[5000]) });
        pair.Run(SimTime.FromSeconds(1));
        Assert.Equal(5000, server.Bytes.Count);
        Assert.Equal(576 + 14, pair.Sent.Max(s => s.Frame.Length));
    }

    [Fact]
    public void An_abort_is_told_to_the_peer()
    {
        StackPair pair = new StackPair().Acquainted();
        TcpPeer server = new();
        pair.Right.Stack.Tcp.TryListen(Port, server);
        TcpPeer client = new();
        pair.Left.Stack.Tcp.Connect(pair.Right.Address, Port, client);
        pair.Run(SimTime.FromMilliseconds(10));
        client.Connection!.Abort();
        pair.Run();
        Assert.Equal((TcpEnd.Aborted, TcpEnd.Reset), (client.End, server.End));
        Assert.Throws<InvalidOperationException>(() => client.Connection.Send("x"u8));
    }

    internal static (TcpFields Fields, SequenceNumber Sequence) Segment(byte[] frame)
    {
        TcpView.TryRead(frame.AsSpan(34), out TcpView tcp);
        return (new TcpFields(new(tcp.Sequence), new(tcp.Acknowledgement), tcp.Flags, tcp.Window, null), new(tcp.Sequence));
    }

    private static byte[] PayloadOf(byte[] frame)
    {
        TcpView.TryRead(frame.AsSpan(34), out TcpView tcp);
        return tcp.Payload.ToArray();
    }

    private static void AssertClosed(TcpPeer client, TcpPeer server)
    {
        Assert.Equal(TcpEnd.Closed, client.End);
        // The last acknowledgement may be lost for so long that the other side has forgotten the connection and answers RST.
        Assert.True(server.End is TcpEnd.Closed or TcpEnd.Reset);
    }

    /// <summary>Sends pseudo-random bytes from left to right, closes, and runs until nothing happens any more.</summary>
    private static (StackPair Pair, TcpPeer Client, TcpPeer Server, byte[] Sent) Transfer(
        int length, Func<StackPair.Side, int, byte[], Fate> policy, ulong seed = 1, string leftName = "left", bool echo = false)
    {
        StackPair pair = new StackPair(seed, leftName: leftName).Acquainted();
        pair.Policy = policy;
        byte[] sent = new byte[length];
        RandomStream random = new(seed, "payload");
        for (int i = 0; i < length; i++)
        {
            sent[i] = (byte)random.NextUInt16();
        }
        TcpPeer server = new() { Echoes = echo };
        pair.Right.Stack.Tcp.TryListen(Port, server);
        TcpPeer client = new()
        {
            OnConnected = c =>
            {
                c.Send(sent);
                c.Close();
            },
        };
        pair.Left.Stack.Tcp.Connect(pair.Right.Address, Port, client);
        pair.Run();
        return (pair, client, server, sent);
    }

    private static string FirstName(int start, uint within)
    {
        for (int i = start; ; i++)
        {
            RandomStream stream = new(1, $"wrap-{i}/tcp");
            stream.NextBelow(28232); // The local port is drawn first.
            if (stream.NextUInt32() > uint.MaxValue - within)
            {
                return $"wrap-{i}";
            }
        }
    }

    private static string[] Describe(StackPair pair)
    {
        uint[] first = [Segment(pair.Sent.First(s => s.From == pair.Left).Frame).Sequence.Value, Segment(pair.Sent.First(s => s.From == pair.Right).Frame).Sequence.Value];
        return
        [
            .. pair.Sent.Select(s =>
            {
                (TcpFields fields, SequenceNumber sequence) = Segment(s.Frame);
                int side = s.From == pair.Left ? 0 : 1;
                return $"{(side == 0 ? "left" : "right")} {fields.Flags} {sequence.Value - first[side]}+{PayloadOf(s.Frame).Length}";
            }),
        ];
    }
}
