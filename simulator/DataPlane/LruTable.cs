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
/// <remarks>Arrays grow with the rows held, so a table of 50 000 that holds three costs three. Nothing is allocated once it has its size.</remarks>
public sealed class LruTable<TKey, TValue> : IRows<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct, IEquatable<TValue>
{
    private const int None = -1;

    private readonly FlatTable<TKey, int> index = new();
    private Node[] nodes = [];
    private int used;
    private int free = None;
    private int newest = None;
    private int oldest = None;

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
        if (!index.TryGet(in key, out int node))
        {
            value = default;
            return false;
        }
        Renew(node);
        value = nodes[node].Value;
        return true;
    }

    public void Put(in TKey key, in TValue value) => Put(in key, in value, out _);

    /// <summary>Inserts or replaces a row and makes it the most recently used.</summary>
    /// <param name="evicted">The key that left, when the answer is <see cref="LruChange.AddedForAnother"/>.</param>
    public LruChange Put(in TKey key, in TValue value, out TKey evicted)
    {
        evicted = default;
        if (index.TryGet(in key, out int node))
        {
            Renew(node);
            if (nodes[node].Value.Equals(value))
            {
                return LruChange.None;
            }
            nodes[node].Value = value;
            return LruChange.Changed;
        }
        bool full = Count == Capacity;
        if (full)
        {
            evicted = nodes[oldest].Key;
            Remove(in evicted);
        }
        node = Take();
        nodes[node].Key = key;
        nodes[node].Value = value;
        Append(node);
        index.Put(in key, node);
        return full ? LruChange.AddedForAnother : LruChange.Added;
    }

    public bool Remove(in TKey key)
    {
        if (!index.TryGet(in key, out int node))
        {
            return false;
        }
        index.Remove(in key);
        Unlink(node);
        nodes[node] = new Node { Older = free };
        free = node;
        return true;
    }

    /// <summary>Adds all rows, the least recently used first.</summary>
    public void CopyTo(ICollection<KeyValuePair<TKey, TValue>> rows)
    {
        for (int node = oldest; node != None; node = nodes[node].Newer)
        {
            rows.Add(new KeyValuePair<TKey, TValue>(nodes[node].Key, nodes[node].Value));
        }
    }

    private void Renew(int node)
    {
        if (node != newest)
        {
            Unlink(node);
            Append(node);
        }
    }

    private int Take()
    {
        if (free != None)
        {
            int reused = free;
            free = nodes[reused].Older;
            return reused;
        }
        if (used == nodes.Length)
        {
            Array.Resize(ref nodes, (int)Math.Min(Capacity, Math.Max(8L, nodes.Length * 2L)));
        }
        return used++;
    }

    private void Append(int node)
    {
        nodes[node].Older = newest;
        nodes[node].Newer = None;
        if (newest != None)
        {
            nodes[newest].Newer = node;
        }
        newest = node;
        if (oldest == None)
        {
            oldest = node;
        }
    }

    private void Unlink(int node)
    {
        (int older, int newer) = (nodes[node].Older, nodes[node].Newer);
        if (older == None)
        {
            oldest = newer;
        }
        else
        {
            nodes[older].Newer = newer;
        }
        if (newer == None)
        {
            newest = older;
        }
        else
        {
            nodes[newer].Older = older;
        }
    }

    /// <summary>A row and its neighbours by age; of a free node, <see cref="Older"/> is the next free one.</summary>
    private struct Node
    {
        public TKey Key;
        public TValue Value;
        public int Older;
        public int Newer;
    }
}
