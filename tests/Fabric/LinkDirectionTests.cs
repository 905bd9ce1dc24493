using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

public sealed class LinkDirectionTests
{
    private static readonly SimTime Delay = SimTime.FromMicroseconds(10);

    [Fact]
    public void A_frame_takes_its_serialisation_and_the_delay()
    {
        LinkDirection link = new(new LinkSpec(Delay, new DataRate(1_000_000_000), 4));
        Assert.True(link.TrySend(SimTime.FromMicroseconds(3), 1000, out SimTime arrival, out int waiting));
        Assert.Equal(SimTime.FromMicroseconds(3 + 8 + 10), arrival); // 8000 bits at 1 Gb/s are 8 us.
        Assert.Equal(0, waiting);
    }

    [Fact]
    public void A_burst_is_sent_back_to_back_and_what_the_queue_cannot_hold_is_dropped()
    {
        LinkDirection link = new(new LinkSpec(Delay, new DataRate(1_000_000_000), 3));
        List<string> sent = [];
        for (int i = 0; i < 6; i++)
        {
            bool kept = link.TrySend(SimTime.Zero, 1000, out SimTime arrival, out int waiting);
            sent.Add(kept ? $"{arrival} behind {waiting}" : $"dropped behind {waiting}");
        }
        // One is being sent, three wait, two find the queue full.
        Assert.Equal(["18us behind 0", "26us behind 0", "34us behind 1", "42us behind 2", "dropped behind 3", "dropped behind 3"], sent);
    }

    [Fact]
    public void The_queue_drains_as_frames_begin_to_be_sent()
    {
        LinkDirection link = new(new LinkSpec(SimTime.Zero, new DataRate(1_000_000_000), 1));
        Assert.True(Send(link, 0));
        Assert.True(Send(link, 0));
        Assert.False(Send(link, 7)); // The second still waits for the first's last bit at 8 us…
        Assert.True(Send(link, 8)); // …and then does not wait any more.
        Assert.False(Send(link, 8));
    }

    [Fact]
    public void Without_a_rate_nothing_ever_waits()
    {
        LinkDirection link = new(new LinkSpec(Delay, DataRate.Unlimited, 0));
        for (int i = 0; i < 100; i++)
        {
            Assert.True(link.TrySend(SimTime.Zero, 9000, out SimTime arrival, out int waiting));
            Assert.Equal((Delay, 0), (arrival, waiting));
        }
    }

    [Fact]
    public void Arrivals_follow_the_order_of_sending_and_the_rate_is_never_exceeded()
    {
        RandomStream random = new(3, "link");
        LinkDirection link = new(new LinkSpec(Delay, new DataRate(10_000_000_000), 20));
        SimTime now = SimTime.Zero;
        SimTime last = SimTime.Zero;
        for (int i = 0; i < 10_000; i++)
        {
            now += SimTime.FromNanoseconds(random.NextBelow(1500));
            int bytes = 60 + (int)random.NextBelow(1500);
            if (link.TrySend(now, bytes, out SimTime arrival, out int waiting))
            {
                SimTime onWire = new DataRate(10_000_000_000).TimeFor(bytes);
                SimTime begin = arrival - Delay - onWire;
                Assert.True(begin >= now && begin >= last, "a frame begins when it has come and the one before it is sent");
                Assert.True(waiting > 0 ? begin > now : begin == now || begin == last);
                last = begin + onWire;
            }
            else
            {
                Assert.Equal(20, waiting);
            }
        }
    }

    [Fact]
    public void A_link_that_is_down_takes_nothing_and_forgets_what_it_had()
    {
        LinkDirection link = new(new LinkSpec(Delay, new DataRate(1_000_000_000), 3));
        Send(link, 0);
        int epoch = link.Epoch;
        link.GoDown(SimTime.FromNanoseconds(500));
        Assert.False(Send(link, 1));
        link.ComeUp();
        Assert.NotEqual(epoch, link.Epoch);
        Assert.True(link.TrySend(SimTime.FromMicroseconds(1), 1000, out SimTime arrival, out _));
        Assert.Equal(SimTime.FromMicroseconds(1 + 8 + 10), arrival);
    }

    private static bool Send(LinkDirection link, long microseconds) => link.TrySend(SimTime.FromMicroseconds(microseconds), 1000, out _, out _);
}
