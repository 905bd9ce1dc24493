using System.Buffers.Binary;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Packets;
using MizarLab.Workload.Tcp;

namespace MizarLab.Tests.Workload;

/// <summary>Congestion control of TCP, over the wire: what RFC 5681, 6582, 9438 and 3168 say, and the square-root law that follows.</summary>
public sealed class CongestionTests
{
    /// <summary>Payload of a segment at an MTU of 576.</summary>
    private const int Segment = 536;
    private static readonly SimTime RoundTrip = SimTime.FromMilliseconds(100);

    [Fact]
    public void A_window_doubles_every_round_trip_from_ten_segments()
    {
        Transfer transfer = new(TcpSettings.Default);
        transfer.Run(roundTrips: 5);
        Assert.Equal([10, 20, 40, 80], transfer.SegmentsPerRoundTrip.Take(4));
        Assert.Equal(0, transfer.Connection.WindowReductions);
    }

    [Theory]
    [InlineData(CongestionKind.NewReno, 0.5)]
    [InlineData(CongestionKind.Cubic, 0.7)]
    public void One_loss_costs_a_part_of_the_window_and_no_timeout(CongestionKind kind, double left)
    {
        Transfer transfer = new(new TcpSettings { Congestion = kind }) { Loses = n => n == 40 };
        transfer.Run(roundTrips: 12);
        Assert.Equal((1, 0, 1), (transfer.Connection.WindowReductions, transfer.Connection.Timeouts, transfer.Connection.Retransmissions));
        // Lost in the third round, of 40 segments; its acknowledgements let out up to twice as many.
        int after = transfer.SegmentsPerRoundTrip[6];
        Assert.InRange(after, (int)(left * 38), (int)(left * 80) + 4);
        Assert.True(transfer.SegmentsPerRoundTrip[9] >= after, "the window grows again");
        transfer.AssertIntact();
    }

    /// <summary>NewReno: several losses of one window are mended one a round trip, and the window shrinks once.</summary>
    [Fact]
    public void Several_losses_of_one_window_shrink_it_once()
    {
        Transfer transfer = new(TcpSettings.Default) { Loses = n => n is 80 or 85 or 91 or 92 };
        transfer.Run(roundTrips: 15);
        Assert.Equal((1, 0, 4), (transfer.Connection.WindowReductions, transfer.Connection.Timeouts, transfer.Connection.Retransmissions));
        transfer.AssertIntact();
    }

    [Fact]
    public void A_lost_window_is_sent_again_in_slow_start()
    {
        Transfer transfer = new(TcpSettings.Default) { Loses = n => n is >= 70 and < 150 };
        transfer.Run(roundTrips: 40);
        Assert.InRange(transfer.Connection.Timeouts, 1, 3);
        Assert.InRange(transfer.Connection.Retransmissions, 79, 170);
        transfer.AssertIntact();
    }

    /// <summary>A window that the application does not fill says nothing about the path, and does not grow (RFC 7661).</summary>
    [Fact]
    public void An_idle_sender_does_not_grow_its_window()
    {
        Transfer transfer = new(TcpSettings.Default, total: 4 * Segment);
        transfer.Run(roundTrips: 6);
        Assert.Equal(10 * Segment, transfer.Connection.CongestionWindow);
    }

    /// <summary>
    /// Mathis and others 1997: with a loss every 1/p segments the mean window is √(3/2p) segments. A round trip a loss goes
    /// to recovery, and windows are whole segments, which takes a tenth or two of small ones; a
    /// CUBIC flow in this range is as fast as an AIMD flow of the same mean or a little faster.
    /// </summary>
    [Theory]
    [InlineData(CongestionKind.NewReno, 500, false, 0.90, 1.10)]
    [InlineData(CongestionKind.NewReno, 1000, false, 0.90, 1.10)]
    [InlineData(CongestionKind.NewReno, 200, false, 0.82, 1.10)]
    [InlineData(CongestionKind.NewReno, 50, false, 0.80, 1.10)]
    [InlineData(CongestionKind.NewReno, 200, true, 0.80, 1.20)]
    [InlineData(CongestionKind.NewReno, 800, true, 0.80, 1.20)]
    [InlineData(CongestionKind.Cubic, 200, false, 0.80, 1.45)]
    public void Throughput_is_the_square_root_law(CongestionKind kind, int segmentsALoss, bool random, double least, double most)
    {
        // Nothing is drawn of regular losses. A run sees some sixty random ones at least, so that its own mean is known to a tenth; that of ten seeds is the law's.
        Moments shares = default;
        for (ulong seed = 1; seed <= (random ? 10u : 1); seed++)
        {
            RandomStream losses = new(seed, "losses");
            Transfer transfer = new(new TcpSettings { Congestion = kind })
            {
                Loses = n => random ? losses.NextBelow((uint)segmentsALoss) == 0 : n % segmentsALoss == segmentsALoss - 1,
            };
            shares.Add(transfer.MeanWindow(warmUp: 100, roundTrips: 1_500) / Math.Sqrt(1.5 * segmentsALoss));
        }
        Assert.InRange(shares.Mean, least, most);
        Assert.True(!random || shares.StandardError < 0.04, $"{shares.Mean} ± {shares.StandardError}");

        // The law of half the losses is not theirs.
        Assert.NotInRange(shares.Mean / Math.Sqrt(2), least, most);
    }

