using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Tests.Measure;

public sealed class HistogramTests
{
    [Fact]
    public void Small_values_are_exact_and_large_ones_within_a_thousandth()
    {
        foreach (long value in (long[])[0, 1, 2047, 2048, 2049, 4095, 4096, 123_456_789, long.MaxValue / 3, long.MaxValue])
        {
            Histogram one = new();
            one.Record(value);
            one.Record(long.MaxValue);
            long told = one.Quantile(0.5);
            Assert.InRange((decimal)told, value, value * 1.001m);
            Assert.True(value >= 2048 || told == value);
        }
    }

    [Fact]
    public void Quantiles_are_those_of_the_sorted_values_to_three_digits()
    {
        RandomStream random = new(1, "histogram");
        long[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (long)(random.NextUInt64() >> (1 + (int)random.NextBelow(60))))];
        Histogram histogram = new();
        foreach (long value in values)
        {
            histogram.Record(value);
        }
        Array.Sort(values);
        foreach (double share in (double[])[0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1])
        {
            long exact = values[Math.Max(0, (int)Math.Ceiling(share * values.Length) - 1)];
            Assert.InRange(histogram.Quantile(share), exact, exact + (exact / 1000));
        }
        Assert.Equal(values[0], histogram.Least);
        Assert.Equal(values[^1], histogram.Most);
        Assert.Equal(values.Aggregate(Int128.Zero, (sum, v) => sum + v), histogram.Sum);
        Assert.Equal(values.Length / 2, histogram.CountUpTo(values[(values.Length / 2) - 1]), values.Length / 100.0);
    }

    [Fact]
    public void Merged_parts_are_the_whole_in_any_order()
    {
        RandomStream random = new(2, "merge");
        Histogram whole = new();
        Histogram[] parts = [new(), new(), new()];
        for (int i = 0; i < 3_000; i++)
        {
            long value = random.NextUInt32();
            whole.Record(value);
            parts[i % 3].Record(value);
        }
        Histogram forward = new();
        Histogram backward = new();
        for (int i = 0; i < 3; i++)
        {
            forward.Merge(parts[i]);
            backward.Merge(parts[2 - i]);
        }
        Assert.Equal(HistogramText.Write(whole), HistogramText.Write(forward));
        Assert.Equal(HistogramText.Write(whole), HistogramText.Write(backward));
        Assert.Throws<ArgumentException>(() => whole.Merge(new Histogram(100)));
    }

    [Fact]
    public void Text_holds_all_of_it()
    {
        Histogram histogram = new(1_000_000);
        foreach (long value in (long[])[5, 5, 70_000, 999_999, 5_000_000_000])
        {
            histogram.Record(value);
        }
        Histogram read = HistogramText.Read(HistogramText.Write(histogram));
        Assert.Equal(HistogramText.Write(histogram), HistogramText.Write(read));
        Assert.Equal((5L, 5_000_000_000L, histogram.Mean, 70_000L), (read.Least, read.Most, read.Mean, Math.Min(70_000, read.Quantile(0.6))));
        Assert.Equal(5_000_000_000, read.Quantile(1));
        Assert.Equal(0, HistogramText.Read(HistogramText.Write(new Histogram())).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("log-linear/9 10 0 0 0 0")]
    [InlineData("log-linear/11 0 0 0 0 0")]
    [InlineData("log-linear/11 10 1 5 5 5")]
    [InlineData("log-linear/11 10 1 5 5 5 5:2")]
    [InlineData("log-linear/11 10 2 5 5 5 5:1 5:1")]
    [InlineData("log-linear/11 10 1 5 5 5 12:1")]
    [InlineData("log-linear/11 10 1 5 5 5 5:x")]
    [InlineData("log-linear/11 99999999999 1 5 5 5 5:1")]
    public void Other_text_is_refused(string text) => Assert.Throws<FormatException>(() => HistogramText.Read(text));

    [Fact]
    public void Recording_allocates_nothing()
    {
        FlowClassMeasures measures = new();
        IntervalSeries series = new(new SimTime(10));
        measures.Delivered(PathMarks.Bouncer, new SimTime(1), 4);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            measures.Delivered((PathMarks)(i & 15), new SimTime(i * 1_000L), i & 7);
            series.Add(new SimTime(i * 7L), 1);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_packet_is_of_the_first_class_that_fits()
    {
        Assert.Equal(FlowClass.DirectPath, FlowClassMeasures.ClassOf(PathMarks.None));
        Assert.Equal(FlowClass.BouncerPath, FlowClassMeasures.ClassOf(PathMarks.Bouncer));
        Assert.Equal(FlowClass.ThroughDivider, FlowClassMeasures.ClassOf(PathMarks.Bouncer | PathMarks.Divider));
        Assert.Equal(FlowClass.Scaled, FlowClassMeasures.ClassOf(PathMarks.Bouncer | PathMarks.Divider | PathMarks.Scaled));
        Assert.Equal(FlowClass.FirstPacket, FlowClassMeasures.ClassOf(PathMarks.First | PathMarks.Scaled));
    }
}
