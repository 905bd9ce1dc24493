namespace MizarLab.Engine;

/// <summary>Dense index of a node in its <see cref="Simulation"/>: the thing an event happens at, and the thing that caused it.</summary>
public readonly record struct NodeId(int Index);

/// <summary>
/// One thing that happens at one node. What <see cref="Kind"/>, <see cref="Subject"/> and <see cref="Argument"/> mean is the destination's
/// affair; large things (frames) lie in stores and travel as an index.
/// </summary>
/// <remarks>
/// Events are ordered by (time, destination, source, sequence of that source). The order is total, because a source never repeats a
/// sequence number, and it depends on nothing that a thread count or the shape of a queue could change.
/// </remarks>
public readonly struct SimEvent(SimTime time, NodeId destination, NodeId source, long sequence, int kind, int subject, long argument)
{
    public readonly SimTime Time = time;
    public readonly NodeId Destination = destination;
    public readonly NodeId Source = source;

    /// <summary>How many events the source had caused before this one.</summary>
    public readonly long Sequence = sequence;
    public readonly int Kind = kind;
    public readonly int Subject = subject;
    public readonly long Argument = argument;

    /// <summary>Whether this event comes before the other.</summary>
    public bool Before(in SimEvent other)
    {
        if (Time != other.Time)
        {
            return Time < other.Time;
        }
        if (Destination != other.Destination)
        {
            return Destination.Index < other.Destination.Index;
        }
        return Source != other.Source ? Source.Index < other.Source.Index : Sequence < other.Sequence;
    }
}
