using System.Runtime.CompilerServices;

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
/// Grows with the rows held, so a table of 50 000 that holds three costs three. Nothing is allocated once it has its size. Key, value and stamp lie in one row, and a use touches
/// that alone: it writes the stamp. Who is least recently used is found out when one must leave, by a heap of stamps as they once were: the least of them is looked
/// up, and sinks when its row has been used since. The heap is made when the table is full for the first time.
/// </remarks>
public sealed class LruTable<TKey, TValue> : IRows<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct, IEquatable<TValue>
{
    private FlatRows<Row, TKey> rows;
    private ulong clock;

    /// <summary>Every row is in it, and keys that were removed since: at most as many again.</summary>
    private Aged[]? heap;
    private int aged;

    /// <param name="capacity">Rows it holds at most.</param>
    public LruTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Capacity = capacity;
    }

    public int Capacity { get; }

    public int Count => rows.Count;

    /// <summary>Looks a row up and makes it the most recently used.</summary>
    public bool TryUse(in TKey key, out TValue value)
    {
        ref TValue there = ref Use(in key);
        bool known = !Unsafe.IsNullRef(in there);
        value = known ? there : default;
        return known;
    }

    /// <summary>Looks a row up and makes it the most recently used.</summary>
    /// <returns>Its value where it lies, good until a row comes or goes; a null reference when there is none.</returns>
    internal ref TValue Use(scoped in TKey key) => ref Use(in key, MarkOf(in key));

    /// <inheritdoc cref="Use(in TKey)"/>
    /// <param name="mark">The key's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref TValue Use(scoped in TKey key, uint mark)
    {
        ref Row row = ref Find(in key, mark);
        if (Unsafe.IsNullRef(in row))
        {
            return ref Unsafe.NullRef<TValue>();
        }
        row.Used = ++clock;
        return ref row.Value;
    }

    /// <summary>What a key is found by; keys of one hash have one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint MarkOf(scoped in TKey key) => FlatHash.Of((uint)key.GetHashCode());

    /// <summary>Asks for the memory of a row.</summary>
    internal void Ask(scoped in TKey key) => rows.Ask(MarkOf(in key));

    public void Put(in TKey key, in TValue value) => Put(in key, in value, out _);

    /// <summary>Inserts or replaces a row and makes it the most recently used.</summary>
    /// <param name="evicted">The key that left, when the answer is <see cref="LruChange.AddedForAnother"/>.</param>
    public LruChange Put(in TKey key, in TValue value, out TKey evicted)
    {
        evicted = default;
        uint mark = MarkOf(in key);
        ref Row row = ref Find(in key, mark);
        if (!Unsafe.IsNullRef(in row))
        {
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
            evicted = TakeOldest();
        }
        ref Row added = ref rows.Add(mark);
        added.Key = key;
        added.Value = value;
        added.Used = ++clock;
        if (heap is not null)
        {
            Grow(new Aged(clock, key));
        }
        return full ? LruChange.AddedForAnother : LruChange.Added;
    }

    public bool Remove(in TKey key)
    {
        ref Row row = ref Find(in key, MarkOf(in key));
        if (Unsafe.IsNullRef(in row))
        {
            return false;
        }
        rows.Remove(ref row);
        return true;
    }

    /// <summary>Adds all rows, the least recently used first.</summary>
    public void CopyTo(ICollection<KeyValuePair<TKey, TValue>> rows)
    {
        List<Row> held = [];
        foreach (ref readonly Row row in this.rows.Places)
        {
            if (row.Mark != 0)
            {
                held.Add(row);
            }
        }
        held.Sort((a, b) => a.Used.CompareTo(b.Used));
        foreach (Row row in held)
        {
            rows.Add(new KeyValuePair<TKey, TValue>(row.Key, row.Value));
        }
    }

    /// <summary>A row where it lies, good until one comes or goes; a null reference when there is none. To look is no use of it.</summary>
    internal ref Row Find(scoped in TKey key) => ref Find(in key, MarkOf(in key));

    /// <summary>Makes a row that was found the most recently used.</summary>
    internal void Touch(ref Row row) => row.Used = ++clock;

    /// <inheritdoc cref="Find(in TKey)"/>
    /// <param name="mark">The key's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref Row Find(scoped in TKey key, uint mark) => ref rows.Find(mark, in key);

    /// <summary>Takes the least recently used row of a full table out.</summary>
    private TKey TakeOldest()
    {
        heap ??= Gather(new Aged[2L * Capacity]);
        while (true)
        {
            Aged least = heap[0];
            TKey key = least.Key;
            ref Row row = ref Find(in key, MarkOf(in key));
            bool known = !Unsafe.IsNullRef(in row);
            if (known && row.Used != least.Stamp)
            {
                Sink(heap, aged, 0, new Aged(row.Used, key));
                continue;
            }
            Sink(heap, aged - 1, 0, heap[aged - 1]);
            aged--;
            if (known)
            {
                rows.Remove(ref row);
                return key;
            }
        }
    }

    /// <summary>Makes it the heap of all rows as they are.</summary>
    private Aged[] Gather(Aged[] all)
    {
        aged = 0;
        foreach (ref readonly Row row in rows.Places)
        {
            if (row.Mark != 0)
            {
                all[aged++] = new Aged(row.Used, row.Key);
            }
        }
        for (int at = (aged / 2) - 1; at >= 0; at--)
        {
            Sink(all, aged, at, all[at]);
        }
        return all;
    }

    /// <summary>A row was added. One that is younger than all others needs not rise.</summary>
    private void Grow(Aged added)
    {
        if (aged == heap!.Length)
        {
            // Half of it are keys that were removed.
            Gather(heap);
            return;
        }
        heap[aged++] = added;
    }

    /// <summary>Puts one where it belongs, at a place or below.</summary>
    private static void Sink(Aged[] heap, int count, int at, Aged sinking)
    {
        while ((2 * at) + 1 < count)
        {
            int child = (2 * at) + 1;
            if (child + 1 < count && heap[child + 1].Stamp < heap[child].Stamp)
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

    /// <summary>A row, and when it was used last.</summary>
    internal struct Row : IFlatEntry<TKey>
    {
        private uint mark;
        public TKey Key;
        public TValue Value;
        public ulong Used;

        public uint Mark
        {
            readonly get => mark;
            set => mark = value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Is(in TKey key) => Key.Equals(key);
    }

    /// <summary>When a row had been used when somebody last looked: no later than it has been by now.</summary>
    private readonly record struct Aged(ulong Stamp, TKey Key);
}
