using MizarLab.DataPlane;
using MizarLab.Observation;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>A table's rows as named fields: which there are, and the way from typed rows to them and back.</summary>
internal abstract class RowForm(string name)
{
    /// <summary>The table's name.</summary>
    public string Name { get; } = name;

    /// <summary>Fields of the key, then of the value.</summary>
    public required string[] Fields { get; init; }

    /// <summary>Fields only the dialect <c>lab</c> knows: a data plane held to <c>mizar</c> has no place for them, and need not.</summary>
    public string[] LabFields { get; init; } = [];

    /// <summary>Words that a profile may write for a field's number.</summary>
    public string[]? Words { get; init; }

    /// <summary>The field <see cref="Words"/> are for; the number of a word is its place.</summary>
    public string? WordsFor { get; init; }

    /// <summary>The row as the observation names a change of it.</summary>
    public abstract TableChange Describe(Row row, bool removed);

    public abstract void Visit(IRowVisitor visitor, Row row, bool removed);

    public bool Knows(string field) => Fields.Contains(field) || LabFields.Contains(field);
}

/// <inheritdoc/>
internal sealed class RowForm<TKey, TValue>(
    Table<TKey, TValue> table, Action<Row, TKey> writeKey, Action<Row, TValue> writeValue, Func<Row, TKey> readKey, Func<Row, TValue> readValue) : RowForm(table.Name)
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public Row Write(in TKey key)
    {
        Row row = new();
        writeKey(row, key);
        return row;
    }

    public Row Write(in TKey key, in TValue value)
    {
        Row row = Write(in key);
        writeValue(row, value);
        return row;
    }

    public override TableChange Describe(Row row, bool removed) =>
        new(Name, TableText.Key(readKey(row)), removed ? null : TableText.Value(readValue(row)));

    public override void Visit(IRowVisitor visitor, Row row, bool removed) => visitor.Row(table, readKey(row), removed ? null : readValue(row));

    public TKey ReadKey(Row row) => readKey(row);

    public TValue ReadValue(Row row) => readValue(row);
}
