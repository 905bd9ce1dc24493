using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Workload.Traffic;

/// <summary>What happens to an endpoint.</summary>
public enum ChurnKind : byte
{
    Created,
    Moved,
    Deleted,
}

/// <param name="Time">When.</param>
/// <param name="Kind">What.</param>
/// <param name="Endpoint">Its number: the lowest that is free when it is created.</param>
/// <param name="Droplet">Where it is from then on; where it was, when it is deleted.</param>
public readonly record struct ChurnEvent(SimTime Time, ChurnKind Kind, int Endpoint, int Droplet);

/// <summary>
/// Endpoints that come, move and go: created at a rate (Poisson), each living for a time of one law, and moved to another droplet at random times meanwhile. In the long
/// run rate × mean life of them are there (M/G/∞).
/// </summary>
/// <param name="droplets">How many there are; each endpoint's is drawn.</param>
/// <param name="gaps">Between creations, in picoseconds; exponential for Poisson.</param>
/// <param name="life">From creation to deletion, in picoseconds.</param>
public sealed class Churn(int droplets, IDistribution gaps, IDistribution life)
{
    /// <summary>Between moves of one endpoint, in picoseconds; null: nobody moves.</summary>
    public IDistribution? Stays { get; init; }

    /// <summary>Endpoints there at most: a creation beyond does not happen.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>All that happens until the end, in order; of one time by endpoint.</summary>
    public IEnumerable<ChurnEvent> Until(SimTime end, ulong seed)
    {
        RandomStream random = new(seed, "churn");
        PriorityQueue<ChurnKind, (SimTime Time, int Endpoint, ChurnKind Kind)> due = new();
        List<(SimTime Ends, int Droplet)> endpoints = [];
        PriorityQueue<int, int> free = new();
        SimTime next = gaps.NextTime(random);
        while (true)
        {
            if (due.TryPeek(out ChurnKind kind, out (SimTime Time, int Endpoint, ChurnKind) first) && first.Time <= next)
            {
                if (first.Time >= end)
                {
                    yield break;
                }
                due.Dequeue();
                (SimTime ends, int droplet) = endpoints[first.Endpoint];
                if (kind == ChurnKind.Deleted)
                {
                    free.Enqueue(first.Endpoint, first.Endpoint);
                }
                else
                {
                    droplet = random.NextOther(droplet, droplets);
                    endpoints[first.Endpoint] = (ends, droplet);
                    Move(first.Time, first.Endpoint, ends);
                }
                yield return new ChurnEvent(first.Time, kind, first.Endpoint, droplet);
                continue;
            }
            if (next >= end)
            {
                yield break;
            }
            if (endpoints.Count - free.Count < Limit)
            {
                yield return Create(next);
            }
            next += gaps.NextTime(random);
        }

        ChurnEvent Create(SimTime now)
        {
            int droplet = (int)random.NextBelow((uint)droplets);
            SimTime ends = now + life.NextTime(random);
            if (!free.TryDequeue(out int endpoint, out _))
            {
                endpoint = endpoints.Count;
                endpoints.Add(default);
            }
            endpoints[endpoint] = (ends, droplet);
            due.Enqueue(ChurnKind.Deleted, (ends, endpoint, ChurnKind.Deleted));
            Move(now, endpoint, ends);
            return new ChurnEvent(now, ChurnKind.Created, endpoint, droplet);
        }

        void Move(SimTime now, int endpoint, SimTime ends)
        {
            if (droplets > 1 && Stays is { } stays && now + stays.NextTime(random) is { } moves && moves < ends)
            {
                due.Enqueue(ChurnKind.Moved, (moves, endpoint, ChurnKind.Moved));
            }
        }
    }
}
