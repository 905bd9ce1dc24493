using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Workload.Sampling;

namespace MizarLab.Baselines;

/// <summary>What learned entries with a lifetime are given (Achelous §4.3, spec 12 §2.1).</summary>
/// <param name="Lifetime">An entry older than this is reconciled with the gateway.</param>
/// <param name="Sweep">So often a host walks its entries.</param>
/// <param name="Link">One way between a host and a gateway.</param>
public readonly record struct EntryLife(SimTime Lifetime, SimTime Sweep, SimTime Link)
{
    /// <summary>Entries that one request asks for.</summary>
    public int Batch { get; init; }
}

/// <summary>What <see cref="LearnedEntries.Run"/> saw.</summary>
/// <param name="FirstAge">Ages at which entries were reconciled for the first time, in seconds.</param>
/// <param name="Age">The same of every time.</param>
/// <param name="Outage">From an endpoint's move until the sender's entry names its new host, in seconds.</param>
/// <param name="Requests">Sent to gateways by all hosts.</param>
public sealed record EntryOutcome(Extremes FirstAge, Extremes Age, Extremes Outage, long Requests);

/// <summary>Moments of a sample with its least and most.</summary>
public struct Extremes
{
    private Moments moments;

    public readonly Moments Moments => moments;

    public double Least { get; private set; }

    public double Most { get; private set; }

    public void Add(double value)
    {
        (Least, Most) = moments.Count == 0 ? (value, value) : (Math.Min(Least, value), Math.Max(Most, value));
        moments.Add(value);
    }
}

/// <summary>
/// Achelous' forwarding caches in the simulator: hosts learn entries at random times, walk them at even intervals, ask a gateway for those too old, and get the answers a round trip later.
/// Each entry's endpoint moves once; the gateway knows at once, the host when it next asks.
/// </summary>
public static class LearnedEntries
{
    private const int Learn = 0, Sweep = 1, Request = 2, Answer = 3;

    /// <param name="hosts">That sweep, each at a phase of its own.</param>
    /// <param name="entries">Of each.</param>
    /// <param name="life">How long entries live.</param>
    /// <param name="span">Entries are learnt in its first half, endpoints move in its second.</param>
    /// <param name="seed">Of when that is.</param>
    /// <param name="cancel">Looked at every few hundred events.</param>
    public static EntryOutcome Run(int hosts, int entries, EntryLife life, SimTime span, ulong seed, CancellationToken cancel)
    {
        Simulation simulation = new();
        Nodes nodes = new(simulation, hosts, entries, life);
        nodes.Start(span, new RandomStream(seed, "entries"));
        simulation.Run(span + life.Lifetime + life.Sweep + life.Sweep + life.Link + life.Link, long.MaxValue, cancel);
        return new EntryOutcome(nodes.FirstAge, nodes.Age, nodes.Outage, nodes.Requests);
    }

    private sealed class Nodes : INode
    {
        private readonly Simulation simulation;
        private readonly int entries;
        private readonly EntryLife life;
        private readonly NodeId[] hosts;
        private readonly NodeId gateway;
        private readonly Entry[] all;

        public Nodes(Simulation simulation, int hosts, int entries, EntryLife life)
        {
            (this.simulation, this.entries, this.life) = (simulation, entries, life);
            this.hosts = new NodeId[hosts];
            for (int i = 0; i < hosts; i++)
            {
                this.hosts[i] = simulation.Add(this);
            }
            gateway = simulation.Add(this);
            all = new Entry[hosts * entries];
        }

        public Extremes FirstAge, Age, Outage;

        public long Requests { get; private set; }

        public void Start(SimTime span, RandomStream random)
        {
            double half = span.Picoseconds / 2.0;
            for (int h = 0; h < hosts.Length; h++)
            {
                simulation.Schedule(new SimTime((long)(life.Sweep.Picoseconds * random.NextUnit())), hosts[h], hosts[h], Sweep);
                for (int i = h * entries; i < (h + 1) * entries; i++)
                {
                    all[i].Moves = new SimTime((long)(half + (half * random.NextUnit())));
                    simulation.Schedule(new SimTime((long)(half * random.NextUnit())), hosts[h], hosts[h], Learn, i);
                }
            }
        }

        public void Handle(in SimEvent happening)
        {
            switch (happening.Kind)
            {
                case Learn:
                    all[happening.Subject].Set(happening.Time);
                    break;
                case Sweep:
                    Walk(happening.Destination, happening.Time);
                    simulation.Schedule(happening.Time + life.Sweep, happening.Destination, happening.Destination, Sweep);
                    break;
                case Request:
                    // What the gateway knows now travels back.
                    long knowsMove = happening.Time >= all[happening.Subject].Moves ? 1 : 0;
                    simulation.Schedule(happening.Time + life.Link, happening.Source, gateway, Answer, happening.Subject, knowsMove);
                    break;
                default:
                    Take(ref all[happening.Subject], happening.Time, happening.Argument != 0);
                    break;
            }
        }

        private void Walk(NodeId host, SimTime now)
        {
            int asked = 0;
            for (int i = host.Index * entries; i < (host.Index + 1) * entries; i++)
            {
                ref Entry entry = ref all[i];
                if (entry.IsKnown && !entry.IsAsked && now - entry.Since >= life.Lifetime)
                {
                    entry.IsAsked = true;
                    double age = (now - entry.Since).Picoseconds / 1e12;
                    Age.Add(age);
                    if (!entry.WasRenewed)
                    {
                        FirstAge.Add(age);
                    }
                    Requests += asked++ % life.Batch == 0 ? 1 : 0;
                    simulation.Schedule(now + life.Link, gateway, host, Request, i);
                }
            }
        }

        private void Take(ref Entry entry, SimTime now, bool knowsMove)
        {
            entry.Set(now);
            entry.WasRenewed = true;
            if (knowsMove && !entry.IsMended)
            {
                entry.IsMended = true;
                Outage.Add((now - entry.Moves).Picoseconds / 1e12);
            }
        }
    }

    private struct Entry
    {
        public SimTime Since;
        public SimTime Moves;
        public bool IsKnown, IsAsked, WasRenewed, IsMended;

        public void Set(SimTime now) => (Since, IsKnown, IsAsked) = (now, true, false);
    }
}
