using System.Diagnostics.CodeAnalysis;

namespace MizarLab.DataPlane;

/// <summary>A table of whole keys and values on <see cref="FlatRows{TEntry}"/>. A lookup allocates nothing; an empty table holds nothing.</summary>
/// <remarks>The order of <see cref="CopyTo"/> depends on nothing but the rows: no per-process seed.</remarks>
public sealed class FlatTable<TKey, TValue> : IRows<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    private readonly int limit;
    private FlatRows<Entry> rows;

    /// <param name="limit">Rows it holds at most; one more and <see cref="Put"/> throws, as a kernel map answers E2BIG.</param>
    public FlatTable(int limit = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        this.limit = limit;
    }

    /// <summary>Rows held.</summary>
    public int Count => rows.Count;

    public bool TryGet(in TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int place = Find(in key);
        if (place < 0)
        {
            value = default;
            return false;
        }
        value = rows.Found(place).Value;
        return true;
    }

    /// <summary>The value of a key where it lies, good until the table is written; <paramref name="none"/> when there is none.</summary>
    public ref readonly TValue Find(scoped in TKey key, ref readonly TValue none)
    {
        int place = Find(in key);
        return ref place < 0 ? ref none : ref rows.Found(place).Value;
    }

    public bool Contains(in TKey key) => Find(in key) >= 0;

    /// <inheritdoc/>
    /// <exception cref="TableFullException">The key is new and the table holds its limit.</exception>
    public void Put(in TKey key, in TValue value)
    {
        int place = Find(in key);
        if (place >= 0)
        {
            rows.Found(place).Value = value;
            return;
        }
        if (Count == limit)
        {
            throw new TableFullException(limit);
        }
        ref Entry entry = ref rows.Add(MarkOf(in key));
        entry.Key = key;
        entry.Value = value;
    }

    public bool Remove(in TKey key)
    {
        int place = Find(in key);
        if (place < 0)
        {
            return false;
        }
        rows.RemoveAt(place);
        return true;
    }

    /// <summary>Removes every row.</summary>
    public void Clear() => rows.Clear();

    /// <summary>Gives back what the table has taken beyond its rows.</summary>
    public void Trim() => rows.Trim();

    public void CopyTo(ICollection<KeyValuePair<TKey, TValue>> rows)
    {
        foreach (ref readonly Entry entry in this.rows.Places)
        {
            if (entry.Mark != 0)
            {
                rows.Add(new KeyValuePair<TKey, TValue>(entry.Key, entry.Value));
            }
        }
    }

    /// <summary>The place of the key, or −1.</summary>
    private int Find(in TKey key) => rows.Count == 0 ? -1 : rows.Find(MarkOf(in key), new Match(in key));

    private static uint MarkOf(in TKey key) => FlatHash.Of((uint)key.GetHashCode());

    private readonly ref struct Match(ref readonly TKey key) : IFlatMatch<Entry>
    {
        private readonly ref readonly TKey key = ref key;

        public bool Is(in Entry entry) => entry.Key.Equals(key);
    }

    private struct Entry : IFlatEntry
    {
        public TKey Key;
        public TValue Value;

        public uint Mark { readonly get; set; }
    }
}
