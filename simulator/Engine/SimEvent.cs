using System.Runtime.CompilerServices;

namespace MizarLab.Engine;

/// <summary>Dense index of a node in its <see cref="Simulation"/>: the thing an event happens at, and the thing that caused it.</summary>
public readonly record struct NodeId(int Index);

/// <summary>
/// One thing that happens at one node. What <see cref="Kind"/>, <see cref="Subject"/> and <see cref="Argument"/> mean is the destination's
/// affair; large things (frames) lie in stores and travel as an index.
/// </summary>
/// <remarks>
/// Events are ordered by (time, destination, source, sequence of that source). The order is total, because a source never repeats a
/// sequence number, and it depends on nothing that a thread count or the shape of a queue could change. Forty bytes: the two nodes are one
/// word, and so are sequence and kind, so that two comparisons of words decide nearly always.
/// </remarks>
public struct SimEvent
{
    /// <summary>Kinds are below this.</summary>
    public const int KindLimit = 1 << KindBits;

    private const int KindBits = 16;

    // In the order in which a queue needs them.
    private long time;

    /// <summary>The queue's own: the next event in the same bucket. Fills what alignment would waste.</summary>
    internal int Link;
    private int subject;
    private ulong nodes;
    private long sequenceAndKind;
    private long argument;

    /// <param name="time">When it happens.</param>
    /// <param name="destination">Where.</param>
    /// <param name="source">Who caused it.</param>
    /// <param name="sequence">Larger than that of any event the source caused before; below 2^47.</param>
    /// <param name="kind">From 0 to below <see cref="KindLimit"/>.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="argument">More about it.</param>
    public SimEvent(SimTime time, NodeId destination, NodeId source, long sequence, int kind, int subject, long argument) =>
        Set(time, destination, source, sequence, kind, subject, argument);

    public readonly SimTime Time => new(time);

    public readonly int Subject => subject;

    public readonly long Argument => argument;

    public readonly NodeId Destination => new((int)(nodes >> 32));

    public readonly NodeId Source => new((int)nodes);

    /// <summary>Among the events of its source a later one has a larger number; between partitions, and between partitionings, numbers say nothing.</summary>
    public readonly long Sequence => sequenceAndKind >> KindBits;

    public readonly int Kind => (ushort)sequenceAndKind;

    /// <summary>Whether this event comes before the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Before(in SimEvent other)
    {
        if (time != other.time)
        {
            return time < other.time;
        }
        return nodes != other.nodes ? nodes < other.nodes : sequenceAndKind < other.sequenceAndKind;
    }

    /// <summary>
    /// Becomes an event where it lies; the link stays. An event that is made elsewhere and then copied costs the processor some twenty cycles: a copy reads wider than the
    /// fields were written, and has to wait until they are.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Set(SimTime time, NodeId destination, NodeId source, long sequence, int kind, int subject, long argument)
    {
        this.time = time.Picoseconds;
        nodes = (ulong)(uint)destination.Index << 32 | (uint)source.Index;
        sequenceAndKind = sequence << KindBits | (ushort)kind;
        this.subject = subject;
        this.argument = argument;
    }

    /// <summary>The same with another subject: what it is called in another partition's store.</summary>
    internal readonly SimEvent About(int subject) => new(Time, Destination, Source, Sequence, Kind, subject, Argument);
}
