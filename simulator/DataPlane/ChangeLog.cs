using MizarLab.Observation;

namespace MizarLab.DataPlane;

/// <summary>What programs changed in tables since somebody last asked; kept as values, made text when asked for.</summary>
internal sealed class ChangeLog
{
    private readonly List<Change> changes = [];

    public bool Enabled { get; set; }

    /// <summary>Notes a row that a program wrote, with a value it did not have before.</summary>
    public void Written<TKey, TValue>(Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        if (Enabled)
        {
            changes.Add(new RowChange<TKey, TValue>(table, key, value));
        }
    }

    /// <summary>Notes a row that a program removed, or that left for another.</summary>
    public void Removed<TKey, TValue>(Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        if (Enabled)
        {
            changes.Add(new RowChange<TKey, TValue>(table, key, null));
        }
    }

    public IReadOnlyList<TableChange> Take()
    {
        if (changes.Count == 0)
        {
            return [];
        }
        TableChange[] taken = [.. changes.Select(change => change.ToTableChange())];
        changes.Clear();
        return taken;
    }

    public void Clear() => changes.Clear();

    public void Take(IRowVisitor visitor)
    {
        foreach (Change change in changes)
        {
            change.Visit(visitor);
        }
        changes.Clear();
    }

    private abstract class Change
    {
        public abstract void Visit(IRowVisitor visitor);

        public abstract TableChange ToTableChange();
    }

    private sealed class RowChange<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue? value) : Change
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        public override void Visit(IRowVisitor visitor) => visitor.Row(table, key, value);

        public override TableChange ToTableChange() =>
            new(table.Name, TableText.Key(key), value is { } row ? TableText.Value(row) : null);
    }
}
