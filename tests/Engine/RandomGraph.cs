using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

/// <summary>
/// A network of nodes that send each other parcels at random: within a cell of nodes at any delay, zero too, between cells at the lookahead or
/// later. A parcel lies in its partition's store and changes at each node, so that a fingerprint tells order, times and contents.
/// </summary>
internal sealed class RandomGraph
{
    private const int CellSize = 3;
    private const int KindParcel = 1;
    private const int KindBell = 2;
    public static readonly SimTime Lookahead = SimTime.FromNanoseconds(100);

    private readonly Store[] stores;
    private readonly Node[] nodes;

    public RandomGraph(ulong seed, int nodeCount, int partitions, int parcels = 40, int hops = 60)
    {
        stores = [.. Enumerable.Range(0, partitions).Select(_ => new Store())];
        Simulation = new Simulation(partitions, Lookahead, (from, to) => new Crossing(stores[from], stores[to]));
        nodes = [.. Enumerable.Range(0, nodeCount).Select(i => new Node(this, seed, i, i / CellSize * 7 % partitions))];
        RandomStream random = new(seed, "parcels");
        for (int i = 0; i < parcels; i++)
        {
            Node at = nodes[(int)random.NextBelow((uint)nodeCount)];
            int parcel = at.Store.Take(new Parcel(random.NextUInt64(), hops));
            Simulation.Schedule(new SimTime(random.NextBelow(1_000_000)), at.Id, at.Id, KindParcel, parcel);
        }
    }

    public Simulation Simulation { get; }

    /// <summary>What a node throws when it handles its so many-th event; for tests of failures.</summary>
    public Action<int, int>? OnEvent { get; init; }

    public int Stored => stores.Sum(s => s.Taken);

    public UInt128 Fingerprint()
    {
        StableHash hash = default;
        foreach (Node node in nodes)
        {
            UInt128 own = node.Fingerprint;
            hash.Add((long)(ulong)own);
            hash.Add((long)(ulong)(own >> 64));
        }
        return hash.Finish();
    }

    internal readonly record struct Parcel(ulong Content, int HopsLeft);

    internal sealed class Store
    {
        private readonly List<Parcel> places = [];
        private readonly Stack<int> free = [];

        public int Taken => places.Count - free.Count;

        public int Take(Parcel parcel)
        {
            if (free.Count == 0)
            {
                places.Add(parcel);
                return places.Count - 1;
            }
            int place = free.Pop();
            places[place] = parcel;
            return place;
        }

        public Parcel Release(int place)
        {
            free.Push(place);
            return places[place];
        }
    }

    private sealed class Crossing(Store from, Store to) : ICrossing
    {
        private readonly List<Parcel> loaded = [];

        public int Load(int kind, int subject)
        {
            if (kind != KindParcel)
            {
                return subject;
            }
            loaded.Add(from.Release(subject));
            return loaded.Count - 1;
        }

        public int Unload(int kind, int place) => kind == KindParcel ? to.Take(loaded[place]) : place;

        public void Clear() => loaded.Clear();
    }

    private sealed class Node : INode
    {
        private readonly RandomGraph graph;
        private readonly Partition partition;
        private readonly RandomStream random;
        private readonly int cell;
        private StableHash seen;
        private int handled;

        public Node(RandomGraph graph, ulong seed, int index, int partition)
        {
            this.graph = graph;
            Id = graph.Simulation.Add(this, partition);
            Store = graph.stores[partition];
            this.partition = graph.Simulation.PartitionOf(Id);
            random = new RandomStream(seed, $"node/{index}");
            cell = index / CellSize;
        }

        public NodeId Id { get; }

        public Store Store { get; }

        public UInt128 Fingerprint => seen.Finish();

        public void Handle(in SimEvent happening)
        {
            graph.OnEvent?.Invoke(Id.Index, ++handled);
            Assert.Equal(happening.Time, partition.Now);
            seen.Add(happening.Time.Picoseconds);
            seen.Add(happening.Source.Index);
            seen.Add(happening.Kind);
            seen.Add(happening.Argument);
            if (happening.Kind == KindBell)
            {
                seen.Add(happening.Subject);
                return;
            }
            Parcel parcel = Store.Release(happening.Subject);
            seen.Add((long)parcel.Content);
            if (parcel.HopsLeft == 0)
            {
                return;
            }
            Send(new Parcel((parcel.Content ^ (ulong)Id.Index) * 0x9e37_79b9_7f4a_7c15, parcel.HopsLeft - 1));
            if (random.NextBelow(16) == 0)
            {
                Node to = AnyNode();
                partition.Schedule(partition.Now + DelayTo(to), to.Id, Id, KindBell, (int)random.NextBelow(1000), random.NextUInt32());
            }
        }

        private void Send(Parcel parcel)
        {
            Node to = AnyNode();
            partition.Schedule(partition.Now + DelayTo(to), to.Id, Id, KindParcel, Store.Take(parcel), handled);
        }

        private Node AnyNode() => random.NextBelow(3) == 0
            ? graph.nodes[Math.Min((cell * CellSize) + (int)random.NextBelow(CellSize), graph.nodes.Length - 1)]
            : graph.nodes[random.NextBelow((uint)graph.nodes.Length)];

        /// <summary>Few different delays, so that many events are simultaneous; some very far.</summary>
        private SimTime DelayTo(Node to)
        {
            SimTime least = to.cell == cell ? SimTime.Zero : Lookahead;
            return random.NextBelow(50) == 0
                ? least + SimTime.FromMicroseconds(random.NextBelow(2000))
                : least + SimTime.FromNanoseconds(50 * random.NextBelow(4));
        }
    }
}