    /// <summary>A fourth of the losses, twice the throughput; a little more, for recovery takes less of it.</summary>
    [Fact]
    public void Throughput_goes_with_the_root_of_the_losses()
    {
        double often = new Transfer(TcpSettings.Default) { Loses = n => n % 200 == 0 }.MeanWindow(100, 1_500);
        double seldom = new Transfer(TcpSettings.Default) { Loses = n => n % 800 == 0 }.MeanWindow(100, 1_500);
        Assert.InRange(seldom / often, 1.85, 2.4);
    }

    /// <summary>Marked instead of lost: the same law, and nothing is sent again.</summary>
    [Fact]
    public void Marks_slow_a_sender_down_as_losses_do_but_lose_nothing()
    {
        Transfer transfer = new(new TcpSettings { Ecn = true }) { Marks = n => n % 200 == 199 };
        double window = transfer.MeanWindow(100, 1_500);
        Assert.InRange(window / Math.Sqrt(1.5 * 200), 0.9, 1.15);
        Assert.Equal((0, 0), (transfer.Connection.Retransmissions, transfer.Connection.Timeouts));
        Assert.InRange(transfer.Connection.WindowReductions, 50, 250);
        transfer.AssertIntact();
    }

    [Fact]
    public void Who_does_not_speak_ECN_is_not_marked()
    {
        Transfer transfer = new(TcpSettings.Default) { Marks = n => n % 50 == 49 };
        transfer.Run(roundTrips: 8);
        Assert.Equal(0, transfer.MarksPut);
        Assert.Equal(0, transfer.Connection.WindowReductions);
    }

    /// <summary>One connection that always has something to send, over a wire of 100 ms there and back.</summary>
    private sealed class Transfer : ITcpHandler
    {
        private readonly StackPair pair;
        private readonly byte[] block;
        private readonly int total;
        private readonly TcpConnection connection;
        private int written;
        private long received;
        private uint expected;
        private bool intact = true;
        private int dataSegments;

        public Transfer(TcpSettings settings, int total = int.MaxValue)
        {
            this.total = total;
            block = new byte[65_536];
            for (int i = 0; i < block.Length; i++)
            {
                block[i] = (byte)((i * 31) ^ (i >> 8));
            }
            pair = new StackPair(mtu: 576, tcp: settings) { Keeps = false }.Acquainted();
            pair.Policy = Decide;
            Assert.True(pair.Right.Stack.Tcp.TryListen(80, this));
            connection = pair.Left.Stack.Tcp.Connect(pair.Right.Address, 80, this);
            Start = pair.Simulation.Now + RoundTrip; // The handshake takes one.
            Fill();
        }

        public Func<int, bool> Loses { get; init; } = _ => false;

        public Func<int, bool> Marks { get; init; } = _ => false;

        public TcpConnection Connection => connection;

        public List<int> SegmentsPerRoundTrip { get; } = [];

        public int MarksPut { get; private set; }

        private SimTime Start { get; }

        public void Run(int roundTrips)
        {
            for (int i = 0; i < roundTrips; i++)
            {
                pair.Run(RoundTrip);
                Fill();
            }
        }

        /// <summary>Segments delivered a round trip after the warm-up.</summary>
        public double MeanWindow(int warmUp, int roundTrips)
        {
            Run(warmUp);
            long before = received;
            Run(roundTrips);
            return (received - before) / (double)Segment / roundTrips;
        }

        public void AssertIntact()
        {
            Assert.True(intact);
            Assert.True(received > 0);
        }

        public void Connected(TcpConnection peer)
        {
        }

        public void Received(TcpConnection peer, ReadOnlySpan<byte> octets)
        {
            foreach (byte octet in octets)
            {
                intact &= octet == block[expected++ % block.Length];
            }
            received += octets.Length;
        }

        public void PeerClosed(TcpConnection peer)
        {
        }

        public void Ended(TcpConnection peer, TcpEnd end) => Assert.Fail($"the connection ended: {end}");

        /// <summary>Whole blocks, so that the octet at place n is that of the block at n modulo its length; two more than can be in flight.</summary>
        private void Fill()
        {
            while (connection.Unacknowledged < 2 * block.Length && written < total)
            {
                int size = Math.Min(block.Length, total - written);
                connection.Send(block.AsSpan(0, size));
                written += size;
            }
        }

        private Fate Decide(StackPair.Side from, int number, byte[] frame)
        {
            Fate slow = Fate.Delivered with { ExtraDelay = new SimTime((RoundTrip.Picoseconds / 2) - SimTime.FromMicroseconds(100).Picoseconds) };
            if (from != pair.Left || frame.Length < 14 + 40 + Segment)
            {
                return slow;
            }
            int n = dataSegments++;
            int round = (int)((pair.Simulation.Now - Start).Picoseconds / RoundTrip.Picoseconds);
            while (SegmentsPerRoundTrip.Count <= round)
            {
                SegmentsPerRoundTrip.Add(0);
            }
            SegmentsPerRoundTrip[round]++;
            if (Marks(n) && (frame[15] & 3) != 0)
            {
                MarksPut++;
                frame[15] |= 3;
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(24), 0);
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(24), InternetChecksum.Compute(frame.AsSpan(14, 20)));
            }
            return Loses(n) ? Fate.Lost : slow;
        }
    }
}
