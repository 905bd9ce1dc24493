namespace MizarLab.Engine;

/// <summary>
/// The timers of one node. The node hands events of kind <see cref="EventKind"/> to <see cref="Handle"/>; everything else about
/// them is here.
/// </summary>
public sealed class TimerSet(Partition partition, NodeId node)
{
    /// <summary>The kind of a timer's events; nodes number their own from 1.</summary>
    public const int EventKind = 0;

    private readonly List<SimTimer?> timers = [];
    private readonly Stack<int> free = [];
    private long nextTicket;

    /// <summary>Of a node whose partition the simulation knows.</summary>
    public TimerSet(Simulation simulation, NodeId node)
        : this(simulation.PartitionOf(node), node)
    {
    }

    public SimTime Now => partition.Now;

    /// <summary>A new timer, not armed.</summary>
    public SimTimer Create(Action expired)
    {
        int index = free.Count > 0 ? free.Pop() : timers.Count;
        SimTimer timer = new(this, index, expired);
        if (index == timers.Count)
        {
            timers.Add(timer);
        }
        else
        {
            timers[index] = timer;
        }
        return timer;
    }

    public void Handle(in SimEvent happening) => timers[happening.Subject]?.OnEvent(happening.Argument);

    internal long Schedule(SimTime time, int index)
    {
        partition.Schedule(time, node, node, EventKind, index, ++nextTicket);
        return nextTicket;
    }

    internal void Remove(int index)
    {
        timers[index] = null;
        free.Push(index);
    }
}

/// <summary>
/// Calls back once at the time it is armed for. Arming again moves it. Moving it to a later time costs no event: the one under way
/// finds the new time when it comes, so a retransmission timer that every acknowledgement pushes on keeps one event in the queue.
/// </summary>
public sealed class SimTimer
{
    private readonly TimerSet set;
    private readonly int index;
    private readonly Action expired;
    private SimTime deadline = SimTime.Never;
    private SimTime eventTime = SimTime.Never;
    private long ticket;
    private bool removed;

    internal SimTimer(TimerSet set, int index, Action expired)
    {
        this.set = set;
        this.index = index;
        this.expired = expired;
    }

    public bool IsArmed => deadline != SimTime.Never;

    public void ArmAfter(SimTime span) => ArmAt(set.Now + span);

    /// <exception cref="InvalidOperationException">The timer was removed.</exception>
    public void ArmAt(SimTime time)
    {
        if (removed)
        {
            throw new InvalidOperationException("a removed timer cannot be armed");
        }
        deadline = time;
        if (time < eventTime)
        {
            eventTime = time;
            ticket = set.Schedule(time, index);
        }
    }

    public void Cancel() => deadline = SimTime.Never;

    /// <summary>Gives the timer back; it never calls again.</summary>
    public void Remove()
    {
        if (!removed)
        {
            removed = true;
            Cancel();
            set.Remove(index);
        }
    }

    internal void OnEvent(long happened)
    {
        if (happened != ticket || eventTime == SimTime.Never)
        {
            return;
        }
        eventTime = SimTime.Never;
        if (deadline == SimTime.Never)
        {
            return;
        }
        if (deadline > set.Now)
        {
            ArmAt(deadline);
            return;
        }
        deadline = SimTime.Never;
        expired();
    }
}
