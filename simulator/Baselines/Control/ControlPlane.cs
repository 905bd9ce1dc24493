namespace MizarLab.Baselines;

/// <summary>One message: whatever one event makes one sender tell one receiver, however many rows it is.</summary>
/// <param name="Receiver">Number among the plane's receivers.</param>
/// <param name="Endpoint">What it is about; −1: no endpoint, but a network that is set up.</param>
/// <param name="Rows">Table rows it writes, at least 1; sending and applying it takes as many times as long.</param>
public readonly record struct ControlMessage(int Receiver, int Endpoint, int Rows);

/// <summary>Messages of one row from one sender to one receiver at even distances: number <c>First + i · Stride</c> of all the sender sends, for i below <c>Count</c>.</summary>
public readonly record struct ControlTrain(int Receiver, long First, long Stride, int Count);

/// <summary>
/// Who tells whom of what when all endpoints of a network come up at once. Senders (partitions of a controller, or hosts) have messages from the beginning and send them one
/// after another; receivers apply them. The first receivers may be relays: they pass what they get on to all hosts but the one it is about.
/// </summary>
/// <remarks>An architecture is one such class. <see cref="ControlRun"/> lets it happen and counts; no class here says how many messages there are.</remarks>
public abstract class ControlPlane(ControlShape shape)
{
    public ControlShape Shape { get; } = shape.Checked();

    public abstract int Senders { get; }

    /// <summary>Relays first, then whoever is neither relay nor host, then hosts.</summary>
    public abstract int Receivers { get; }

    public virtual int Relays => 0;

    /// <summary>The number of the first host among the receivers; <see cref="Receivers"/> when hosts are told nothing.</summary>
    public abstract int FirstHost { get; }

    /// <summary>Sessions or tunnels that are open all the time.</summary>
    public abstract long Sessions { get; }

    /// <summary>All that a sender says, in its order.</summary>
    public abstract IEnumerable<ControlMessage> MessagesOf(int sender);

    /// <summary>Whether the messages to hosts can be had in batches: senders that have <see cref="TrainsOf"/>, or relays, which make their own.</summary>
    public virtual bool HasTrains => false;

    /// <summary>The same messages as trains, in no particular order; of senders that write to hosts.</summary>
    public virtual IEnumerable<ControlTrain> TrainsOf(int sender) => throw new NotSupportedException($"{GetType().Name} has no trains");

    /// <summary>No more messages than this are sent; what decides whether they are run one by one.</summary>
    public abstract long MessagesAtMost { get; }

    /// <summary>Rows a host has that nobody told it: of its own endpoints.</summary>
    public virtual int OwnRows(int host) => 0;

    /// <summary>Rows a host has whatever endpoints there are.</summary>
    public virtual long BaseRows(int host) => 0;

    /// <summary>Endpoints one message of which is spared, because two roles that are told of it are one host's.</summary>
    public virtual long Merged => 0;

    /// <summary>The tenant's networks, where the architecture tells networks apart; else 0.</summary>
    public virtual int Networks => 0;

    /// <summary>The same as <see cref="Merged"/> of the messages that set networks up.</summary>
    public virtual long MergedSetUps => 0;

    /// <summary>How many receivers from 0 to <paramref name="count"/> − 1 a partition speaks for.</summary>
    protected int ShareOf(int partition, int count) => (count - partition + Shape.Partitions - 1) / Shape.Partitions;
}
