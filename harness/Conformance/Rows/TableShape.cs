using System.Collections.Immutable;
using System.Reflection;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Rows;

/// <summary>One of the data plane's tables, whatever its types: the shapes of its key and value, and rows of them.</summary>
internal abstract class TableShape
{
    /// <summary>Every table of <see cref="Tables"/> that somebody may write, by name.</summary>
    public static readonly ImmutableSortedDictionary<string, TableShape> All = typeof(Tables).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null)).OfType<ITable>().Where(table => table != Tables.Drops)
        .Select(Create).ToImmutableSortedDictionary(shape => shape.Table.Name, shape => shape, StringComparer.Ordinal);

    public abstract ITable Table { get; }

    public abstract StructShape Key { get; }

    public abstract StructShape Value { get; }

    public abstract StateRow Row(object key, object value);

    /// <summary>Whether a data plane has this table.</summary>
    public abstract bool IsIn(IDataPlane dataPlane);

    private static TableShape Create(ITable table) =>
        (TableShape)Activator.CreateInstance(typeof(TableShape<,>).MakeGenericType(table.GetType().GetGenericArguments()), table)!;
}

/// <inheritdoc/>
internal sealed class TableShape<TKey, TValue>(Table<TKey, TValue> table) : TableShape
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public override ITable Table => table;

    public override StructShape Key { get; } = StructShape.Of(typeof(TKey));

    public override StructShape Value { get; } = StructShape.Of(typeof(TValue));

    public override bool IsIn(IDataPlane dataPlane) => Support.Has(dataPlane, table);

    public override StateRow Row(object key, object value) => StateRow.New(table, (TKey)key, (TValue)value);
}
