using System.Diagnostics.CodeAnalysis;

namespace MizarLab.DataPlane;

/// <summary>
/// A hash table in flat arrays: open addressing, linear probing, deletion by shifting back (no tombstones). A lookup allocates nothing and
/// touches the marks (4 bytes a place) and one entry. Grows by doubling at a load of 3/4; holds nothing until the first row.
/// </summary>
/// <remarks>The order of <see cref="CopyTo"/> depends on nothing but the history of the table: no per-process seed.</remarks>
public sealed class FlatTable<TKey, TValue> : IRows<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    private const int FirstSize = 8;
    private const uint Occupied = 1u << 31;

    private readonly int limit;
    private uint[] marks = [];
    private Entry[] entries = [];

    /// <param name="limit">Rows it holds at most; one more and <see cref="Put"/> throws, as a kernel map answers E2BIG.</param>
    public FlatTable(int limit = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        this.limit = limit;
    }

    /// <summary>Rows held.</summary>
    public int Count { get; private set; }

    public bool TryGet(in TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int place = Find(in key);
        if (place < 0)
        {
            value = default;
            return false;
        }
        value = entries[place].Value;
        return true;
    }

    public bool Contains(in TKey key) => Find(in key) >= 0;

    /// <inheritdoc/>
    /// <exception cref="TableFullException">The key is new and the table holds its limit.</exception>
    public void Put(in TKey key, in TValue value)
    {
        int place = Find(in key);
        if (place >= 0)
        {
            entries[place].Value = value;
            return;
        }
        if (Count == limit)
        {
            throw new TableFullException(limit);
        }
        if (Count >= marks.Length / 4 * 3)
        {
            Resize(Math.Max(FirstSize, marks.Length * 2));
        }
        Insert(MarkOf(in key), new Entry { Key = key, Value = value });
        Count++;
    }

    public bool Remove(in TKey key)
    {
        int hole = Find(in key);
        if (hole < 0)
        {
            return false;
        }
        int mask = marks.Length - 1;
        for (int next = (hole + 1) & mask; marks[next] != 0; next = (next + 1) & mask)
        {
            // An entry may fill the hole unless its own place lies cyclically in (hole, next].
            int home = (int)marks[next] & mask;
            if (((next - home) & mask) >= ((next - hole) & mask))
            {
                marks[hole] = marks[next];
                entries[hole] = entries[next];
                hole = next;
            }
        }
        marks[hole] = 0;
        entries[hole] = default;
        Count--;
        return true;
    }

    /// <summary>Removes every row; the arrays keep their size.</summary>
    public void Clear()
    {
        Array.Clear(marks);
        Array.Clear(entries);
        Count = 0;
    }

    /// <summary>Makes the arrays no larger than the rows need.</summary>
    public void Trim()
    {
    }

    public void CopyTo(ICollection<KeyValuePair<TKey, TValue>> rows)
    {
        for (int place = 0; place < marks.Length; place++)
        {
            if (marks[place] != 0)
            {
                rows.Add(new KeyValuePair<TKey, TValue>(entries[place].Key, entries[place].Value));
            }
        }
    }

    /// <summary>The place of the key, or −1.</summary>
    private int Find(in TKey key)
    {
        uint[] marks = this.marks;
        if (marks.Length == 0)
        {
            return -1;
        }
        uint mark = MarkOf(in key);
        int mask = marks.Length - 1;
        for (int place = (int)mark & mask; ; place = (place + 1) & mask)
        {
            uint there = marks[place];
            if (there == mark && entries[place].Key.Equals(key))
            {
                return place;
            }
            if (there == 0)
            {
                return -1;
            }
        }
    }

    private void Insert(uint mark, in Entry entry)
    {
        int mask = marks.Length - 1;
        int place = (int)mark & mask;
        while (marks[place] != 0)
        {
            place = (place + 1) & mask;
        }
        marks[place] = mark;
        entries[place] = entry;
    }

    private void Resize(int size)
    {
        uint[] oldMarks = marks;
        Entry[] oldEntries = entries;
        marks = new uint[size];
        entries = new Entry[size];
        for (int place = 0; place < oldMarks.Length; place++)
        {
            if (oldMarks[place] != 0)
            {
                Insert(oldMarks[place], in oldEntries[place]);
            }
        }
    }

    /// <summary>
    /// The key's hash, never 0. A key struct's own hash is a plain sum of its fields, so neighbouring addresses would lie in runs;
    /// the murmur3 finaliser spreads them.
    /// </summary>
    private static uint MarkOf(in TKey key)
    {
        uint hash = (uint)key.GetHashCode();
        hash = (hash ^ (hash >> 16)) * 0x85EB_CA6B;
        hash = (hash ^ (hash >> 13)) * 0xC2B2_AE35;
        return (hash ^ (hash >> 16)) | Occupied;
    }

    private struct Entry
    {
        public TKey Key;
        public TValue Value;
    }
}
