namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>A table that is one map, whose rows name a list. Lists are taken before a row is written, and released after it is another or gone.</summary>
internal abstract class ListMapCodec<TKey, TValue>(BpfMap map, HostLists lists) : MapCodec<TKey, TValue>(map)
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    // Not read back from the map: a prefix table's lookup finds a shorter prefix when the row itself is not there.
    private readonly Dictionary<TKey, ListReference> named = [];

    protected HostLists Lists { get; } = lists;

    protected abstract ListReference Take(in TValue value);

    protected abstract void WriteValue(in TValue value, ListReference list, Span<byte> bytes);

    /// <summary>A row was written, and the list it named before is not released yet.</summary>
    protected virtual void Written(in TKey key, in TValue value, ListReference list)
    {
    }

    /// <summary>A row is gone, and its list not released yet.</summary>
    protected virtual void Deleted(in TKey key)
    {
    }

    protected sealed override void WriteValue(in TValue value, Span<byte> bytes) => throw new NotSupportedException("a row names a list");

    public override void Put(in TKey key, in TValue value)
    {
        Span<byte> k = stackalloc byte[KeyBytes], v = stackalloc byte[ValueBytes];
        k.Clear();
        v.Clear();
        WriteKey(key, k);
        ListReference list = Take(value);
        WriteValue(value, list, v);
        Map.Update(k, v);
        Written(key, value, list);
        if (named.Remove(key, out ListReference before))
        {
            Lists.Release(before);
        }
        named.Add(key, list);
    }

    public override void Delete(in TKey key)
    {
        base.Delete(key);
        Deleted(key);
        if (named.Remove(key, out ListReference before))
        {
            Lists.Release(before);
        }
    }

    public override void Clear()
    {
        base.Clear();
        named.Clear();
    }
}
