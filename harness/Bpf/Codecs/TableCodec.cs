using MizarLab.DataPlane;
using MizarLab.Observation;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>One table of one droplet in the kernel, of any shape.</summary>
internal interface ITableCodec
{
    /// <summary>Empties the table. Hosts and lists its rows named are not released one by one: <see cref="TableCodecs.Clear"/> frees all.</summary>
    void Clear();
}

/// <summary>A table that programs write.</summary>
internal interface ILearnedTableCodec : ITableCodec
{
    /// <summary>A row as a program told it (bpf/trace.h).</summary>
    /// <param name="key">The map's key, and behind it more.</param>
    /// <param name="value">The map's value, and behind it more.</param>
    TableChange Describe(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool removed);

    /// <summary>The same as values.</summary>
    void Visit(IRowVisitor visitor, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool removed);
}

/// <summary>
/// How one <see cref="Table{TKey,TValue}"/> lies in the kernel's maps (bpf/tables.h). A codec is a droplet's own and may remember
/// what the kernel does not keep. Another table is another codec and a line in <see cref="TableCodecs"/>.
/// </summary>
internal abstract class TableCodec<TKey, TValue> : ITableCodec
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public abstract void Put(in TKey key, in TValue value);

    /// <summary>Nothing happens when there is no such row.</summary>
    public abstract void Delete(in TKey key);

    public abstract IReadOnlyList<KeyValuePair<TKey, TValue>> Rows();

    public abstract void Clear();
}

/// <summary>A table that is one map, a row an entry.</summary>
internal abstract class MapCodec<TKey, TValue>(IRowMap map) : TableCodec<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    protected IRowMap Map { get; } = map;

    protected abstract int KeyBytes { get; }

    protected abstract int ValueBytes { get; }

    /// <summary>Writes a key over zeros.</summary>
    protected abstract void WriteKey(in TKey key, Span<byte> bytes);

    /// <summary>Writes a value over zeros.</summary>
    protected abstract void WriteValue(in TValue value, Span<byte> bytes);

    protected abstract TKey ReadKey(ReadOnlySpan<byte> bytes);

    protected abstract TValue ReadValue(ReadOnlySpan<byte> bytes);

    /// <summary>Whether a key of the map is one of this table, when the map has several.</summary>
    protected virtual bool IsOwn(ReadOnlySpan<byte> key) => true;

    public override void Put(in TKey key, in TValue value)
    {
        Span<byte> k = stackalloc byte[KeyBytes], v = stackalloc byte[ValueBytes];
        k.Clear();
        v.Clear();
        WriteKey(key, k);
        WriteValue(value, v);
        Map.Update(k, v);
    }

    public override void Delete(in TKey key)
    {
        Span<byte> k = stackalloc byte[KeyBytes];
        k.Clear();
        WriteKey(key, k);
        Map.Delete(k);
    }

    public override IReadOnlyList<KeyValuePair<TKey, TValue>> Rows()
    {
        byte[] keys = Map.Keys();
        List<KeyValuePair<TKey, TValue>> rows = new(keys.Length / KeyBytes);
        Span<byte> v = stackalloc byte[ValueBytes];
        for (int at = 0; at < keys.Length; at += KeyBytes)
        {
            ReadOnlySpan<byte> k = keys.AsSpan(at, KeyBytes);
            if (IsOwn(k) && Map.TryLookup(k, v))
            {
                rows.Add(new KeyValuePair<TKey, TValue>(ReadKey(k), ReadValue(v)));
            }
        }
        return rows;
    }

    public override void Clear() => Map.Clear();
}

/// <summary>A table that is one map, and that programs write.</summary>
internal abstract class LearnedMapCodec<TKey, TValue>(Table<TKey, TValue> table, IRowMap map) : MapCodec<TKey, TValue>(map), ILearnedTableCodec
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public TableChange Describe(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool removed) =>
        new(table.Name, TableText.Key(ReadKey(key[..KeyBytes])), removed ? null : TableText.Value(ReadValue(value[..ValueBytes])));

    public void Visit(IRowVisitor visitor, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool removed) =>
        visitor.Row(table, ReadKey(key[..KeyBytes]), removed ? null : ReadValue(value[..ValueBytes]));
}
