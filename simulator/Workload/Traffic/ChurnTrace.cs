using System.Collections.Immutable;
using MizarLab.Engine;

namespace MizarLab.Workload.Traffic;

/// <summary>One machine of a trace: whose it is, when it came and when it went.</summary>
/// <param name="Machine">Its number in the trace.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="BeginsDays">In days from the trace's beginning; negative: it was there before.</param>
/// <param name="EndsDays">Null: it outlives the trace.</param>
public readonly record struct TracedLife(long Machine, long Tenant, double BeginsDays, double? EndsDays);

/// <summary>An endpoint that comes or goes, and the network it is of.</summary>
/// <param name="Network">Dense number of the tenant, in the order in which they first appear.</param>
public readonly record struct TracedChurn(ChurnEvent Event, int Network);

/// <summary>
/// Churn as somebody recorded it: each machine of a trace is an endpoint, each tenant a network. What was there before the trace began is created at its beginning; moves are not recorded, so nobody
/// moves. A machine keeps its droplet whatever else the trace holds: it is a hash of seed and machine.
/// </summary>
/// <example><code>
/// ChurnTrace trace = new(AzurePackingTrace.Read("packing_trace_zone_a_v1.sqlite"), droplets: 1_000) { Speed = 3_600 };   // an hour a second
/// foreach (TracedChurn each in trace.Until(SimTime.FromSeconds(60), seed: 1)) { … }
/// </code></example>
public sealed class ChurnTrace
{
    private const double PicosecondsADay = 86_400e12;

    private readonly ImmutableArray<TracedLife> lives;
    private readonly int droplets;

    /// <param name="lives">In any order.</param>
    /// <param name="droplets">How many there are.</param>
    /// <exception cref="ArgumentException">A machine ends before it begins, or a time is no number.</exception>
    public ChurnTrace(IEnumerable<TracedLife> lives, int droplets)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(droplets);
        this.droplets = droplets;
        this.lives = [.. lives.OrderBy(life => life.BeginsDays).ThenBy(life => life.Machine)];
        foreach (TracedLife life in this.lives)
        {
            if (!double.IsFinite(life.BeginsDays) || life.EndsDays is { } ends && !(double.IsFinite(ends) && ends >= life.BeginsDays))
            {
                throw new ArgumentException($"machine {life.Machine} lives from day {life.BeginsDays} to day {life.EndsDays}", nameof(lives));
            }
        }
    }

    /// <summary>Recorded time that passes in a simulated second, in seconds.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Day of the trace that is the run's beginning: who was there before is created then.</summary>
    public double FromDays { get; init; }

    /// <summary>Tenants with a machine that is there at some time from the run's beginning on.</summary>
    public int Networks => lives.Where(life => life.EndsDays is null || life.EndsDays > FromDays).Select(life => life.Tenant).Distinct().Count();

    /// <summary>All that happens before the end, in order of time; of one time deletions first, then by machine.</summary>
    /// <remarks>An endpoint's number is the lowest that is free when it is created, as with <see cref="Churn"/>.</remarks>
    public IEnumerable<TracedChurn> Until(SimTime end, ulong seed)
    {
        PriorityQueue<(int Endpoint, int Droplet, int Network), (SimTime Time, long Machine)> due = new();
        PriorityQueue<int, int> free = new();
        SortedDictionary<long, int> networks = [];
        int endpoints = 0;
        foreach (TracedLife life in lives)
        {
            if (life.EndsDays <= FromDays)
            {
                continue; // gone before the run begins
            }
            SimTime begins = TimeOf(Math.Max(0, life.BeginsDays - FromDays));
            while (due.TryPeek(out _, out (SimTime Time, long) first) && first.Time <= begins && first.Time < end)
            {
                yield return Delete();
            }
            if (begins >= end)
            {
                break;
            }
            if (!networks.TryGetValue(life.Tenant, out int network))
            {
                networks.Add(life.Tenant, network = networks.Count);
            }
            int endpoint = free.TryDequeue(out int lowest, out _) ? lowest : endpoints++;
            int droplet = DropletOf(life.Machine, seed);
            if (life.EndsDays is { } ends)
            {
                due.Enqueue((endpoint, droplet, network), (TimeOf(ends - FromDays), life.Machine));
            }
            yield return new TracedChurn(new ChurnEvent(begins, ChurnKind.Created, endpoint, droplet), network);
        }
        while (due.TryPeek(out _, out (SimTime Time, long) first) && first.Time < end)
        {
            yield return Delete();
        }

        TracedChurn Delete()
        {
            due.TryDequeue(out (int Endpoint, int Droplet, int Network) gone, out (SimTime Time, long) when);
            free.Enqueue(gone.Endpoint, gone.Endpoint);
            return new TracedChurn(new ChurnEvent(when.Time, ChurnKind.Deleted, gone.Endpoint, gone.Droplet), gone.Network);
        }
    }

    /// <summary>Beyond what the clock holds it is never.</summary>
    private SimTime TimeOf(double days)
    {
        double picoseconds = days * PicosecondsADay / Speed;
        return picoseconds >= SimTime.Never.Picoseconds ? SimTime.Never : new SimTime((long)picoseconds);
    }

    private int DropletOf(long machine, ulong seed)
    {
        StableHash hash = new(seed);
        hash.Add(machine);
        return (int)Math.BigMul((ulong)hash.Finish(), (ulong)droplets, out _);
    }
}
