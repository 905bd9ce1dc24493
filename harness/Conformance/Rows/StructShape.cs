using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using MizarLab.Packets;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Rows;

/// <summary>
/// What a table's key or value is made of: its leaves, i.e. the numbers, addresses and flags in it, at whatever depth. By it rows of any table are
/// written to files and read back, drawn at random, changed in one place and made simpler; a field somebody adds takes part without being told.
/// </summary>
internal sealed class StructShape
{
    private static readonly ConcurrentDictionary<Type, StructShape> Known = new();

    private StructShape(Type type)
    {
        Type = type;
        Fields = LeafForm.IsLeaf(type) ? [] : [.. Settable(type).Select(property => new StructField(property))];
        Leaves = LeafForm.IsLeaf(type)
            ? [new Leaf([], type)]
            : [.. Fields.SelectMany(field => Of(field.Type).Leaves.Select(leaf => new Leaf([field, .. leaf.Path], leaf.Type)))];
    }

    public Type Type { get; }

    public ImmutableArray<StructField> Fields { get; }

    public ImmutableArray<Leaf> Leaves { get; }

    /// <summary>A struct of one field, an id, is written as that.</summary>
    public bool IsWrapper => Fields.Length == 1 && LeafForm.IsLeaf(Fields[0].Type);

    public static StructShape Of(Type type) => Known.GetOrAdd(type, type => new StructShape(type));

    /// <summary>In the order they are declared: a positional record's first.</summary>
    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && property.GetIndexParameters().Length == 0);
}

/// <summary>A property of a struct that can be set.</summary>
internal sealed class StructField(PropertyInfo property)
{
    public Type Type => property.PropertyType;

    /// <summary>As files have it: <c>source_port</c>.</summary>
    public string Name { get; } = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    public object Get(object boxed) => property.GetValue(boxed)!;

    /// <summary>Sets it in the box.</summary>
    public void Set(object boxed, object value) => property.SetValue(boxed, value);
}

/// <summary>One number, address or flag of a struct, by its way from the top; no way: the value is a leaf itself.</summary>
internal sealed record Leaf(ImmutableArray<StructField> Path, Type Type)
{
    /// <summary>The last name on its way; empty when the value is a leaf itself.</summary>
    public string Name => Path.Length == 0 ? "" : Path[^1].Name;

    public object Get(object boxed)
    {
        foreach (StructField field in Path)
        {
            boxed = field.Get(boxed);
        }
        return boxed;
    }

    /// <summary>The same struct with another value here.</summary>
    public object With(object boxed, object value) => With(boxed, value, 0);

    private object With(object boxed, object value, int depth)
    {
        if (depth == Path.Length)
        {
            return value;
        }
        object copy = Copy(boxed);
        Path[depth].Set(copy, With(Path[depth].Get(boxed), value, depth + 1));
        return copy;
    }

    private static object Copy(object boxed) => System.Runtime.CompilerServices.RuntimeHelpers.GetObjectValue(boxed);
}
