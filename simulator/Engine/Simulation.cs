namespace MizarLab.Engine;

/// <summary>Something events happen at.</summary>
public interface INode
{
    void Handle(in SimEvent happening);
}

/// <summary>How a run of the loop ended.</summary>
public enum RunEnd : byte
{
    /// <summary>No event is left.</summary>
    Quiet,

    /// <summary>The next event lies behind the time asked for.</summary>
    TimeReached,

    /// <summary>So many events were executed as were allowed.</summary>
    EventLimit,
}

/// <summary>
/// The clock and the loop. Nodes schedule events at nodes; the loop hands them out in order (<see cref="SimEvent"/>) and the clock
/// jumps from one to the next.
/// </summary>
/// <example><code>
/// Simulation simulation = new();
/// NodeId bell = simulation.Add(node);
/// simulation.Schedule(SimTime.FromMicroseconds(3), bell, bell, kind: 1);
/// simulation.Run(SimTime.Never, eventLimit: 1_000, CancellationToken.None);
/// </code></example>
public sealed class Simulation
{
    /// <summary>Events between two looks at the cancellation token: some tens of microseconds.</summary>
    private const int CancellationStride = 256;

    private readonly EventQueue queue = new();
    private readonly List<INode> nodes = [];
    private long[] sequences = new long[16];

    public SimTime Now { get; private set; } = SimTime.Zero;

    /// <summary>Events executed so far.</summary>
    public long Executed { get; private set; }

    public int Pending => queue.Count;

    /// <summary>Adds a node; its index takes part in the order of simultaneous events.</summary>
    public NodeId Add(INode node)
    {
        if (nodes.Count == sequences.Length)
        {
            Array.Resize(ref sequences, sequences.Length * 2);
        }
        nodes.Add(node);
        return new NodeId(nodes.Count - 1);
    }

    /// <summary>Has an event happen at <paramref name="destination"/>, caused by <paramref name="source"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time has passed already.</exception>
    public void Schedule(SimTime time, NodeId destination, NodeId source, int kind, int subject = 0, long argument = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Now);
        queue.Push(new SimEvent(time, destination, source, sequences[source.Index]++, kind, subject, argument));
    }

    /// <summary>Executes events in order up to and including those at <paramref name="until"/>.</summary>
    /// <param name="until">The clock never passes it; <see cref="SimTime.Never"/> for as long as there are events.</param>
    /// <param name="eventLimit">At most so many events in this call.</param>
    /// <param name="cancel">Looked at every few hundred events.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public RunEnd Run(SimTime until, long eventLimit, CancellationToken cancel)
    {
        for (long count = 0; queue.Count > 0; count++)
        {
            if (queue.Peek().Time > until)
            {
                Now = until;
                return RunEnd.TimeReached;
            }
            if (count == eventLimit)
            {
                return RunEnd.EventLimit;
            }
            if (count % CancellationStride == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }
            SimEvent next = queue.Pop();
            Now = next.Time;
            Executed++;
            nodes[next.Destination.Index].Handle(in next);
        }
        return RunEnd.Quiet;
    }
}
