using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MizarLab.DataPlane;

/// <summary>A table of whole keys and values on <see cref="FlatRows{TEntry, TKey}"/>. A lookup allocates nothing; an empty table holds nothing.</summary>
/// <remarks>The order of <see cref="CopyTo"/> depends on nothing but the rows: no per-process seed.</remarks>
public sealed class FlatTable<TKey, TValue> : IRows<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    private readonly int limit;
    private FlatRows<Entry, TKey> rows;

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
        ref Entry entry = ref Find(in key);
        bool known = !Unsafe.IsNullRef(in entry);
        value = known ? entry.Value : default;
        return known;
    }

    /// <summary>The value of a key where it lies, good until the table is written; <paramref name="none"/> when there is none.</summary>
    public ref readonly TValue Find(scoped in TKey key, ref readonly TValue none)
    {
        ref Entry entry = ref Find(in key);
        return ref Unsafe.IsNullRef(in entry) ? ref none : ref entry.Value;
    }

    public bool Contains(in TKey key) => !Unsafe.IsNullRef(in Find(in key));

    /// <inheritdoc/>
    /// <exception cref="TableFullException">The key is new and the table holds its limit.</exception>
    public void Put(in TKey key, in TValue value)
    {
        ref Entry there = ref Find(in key);
        if (!Unsafe.IsNullRef(in there))
        {
            there.Value = value;
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
        ref Entry entry = ref Find(in key);
        if (Unsafe.IsNullRef(in entry))
        {
            return false;
        }
        rows.Remove(ref entry);
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

    /// <summary>The entry of the key; a null reference when there is none.</summary>
    private ref Entry Find(scoped in TKey key) => ref rows.Find(MarkOf(in key), in key);

    private static uint MarkOf(scoped in TKey key) => FlatHash.Of((uint)key.GetHashCode());

    private struct Entry : IFlatEntry<TKey>
    {
        public TKey Key;
        public TValue Value;

        public uint Mark { readonly get; set; }

        public readonly bool Is(in TKey key) => Key.Equals(key);
    }
}
