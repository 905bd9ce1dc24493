using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>One write the management plane sends to one droplet.</summary>
public abstract record TableUpdate(DropletId Droplet)
{
    public abstract void ApplyTo(ITableWriter writer);

    /// <summary>For people: <c>put endpoints 3/10.0.0.2 = …</c>.</summary>
    public abstract string ToText();
}

/// <summary>Inserts or replaces a row.</summary>
public sealed record PutUpdate<TKey, TValue>(DropletId Droplet, Table<TKey, TValue> Table, TKey Key, TValue Value) : TableUpdate(Droplet)
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public override void ApplyTo(ITableWriter writer) => writer.Put(Droplet, Table, Key, Value);

    public override string ToText() => $"put {Table.Name} {TableText.Row(Key, Value)}";
}

/// <summary>Removes a row.</summary>
public sealed record DeleteUpdate<TKey, TValue>(DropletId Droplet, Table<TKey, TValue> Table, TKey Key) : TableUpdate(Droplet)
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public override void ApplyTo(ITableWriter writer) => writer.Delete(Droplet, Table, Key);

    public override string ToText() => $"delete {Table.Name} {TableText.Key(Key)}";
}
