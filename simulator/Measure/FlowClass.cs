using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>What a packet met on its way, one bit each; set where it happens, read where the packet is delivered.</summary>
[Flags]
public enum PathMarks : byte
{
    None = 0,

    /// <summary>The first of its pair of endpoints, or of its flow, as the source counts.</summary>
    First = 1,

    /// <summary>A bouncer had it.</summary>
    Bouncer = 2,

    /// <summary>A divider had it.</summary>
    Divider = 4,

    /// <summary>It was addressed to a scaled endpoint, or comes from a backend of one.</summary>
    Scaled = 8,

    /// <summary>It is in the sample that is traced. No part of its way.</summary>
    Sampled = 16,
}

/// <summary>Classes that latency and hops are told apart by. A packet is of the first class below that fits it.</summary>
public enum FlowClass : byte
{
    FirstPacket,
    Scaled,
    ThroughDivider,
    BouncerPath,
    DirectPath,
}

/// <summary>Histograms of latency and of hops, per class. One a partition, merged at the end; recording allocates nothing.</summary>
public sealed class FlowClassMeasures
{
    public const int Classes = (int)FlowClass.DirectPath + 1;

    /// <summary>Latency is kept to three digits up to a second of simulated time; a longer one counts as beyond.</summary>
    private static readonly SimTime LongestTold = SimTime.FromSeconds(1);
    private const int MostHopsTold = 1023;

    private readonly Histogram[] latency = new Histogram[Classes];
    private readonly Histogram[] hops = new Histogram[Classes];

    public FlowClassMeasures()
    {
        for (int i = 0; i < Classes; i++)
        {
            latency[i] = new Histogram(LongestTold.Picoseconds);
            hops[i] = new Histogram(MostHopsTold);
        }
    }

    public static FlowClass ClassOf(PathMarks marks) => marks switch
    {
        _ when (marks & PathMarks.First) != 0 => FlowClass.FirstPacket,
        _ when (marks & PathMarks.Scaled) != 0 => FlowClass.Scaled,
        _ when (marks & PathMarks.Divider) != 0 => FlowClass.ThroughDivider,
        _ when (marks & PathMarks.Bouncer) != 0 => FlowClass.BouncerPath,
        _ => FlowClass.DirectPath,
    };

    /// <summary>In picoseconds, from the source's interface to the destination's.</summary>
    public Histogram Latency(FlowClass of) => latency[(int)of];

    /// <summary>Link traversals.</summary>
    public Histogram Hops(FlowClass of) => hops[(int)of];

    public void Delivered(PathMarks marks, SimTime took, int traversals)
    {
        int place = (int)ClassOf(marks);
        latency[place].Record(took.Picoseconds);
        hops[place].Record(traversals);
    }

    public void Merge(FlowClassMeasures other)
    {
        for (int i = 0; i < Classes; i++)
        {
            latency[i].Merge(other.latency[i]);
            hops[i].Merge(other.hops[i]);
        }
    }
}
