using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Theory;

/// <summary>The identities of spec 12 §6.1 on the fabric's own links, with every kind of limit, and while they go down and up.</summary>
public sealed class LinkIdentityTests
{
    private static readonly DataRate Rate = new(10_000_000_000);
    private static readonly SimTime Delay = SimTime.FromMicroseconds(2);

    public static TheoryData<string, LinkSpec> Links => new()
    {
        { "no limit", new LinkSpec(Delay, Rate, LinkSpec.NoLimit) },
        { "frames", new LinkSpec(Delay, Rate, 7) },
        { "no queue", new LinkSpec(Delay, Rate, 0) },
        { "bytes", new LinkSpec(Delay, Rate, LinkSpec.NoLimit) { QueueBytes = 9_000 } },
        { "marks", new LinkSpec(Delay, new DataRate(9_999_999_999), 60) { MarkFrames = 5 } },
        { "no rate", new LinkSpec(Delay, DataRate.Unlimited, 3) },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public void Lindley_and_Little_hold_on_a_link(string name, LinkSpec spec)
    {
        foreach (bool watched in (bool[])[true, false])
        {
            QueueLedger ledger = new(name);
            LinkDirection link = new(spec, watched) { Witness = ledger };
            RandomStream random = new(1, name);
            Exponential gaps = new(700_000);
            SimTime now = SimTime.Zero;
            int refused = 0;
            for (int i = 0; i < 20_000; i++)
            {
                // A third come together with the frame before.
                now += random.NextBool(0.33) ? SimTime.Zero : gaps.NextTime(random);
                refused += link.TrySend(now, 64 + (int)random.NextBelow(1_437), out _, out _) ? 0 : 1;
            }
            ledger.Close(now);
            Assert.Equal((link.Frames, link.Dropped), (ledger.Taken, ledger.Refused));
            Assert.Equal(20_000, ledger.Taken + refused);
            Assert.Equal(link.Waited.Picoseconds, ledger.Waits);
            Assert.Equal(spec.QueueFrames < LinkSpec.NoLimit && spec.Rate != DataRate.Unlimited || spec.QueueBytes > 0, refused > 0);
        }
    }

    [Fact]
    public void They_hold_while_a_link_goes_down_and_up()
    {
        QueueLedger ledger = new("flapping");
        LinkDirection link = new(new LinkSpec(Delay, Rate, 20)) { Witness = ledger };
        RandomStream random = new(2, "flapping");
        SimTime now = SimTime.Zero;
        int sent = 0;
        for (int i = 0; i < 20_000; i++)
        {
            now += new SimTime(random.NextBelow(2_000_000));
            switch (random.NextBelow(50))
            {
                case 0 when !link.IsDown:
                    link.GoDown(now);
                    break;
                case < 5 when link.IsDown:
                    link.ComeUp();
                    break;
            }
            sent += link.TrySend(now, 1_500, out _, out _) ? 1 : 0;
        }
        ledger.Close(now + SimTime.FromSeconds(1));
        Assert.Equal(sent, ledger.Taken);
        Assert.InRange(ledger.Lost, 10, 10_000);
    }

    /// <summary>Over an empty way of unequal links a frame takes Σ(L/C + d), each L/C rounded up to a picosecond (identity 8).</summary>
    [Fact]
    public void An_empty_way_takes_the_sum_of_its_links()
    {
        LinkSpec[] way =
        [
            new(SimTime.FromNanoseconds(500), new DataRate(100_000_000_000), 10),
            new(SimTime.FromMicroseconds(3), new DataRate(25_000_000_000), 10),
            new(SimTime.Zero, DataRate.Unlimited, 10),
            new(SimTime.FromMicroseconds(1), new DataRate(3_000_000_000), 10),
        ];
        SimTime now = new(17);
        SimTime expected = now;
        foreach (LinkSpec spec in way)
        {
            Assert.True(new LinkDirection(spec).TrySend(now, 1_064, out now, out int waiting));
            Assert.Equal(0, waiting);
        }
        expected += new SimTime(85_120 + 500_000) + new SimTime(340_480 + 3_000_000) + new SimTime(2_837_334 + 1_000_000);
        Assert.Equal(expected, now);
    }

    /// <summary>m frames sent at once over k equal links are all there after (m + k − 1) L/C and the delays (identity 8).</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 5)]
    [InlineData(40, 1)]
    [InlineData(40, 5)]
    public void Frames_follow_each_other_as_in_a_pipe(int frames, int links)
    {
        LinkDirection[] way = [.. Enumerable.Range(0, links).Select(_ => new LinkDirection(new LinkSpec(Delay, Rate, LinkSpec.NoLimit)))];
        SimTime last = SimTime.Zero;
        for (int m = 0; m < frames; m++)
        {
            last = SimTime.Zero;
            foreach (LinkDirection link in way)
            {
                Assert.True(link.TrySend(last, 1_000, out last, out _));
            }
        }
        Assert.Equal(new SimTime(((frames + links - 1) * 800_000L) + (links * Delay.Picoseconds)), last);
    }
}
