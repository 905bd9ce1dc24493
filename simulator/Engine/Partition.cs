using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MizarLab.Engine;

/// <summary>
/// A part of a simulation's nodes, with a clock and a queue of its own. What a node touches while it handles an event belongs to its
/// partition, which one thread at a time works on; the rest it reaches by events.
/// </summary>
public sealed class Partition
{
    /// <summary>Events between two looks at the cancellation token: some tens of microseconds.</summary>
    private const int CancellationStride = 256;

    private readonly Simulation simulation;
    private readonly EventQueue queue = new();
    private readonly SimTime lookahead;

    /// <summary>By parity of the window, then by receiver.</summary>
    private readonly Mailbox?[][] outgoing;
    private Mailbox?[] outgoingNow;
    private INode[] nodes = [];
    private byte[]? owners;
    private long lastSequence;

    internal Partition(Simulation simulation, int index, int count, SimTime lookahead)
    {
        this.simulation = simulation;
        this.lookahead = lookahead;
        Index = index;
        outgoing = [new Mailbox?[count], new Mailbox?[count]];
        outgoingNow = outgoing[0];
    }

    public int Index { get; }

    /// <summary>The time of the event being handled; between runs, how far the simulation has come.</summary>
    public SimTime Now { get; internal set; } = SimTime.Zero;

    /// <summary>Events executed so far.</summary>
    public long Executed { get; private set; }

    /// <summary>Who is told of events before they happen; null for nobody.</summary>
    public IForesight? Foresight { get; set; }

    /// <summary>Events in its queue, without those on their way from other partitions.</summary>
    public int Pending => queue.Count;

    /// <summary>
    /// Has an event happen at <paramref name="destination"/>, which may be in another partition. The subject is given away: if it crosses, it is taken
    /// out of this partition's store (<see cref="ICrossing"/>).
    /// </summary>
    /// <param name="time">Not before now; in another partition not before now and the simulation's lookahead.</param>
    /// <param name="destination">Where it happens.</param>
    /// <param name="source">Who causes it: a node of this partition.</param>
    /// <param name="kind">From 0 to below <see cref="SimEvent.KindLimit"/>.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="argument">More about it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time has passed already, or is too near for another partition.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Schedule(SimTime time, NodeId destination, NodeId source, int kind, int subject = 0, long argument = 0)
    {
        if (time < Now)
        {
            ThrowPassed(time);
        }
        if ((uint)kind >= SimEvent.KindLimit)
        {
            ThrowKind(kind);
        }
        if (owners is null || owners[destination.Index] == Index)
        {
            queue.Push(time, destination, source, ++lastSequence, kind, subject, argument);
        }
        else
        {
            SendOut(time, destination, source, kind, subject, argument);
        }
    }

    /// <summary>The earliest event left when the last window ended; kept here so that another thread need not go through the queue.</summary>
    internal SimTime EarliestLeft { get; private set; } = SimTime.Never;

    /// <summary>The earliest event sent to other partitions in the last window.</summary>
    internal SimTime EarliestSent { get; private set; } = SimTime.Never;

    /// <summary>Whether any event was left or sent: one at <see cref="SimTime.Never"/> is an event too.</summary>
    internal bool IsActive { get; private set; }

    internal void Know(INode[] allNodes, byte[]? allOwners)
    {
        nodes = allNodes;
        owners = allOwners;
    }

    internal long NextSequence() => ++lastSequence;

    internal void Put(in SimEvent added) => queue.Push(in added);

    /// <summary>Takes in what the others sent in the windows of the other parity.</summary>
    internal void TakeIn(int senderParity)
    {
        foreach (Partition sender in simulation.Partitions)
        {
            if (sender.outgoing[senderParity][Index] is { IsEmpty: false } box)
            {
                box.EmptyInto(queue);
            }
        }
    }

    /// <summary>Executes its events in order up to and including those at <paramref name="last"/>, at most so many. Answers how many.</summary>
    internal long RunThrough(SimTime last, long limit, int windowParity, CancellationToken cancel)
    {
        outgoingNow = outgoing[windowParity];
        EarliestSent = SimTime.Never;
        IsActive = false;
        IForesight? foresight = Foresight;
        long count = 0;
        for (; count < limit; count++)
        {
            if (count % CancellationStride == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }
            ref readonly SimEvent next = ref queue.TakeThrough(last);
            if (Unsafe.IsNullRef(in next))
            {
                break;
            }
            if (foresight is not null)
            {
                Foresee(foresight);
            }
            Now = next.Time;
            Executed++;
            nodes[next.Destination.Index].Handle(in next);
        }
        LookAhead();
        return count;
    }

    /// <summary>Before the first window of a run, when nothing is in mailboxes.</summary>
    internal void BeginRun()
    {
        IsActive = false;
        LookAhead();
    }

    private void LookAhead()
    {
        EarliestLeft = queue.Earliest;
        IsActive |= queue.Count > 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Foresee(IForesight foresight)
    {
        ref readonly SimEvent soon = ref queue.Coming(IForesight.SoonEvents);
        if (!Unsafe.IsNullRef(in soon))
        {
            foresight.Soon(in soon);
        }
        ref readonly SimEvent next = ref queue.Coming(IForesight.NextEvents);
        if (!Unsafe.IsNullRef(in next))
        {
            foresight.Next(in next);
        }
    }

    private void SendOut(SimTime time, NodeId destination, NodeId source, int kind, int subject, long argument)
    {
        if (time < Now + lookahead)
        {
            ThrowTooNear(time, destination, source);
        }
        if (time < EarliestSent)
        {
            EarliestSent = time;
        }
        IsActive = true;
        int to = owners![destination.Index];
        Mailbox box = outgoingNow[to] ?? NewMailbox(to);
        box.Put(time, destination, source, ++lastSequence, kind, subject, argument);
    }

    private Mailbox NewMailbox(int to) => outgoingNow[to] = new Mailbox(simulation.MakeCrossing(Index, to));

    [DoesNotReturn]
    private void ThrowPassed(SimTime time) =>
        throw new ArgumentOutOfRangeException(nameof(time), time, $"it is {Now} already");

    [DoesNotReturn]
    private static void ThrowKind(int kind) =>
        throw new ArgumentOutOfRangeException(nameof(kind), kind, $"kinds are from 0 to {SimEvent.KindLimit - 1}");

    [DoesNotReturn]
    private void ThrowTooNear(SimTime time, NodeId destination, NodeId source) => throw new ArgumentOutOfRangeException(
        nameof(time), time, $"an event of node {source.Index} at node {destination.Index}, which is in another partition, is {time - Now} ahead: less than the lookahead, {lookahead}");
}
