namespace MizarLab.Engine;

/// <summary>Something events happen at. One object may be several nodes.</summary>
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
/// Nodes, given to one or more partitions, and the loop over their events. Nodes schedule events at nodes; each partition hands out its own in
/// order (<see cref="SimEvent"/>), and its clock jumps from one to the next.
/// </summary>
/// <remarks>
/// Several partitions run in windows as long as the lookahead, the least delay between nodes of different partitions: what happens in a window cannot
/// reach another partition within it, so within a window each is alone, and threads cannot change what happens. Between windows they exchange
/// what they sent. Partitions cannot change it either: an event's place in the order depends on its nodes, whose numbers the caller fixes by the order
/// in which it adds them, and which must not depend on the partitioning.
/// </remarks>
/// <example><code>
/// Simulation simulation = new();
/// NodeId bell = simulation.Add(node);
/// simulation.Schedule(SimTime.FromMicroseconds(3), bell, bell, kind: 1);
/// simulation.Run(SimTime.Never, eventLimit: 1_000, CancellationToken.None);
/// </code></example>
public sealed class Simulation
{
    /// <summary>As many partitions a simulation may have.</summary>
    public const int MostPartitions = 256;

    private readonly Partition[] partitions;
    private readonly Func<int, int, ICrossing>? crossings;
    private INode[] nodes = new INode[16];
    private byte[] owners = new byte[16];
    private int nodeCount;
    private bool running;

    /// <summary>A simulation of one partition.</summary>
    public Simulation()
        : this(1, SimTime.Never)
    {
    }

    /// <param name="partitions">From 1 to <see cref="MostPartitions"/>; more than threads balance better.</param>
    /// <param name="lookahead">No event happens in another partition than its source's sooner than this after it was caused.</param>
    /// <param name="crossings">Makes what subjects travel in from one partition to another; without it they cross as the numbers they are.</param>
    public Simulation(int partitions, SimTime lookahead, Func<int, int, ICrossing>? crossings = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(partitions is >= 1 and <= MostPartitions, true, nameof(partitions));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lookahead, SimTime.Zero);
        this.partitions = new Partition[partitions];
        for (int i = 0; i < partitions; i++)
        {
            this.partitions[i] = new Partition(this, i, partitions, lookahead);
        }
        Lookahead = lookahead;
        this.crossings = crossings;
        Tell();
    }

    public ReadOnlySpan<Partition> Partitions => partitions;

    /// <summary>Windows are as long.</summary>
    public SimTime Lookahead { get; }

    /// <summary>The clock of a simulation of one partition; of several, how far they have come between runs (ask a partition during one).</summary>
    public SimTime Now => partitions.Length == 1 ? partitions[0].Now : new SimTime(partitions.Max(p => p.Now.Picoseconds));

    /// <summary>Events executed so far.</summary>
    public long Executed => Sum(p => p.Executed);

    /// <summary>Events that have not happened yet.</summary>
    public int Pending => (int)Sum(p => p.Pending);

    public int NodeCount => nodeCount;

    /// <summary>Adds a node; its index takes part in the order of simultaneous events.</summary>
    public NodeId Add(INode node, int partition = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)partition, (uint)partitions.Length, nameof(partition));
        if (nodeCount == nodes.Length)
        {
            Array.Resize(ref nodes, nodeCount * 2);
            Array.Resize(ref owners, nodeCount * 2);
            Tell();
        }
        nodes[nodeCount] = node;
        owners[nodeCount] = (byte)partition;
        return new NodeId(nodeCount++);
    }

    public INode this[NodeId node] => nodes[node.Index];

    public Partition PartitionOf(NodeId node) => partitions[owners[node.Index]];

    /// <summary>
    /// Has an event happen at <paramref name="destination"/>, caused by <paramref name="source"/>. With several partitions this is for between runs, at any
    /// distance, and the subject is already in the store of the destination's partition; within a run use <see cref="Partition.Schedule"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time has passed already.</exception>
    /// <exception cref="InvalidOperationException">Several partitions are running.</exception>
    public void Schedule(SimTime time, NodeId destination, NodeId source, int kind, int subject = 0, long argument = 0)
    {
        if (partitions.Length == 1)
        {
            partitions[0].Schedule(time, destination, source, kind, subject, argument);
            return;
        }
        if (running)
        {
            throw new InvalidOperationException("while several partitions run, events are scheduled by the partition of their source");
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Now);
        PartitionOf(destination).Put(new SimEvent(time, destination, source, PartitionOf(source).NextSequence(), kind, subject, argument));
    }

    /// <summary>Executes events in order up to and including those at <paramref name="until"/>.</summary>
    /// <param name="until">The clock never passes it; <see cref="SimTime.Never"/> for as long as there are events.</param>
    /// <param name="eventLimit">At most so many events in this call. Several partitions stop at the end of the window that reaches it.</param>
    /// <param name="cancel">Looked at every few hundred events.</param>
    /// <param name="threads">At most so many work on the partitions, this one among them. What happens does not depend on it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <remarks>What a node throws comes out here; of several partitions', that of the first.</remarks>
    public RunEnd Run(SimTime until, long eventLimit, CancellationToken cancel, int threads = 1)
    {
        running = true;
        try
        {
            return partitions.Length == 1
                ? RunAlone(until, eventLimit, cancel)
                : new WindowedRun(this, until, eventLimit, cancel).Execute(Math.Clamp(threads, 1, partitions.Length));
        }
        finally
        {
            running = false;
        }
    }

    internal ICrossing? MakeCrossing(int from, int to) => crossings?.Invoke(from, to);

    private RunEnd RunAlone(SimTime until, long eventLimit, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Partition only = partitions[0];
        only.RunThrough(until, eventLimit, 0, cancel);
        if (only.Pending == 0)
        {
            return RunEnd.Quiet;
        }
        if (only.EarliestLeft <= until)
        {
            return RunEnd.EventLimit;
        }
        only.Now = until;
        return RunEnd.TimeReached;
    }

    private long Sum(Func<Partition, long> of)
    {
        long sum = 0;
        foreach (Partition partition in partitions)
        {
            sum += of(partition);
        }
        return sum;
    }

    private void Tell()
    {
        foreach (Partition partition in partitions)
        {
            partition.Know(nodes, partitions.Length == 1 ? null : owners);
        }
    }
}
