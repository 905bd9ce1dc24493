using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>A law that holds on every sample path did not: the simulator is wrong, whatever was simulated.</summary>
public sealed class IdentityException(string message) : Exception(message);

/// <summary>
/// Writes down every customer of one first-come-first-served queue and holds the queue to the laws that have no statistics in them (spec 12 §6.1), to the last
/// picosecond:
/// <list type="bullet">
/// <item>Lindley's recursion, W' = max(0, W + S − A), in Kiefer and Wolfowitz's form for several servers;</item>
/// <item>Little's law on the path, Σ sojourn = ∫ N dt;</item>
/// <item>the queue's own count of who waits is the number of those whose service has not begun;</item>
/// <item>nobody overtakes, and service begins neither before arrival nor while a server idles.</item>
/// </list>
/// </summary>
/// <param name="name">For messages.</param>
/// <param name="servers">Of the queue.</param>
public sealed class QueueLedger(string name, int servers = 1) : IQueueWitness
{
    /// <summary>Unfinished work before each server, least first, as the last arrival left it.</summary>
    private readonly long[] work = new long[servers];
    private readonly Queue<SimTime> starts = new();
    private readonly PriorityQueue<SimTime, long> departures = new();
    private TimeAverage present;
    private SimTime lastArrival = SimTime.Zero;
    private SimTime lastStart = SimTime.Zero;
    private Int128 sojourns;
    private Int128 waits;

    public string Name => name;

    public long Taken { get; private set; }

    public long Refused { get; private set; }

    /// <summary>Customers that were in it when it was emptied.</summary>
    public long Lost { get; private set; }

    /// <summary>Σ of all waits.</summary>
    public Int128 Waits => waits;

    /// <inheritdoc/>
    /// <exception cref="IdentityException">A law does not hold.</exception>
    public void Took(SimTime arrival, SimTime service, SimTime start, int waiting)
    {
        Advance(arrival);
        long gap = (arrival - lastArrival).Picoseconds;
        for (int i = 0; i < work.Length; i++)
        {
            work[i] = Math.Max(0, work[i] - gap);
        }
        long wait = work[0];
        if (start - arrival != new SimTime(wait))
        {
            throw Broken($"customer {Taken} came at {arrival} and is served at {start}; Lindley's recursion says after {new SimTime(wait)}");
        }
        if (start < lastStart)
        {
            throw Broken($"customer {Taken} overtakes another: served at {start}, the one before at {lastStart}");
        }
        if (waiting >= 0 && waiting != starts.Count)
        {
            throw Broken($"customer {Taken} was told that {waiting} wait, but {starts.Count} do");
        }
        Place(wait + service.Picoseconds);
        lastArrival = arrival;
        lastStart = start;
        SimTime departure = start + service;
        if (start > arrival)
        {
            starts.Enqueue(start);
        }
        departures.Enqueue(departure, departure.Picoseconds);
        present.Add(arrival, 1);
        sojourns += (departure - arrival).Picoseconds;
        waits += wait;
        Taken++;
    }

    void IQueueWitness.Refused(SimTime arrival)
    {
        Advance(arrival);
        Refused++;
        if (departures.Count < servers)
        {
            throw Broken($"a customer was turned away at {arrival}, while {departures.Count} of {servers} servers worked");
        }
    }

    /// <inheritdoc/>
    public void Emptied(SimTime now)
    {
        Advance(now);
        Lost += departures.Count;
        Forget(now);
        Array.Clear(work);
        starts.Clear();
        lastStart = now;
    }

    /// <summary>Asks for Little's law on the path from zero to <paramref name="end"/>; whoever is still there counts with the time it was.</summary>
    /// <exception cref="IdentityException">It does not hold.</exception>
    public void Close(SimTime end)
    {
        Advance(end);
        Int128 total = sojourns;
        foreach ((SimTime departure, _) in departures.UnorderedItems)
        {
            total -= (departure - end).Picoseconds;
        }
        if (total != present.Area(end))
        {
            throw Broken($"Little's law fails by {total - present.Area(end)} ps up to {end}");
        }
    }

    /// <summary>Lets everybody go whose time has come.</summary>
    private void Advance(SimTime now)
    {
        while (starts.TryPeek(out SimTime start) && start <= now)
        {
            starts.Dequeue();
        }
        while (departures.TryPeek(out SimTime departure, out _) && departure <= now)
        {
            departures.Dequeue();
            present.Add(departure, -1);
        }
    }

    private void Forget(SimTime now)
    {
        while (departures.TryDequeue(out SimTime departure, out _))
        {
            sojourns -= (departure - now).Picoseconds;
            present.Add(now, -1);
        }
    }

    /// <summary>The least entry becomes this one, and goes to its place in the order.</summary>
    private void Place(long load)
    {
        int i = 0;
        for (; i + 1 < work.Length && work[i + 1] < load; i++)
        {
            work[i] = work[i + 1];
        }
        work[i] = load;
    }

    private IdentityException Broken(string what) => new($"{name}: {what}");
}
