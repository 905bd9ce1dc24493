namespace MizarLab.DataPlane;

/// <summary>What putting a row into an <see cref="LruTable{TKey, TValue}"/> did.</summary>
public enum LruChange : byte
{
    /// <summary>The row was there with this very value; only its age changed.</summary>
    None,
    Changed,
    Added,

    /// <summary>Added, and the least recently used row left for it.</summary>
    AddedForAnother,
}

/// <summary>
/// A bounded table whose least recently used row leaves first; a lookup and a put are uses. Exactly so, where the kernel's LRU maps
/// are approximate and per CPU: the two agree below capacity.
/// </summary>
/// <remarks>
/// Arrays grow with the rows held, so a table of 50 000 that holds three costs three. Nothing is allocated once it has its size. A use touches the row alone: it
/// writes the row's stamp. Who is least recently used is found out when one must leave, by a heap of stamps as they once were: the least of them is looked up,
/// and sinks when its row has been used since.
/// </remarks>
public sealed class LruTable<TKey, TValue> : IRows<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct, IEquatable<TValue>
{
    private const int None = -1;

    private FlatRows<Place> index;
    private Node[] nodes = [];
    private Aged[]? heap;
    private int used;
    private int free = None;
    private ulong clock;

    /// <param name="capacity">Rows it holds at most.</param>
    public LruTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Capacity = capacity;
    }

    public int Capacity { get; }

    public int Count => index.Count;

    /// <summary>Looks a row up and makes it the most recently used.</summary>
    public bool TryUse(in TKey key, out TValue value)
    {
        int node = Find(in key, out _);
        if (node < 0)
        {
            value = default;
            return false;
        }
        ref Node row = ref nodes[node];
        row.Used = ++clock;
        value = row.Value;
        return true;
    }

    /// <summary>Asks for the memory a lookup begins at.</summary>
    internal void Ask(in TKey key) => index.Ask(MarkOf(in key));

    public void Put(in TKey key, in TValue value) => Put(in key, in value, out _);

    /// <summary>Inserts or replaces a row and makes it the most recently used.</summary>
    /// <param name="evicted">The key that left, when the answer is <see cref="LruChange.AddedForAnother"/>.</param>
    public LruChange Put(in TKey key, in TValue value, out TKey evicted)
    {
        evicted = default;
        int node = Find(in key, out uint mark);
        if (node >= 0)
        {
            ref Node row = ref nodes[node];
            row.Used = ++clock;
            if (row.Value.Equals(value))
            {
                return LruChange.None;
            }
            row.Value = value;
            return LruChange.Changed;
        }
        bool full = Count == Capacity;
        if (full)
        {
            evicted = nodes[Oldest()].Key;
            Remove(in evicted);
        }
        node = Take();
        nodes[node] = new Node { Key = key, Value = value, Used = ++clock };
        index.Add(mark).Node = node;
        return full ? LruChange.AddedForAnother : LruChange.Added;
    }

    public bool Remove(in TKey key)
    {
        uint mark = MarkOf(in key);
        int place = index.Find(mark, new Match(nodes, in key));
        if (place < 0)
        {
            return false;
        }
        int node = index[place].Node;
        index.RemoveAt(place);
        nodes[node] = new Node { Used = (ulong)(uint)free };
        free = node;
        return true;
    }

    /// <summary>Adds all rows, the least recently used first.</summary>
    public void CopyTo(ICollection<KeyValuePair<TKey, TValue>> rows)
    {
        List<int> held = [];
        foreach (ref readonly Place place in index.Places)
        {
            if (place.Mark != 0)
            {
                held.Add(place.Node);
            }
        }
        held.Sort((a, b) => nodes[a].Used.CompareTo(nodes[b].Used));
        foreach (int node in held)
        {
            rows.Add(new KeyValuePair<TKey, TValue>(nodes[node].Key, nodes[node].Value));
        }
    }

    private static uint MarkOf(in TKey key) => FlatHash.Of((uint)key.GetHashCode());

    /// <summary>The node of the key, or −1, and the key's mark.</summary>
    private int Find(in TKey key, out uint mark)
    {
        mark = MarkOf(in key);
        int place = index.Find(mark, new Match(nodes, in key));
        return place < 0 ? None : index.Found(place).Node;
    }

    private int Take()
    {
        if (free != None)
        {
            int reused = free;
            free = (int)(uint)nodes[reused].Used;
            return reused;
        }
        if (used == nodes.Length)
        {
            Array.Resize(ref nodes, (int)Math.Min(Capacity, Math.Max(8L, nodes.Length * 2L)));
        }
        return used++;
    }

    /// <summary>
    /// The node of the least recently used row of a full table. All nodes are in use then, so that the heap is one of all of them; it is made when the table is
    /// full for the first time.
    /// </summary>
    private int Oldest()
    {
        if (heap is null)
        {
            heap = new Aged[Capacity];
            for (int node = 0; node < heap.Length; node++)
            {
                heap[node] = new Aged(nodes[node].Used, node);
            }
            for (int at = (heap.Length / 2) - 1; at >= 0; at--)
            {
                Sink(heap, at);
            }
        }
        while (heap[0].Stamp != nodes[heap[0].Node].Used)
        {
            heap[0] = new Aged(nodes[heap[0].Node].Used, heap[0].Node);
            Sink(heap, 0);
        }
        return heap[0].Node;
    }

    private static void Sink(Aged[] heap, int at)
    {
        Aged sinking = heap[at];
        while ((2 * at) + 1 < heap.Length)
        {
            int child = (2 * at) + 1;
            if (child + 1 < heap.Length && heap[child + 1].Stamp < heap[child].Stamp)
            {
                child++;
            }
            if (heap[child].Stamp >= sinking.Stamp)
            {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = sinking;
    }

    private readonly ref struct Match(Node[] nodes, ref readonly TKey key) : IFlatMatch<Place>
    {
        private readonly ref readonly TKey key = ref key;

        public bool Is(in Place place) => nodes[place.Node].Key.Equals(key);
    }

    /// <summary>Where a key's row lies.</summary>
    private struct Place : IFlatEntry
    {
        public int Node;

        public uint Mark { readonly get; set; }
    }

    /// <summary>A row and when it was used last; of a free node, <see cref="Used"/> is the next free one.</summary>
    private struct Node
    {
        public TKey Key;
        public TValue Value;
        public ulong Used;
    }

    /// <summary>When a node's row had been used when somebody last looked: no later than it has been by now.</summary>
    private readonly record struct Aged(ulong Stamp, int Node);
}
