using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance;

/// <summary>One row of one table, of whatever types; equal when table, key and value are.</summary>
public abstract record StateRow
{
    public abstract ITable Table { get; }

    public abstract object BoxedKey { get; }

    /// <summary>Null: the row was removed (of changes only).</summary>
    public abstract object? BoxedValue { get; }

    /// <summary>Key and value in the text form of reports.</summary>
    public abstract string Text { get; }

    /// <summary>Writes the row.</summary>
    public abstract void Put(ITableWriter writer, DropletId droplet);

    /// <summary>Removes the row, whatever value it has.</summary>
    public abstract void Delete(ITableWriter writer, DropletId droplet);

    /// <summary>Whether it is the same row of the same table, whatever the values.</summary>
    public abstract bool HasKeyOf(StateRow other);

    /// <summary>The change that this row is no more.</summary>
    public abstract StateRow Removed();

    public static StateRow<TKey, TValue> New<TKey, TValue>(Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => new(table, key, value);
}

/// <inheritdoc/>
/// <param name="In">The table.</param>
/// <param name="Key">Which row.</param>
/// <param name="Value">What it holds; null for one that was removed, which only changes have.</param>
public sealed record StateRow<TKey, TValue>(Table<TKey, TValue> In, TKey Key, TValue? Value) : StateRow
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public override ITable Table => In;

    public override object BoxedKey => Key;

    public override object? BoxedValue => Value;

    public override string Text => Value is { } value ? TableText.Row(Key, value) : $"{TableText.Key(Key)} removed";

    public override void Put(ITableWriter writer, DropletId droplet)
    {
        if (Value is { } value)
        {
            writer.Put(droplet, In, Key, value);
        }
        else
        {
            writer.Delete(droplet, In, Key);
        }
    }

    public override void Delete(ITableWriter writer, DropletId droplet) => writer.Delete(droplet, In, Key);

    public override bool HasKeyOf(StateRow other) => other is StateRow<TKey, TValue> row && row.In == In && row.Key.Equals(Key);

    public override StateRow Removed() => this with { Value = null };
}
