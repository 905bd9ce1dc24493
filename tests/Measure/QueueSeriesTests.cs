using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Tests.Measure;

public sealed class QueueSeriesTests
{
    /// <summary>Random single-server queues, held against counting who waits at every picosecond.</summary>
    [Theory]
    [InlineData(1, 8, false)]
    [InlineData(2, 16, true)]
    [InlineData(3, 4, true)]
    [InlineData(4, 64, false)]
    public void Most_and_mean_are_those_of_every_picosecond(ulong seed, int intervals, bool empties)
    {
        RandomStream random = new(seed, "queue");
        QueueSeries series = new(new SimTime(10), intervals);
        int[] waiting = new int[20_000];
        long now = 0, busyUntil = 0;
        while (now < 3_000)
        {
            now += random.NextBelow(30);
            if (empties && random.NextBelow(40) == 0)
            {
                series.Emptied(new SimTime(now));
                Array.Clear(waiting, (int)now, waiting.Length - (int)now);
                busyUntil = now;
                continue;
            }
            long start = Math.Max(now, busyUntil), service = random.NextBelow(36);
            series.Took(new SimTime(now), new SimTime(service), new SimTime(start), -1);
            for (long t = now; t < start; t++)
            {
                waiting[t]++;
            }
            busyUntil = start + service;
        }
        SimTime width = new MeterSettings(new SimTime(10), intervals).WidthFor(new SimTime(now), series.Width);
        QueueInterval[] found = series.InIntervalsOf(width, new SimTime(now));
        Assert.True(waiting.Max() > 3, "the queue was never long");
        Assert.Equal(waiting.Sum(), (long)series.Area);
        for (int i = 0; i < found.Length - 1; i++)
        {
            int[] span = waiting[(int)(i * width.Picoseconds)..(int)((i + 1) * width.Picoseconds)];
            Assert.Equal((i, span.Max(), (Int128)span.Sum()), (i, found[i].Most, found[i].Area));
        }
    }

    [Fact]
    public void A_queue_that_drains_over_intervals_is_long_at_their_beginnings()
    {
        QueueSeries series = new(new SimTime(100));
        for (int i = 0; i < 10; i++)
        {
            series.Took(SimTime.Zero, new SimTime(100), new SimTime(100 * i), -1);
        }
        QueueInterval[] found = series.InIntervalsOf(new SimTime(100), new SimTime(1_000));
        // At 100 the second begins and eight wait; and so on.
        Assert.Equal([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], found.Select(interval => interval.Most));
        Assert.Equal([900, 800, 700, 600, 500, 400, 300, 200, 100, 0], found.Select(interval => (int)interval.Area));
    }

    [Fact]
    public void Who_is_served_at_once_costs_nothing()
    {
        QueueSeries series = new(new SimTime(100));
        series.Took(new SimTime(5), new SimTime(1), new SimTime(5), 0);
        Assert.True(series.IsEmpty);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            series.Took(new SimTime(10 + i), new SimTime(1), new SimTime(10 + i), 0);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
