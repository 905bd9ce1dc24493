namespace MizarLab.Engine;

/// <summary>Sees every customer of one first-come-first-served queue as it comes; checks laws on them, or counts.</summary>
public interface IQueueWitness
{
    /// <summary>A customer was taken. Calls come in order of arrival.</summary>
    /// <param name="arrival">When it came.</param>
    /// <param name="service">How long it is served.</param>
    /// <param name="start">When its service begins.</param>
    /// <param name="waiting">Customers that the queue says wait before it; −1 when it does not count them.</param>
    void Took(SimTime arrival, SimTime service, SimTime start, int waiting);

    /// <summary>A customer was turned away.</summary>
    void Refused(SimTime arrival);

    /// <summary>Everything in the queue and in service is gone at once: a link went down.</summary>
    void Emptied(SimTime now);
}

/// <summary>
/// Servers with one queue, first come, first served: a droplet's cores, a middlebox, any place where customers wait for each other. A customer takes
/// the server that is free first; when that will be is known the moment it comes, so there is no event for the beginning of service.
/// </summary>
/// <remarks>Allocates only while its queue is longer than it ever was.</remarks>
public sealed class Station
{
    /// <summary>A binary heap of the times at which servers are free.</summary>
    private readonly SimTime[] freeAt;
    private readonly int places;
    private SimTime[] starts = new SimTime[16];
    private int first;
    private int waiting;

    /// <param name="servers">How many are served at once.</param>
    /// <param name="places">Customers it holds at most, those in service with them (Kendall's K).</param>
    public Station(int servers = 1, int places = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(servers);
        ArgumentOutOfRangeException.ThrowIfLessThan(places, servers);
        freeAt = new SimTime[servers];
        this.places = places;
    }

    /// <summary>Told of every customer.</summary>
    public IQueueWitness? Witness { get; set; }

    public int Servers => freeAt.Length;

    /// <summary>Customers taken so far.</summary>
    public long Taken { get; private set; }

    /// <summary>Customers turned away so far.</summary>
    public long Refused { get; private set; }

    /// <summary>Customers whose service has not begun at this time; times of successive calls never decrease.</summary>
    public int WaitingAt(SimTime now)
    {
        while (waiting > 0 && starts[first] <= now)
        {
            first = (first + 1) & (starts.Length - 1);
            waiting--;
        }
        return waiting;
    }

    /// <summary>Customers waiting or in service.</summary>
    public int PresentAt(SimTime now)
    {
        int present = WaitingAt(now);
        foreach (SimTime free in freeAt)
        {
            present += free > now ? 1 : 0;
        }
        return present;
    }

    /// <summary>A customer comes; times of successive calls never decrease.</summary>
    /// <param name="now">When.</param>
    /// <param name="service">How long it is served.</param>
    /// <param name="departure">When it is done.</param>
    /// <returns>False when every place is taken: the customer is gone.</returns>
    public bool TryEnter(SimTime now, SimTime service, out SimTime departure)
    {
        int before = WaitingAt(now);
        SimTime start = freeAt[0];
        if (start <= now)
        {
            start = now;
        }
        else if (freeAt.Length + before >= places)
        {
            Refused++;
            Witness?.Refused(now);
            departure = SimTime.Never;
            return false;
        }
        else
        {
            Remember(start);
        }
        departure = start + service;
        Occupy(departure);
        Taken++;
        Witness?.Took(now, service, start, before);
        return true;
    }

    /// <summary>The server that was free first is busy until then: its entry sinks to its place.</summary>
    private void Occupy(SimTime until)
    {
        int hole = 0;
        while (true)
        {
            int child = (2 * hole) + 1;
            if (child >= freeAt.Length)
            {
                break;
            }
            if (child + 1 < freeAt.Length && freeAt[child + 1] < freeAt[child])
            {
                child++;
            }
            if (freeAt[child] >= until)
            {
                break;
            }
            freeAt[hole] = freeAt[child];
            hole = child;
        }
        freeAt[hole] = until;
    }

    private void Remember(SimTime start)
    {
        if (waiting == starts.Length)
        {
            SimTime[] larger = new SimTime[starts.Length * 2];
            for (int i = 0; i < waiting; i++)
            {
                larger[i] = starts[(first + i) & (starts.Length - 1)];
            }
            starts = larger;
            first = 0;
        }
        starts[(first + waiting++) & (starts.Length - 1)] = start;
    }
}
