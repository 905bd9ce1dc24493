using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace MizarLab.Harness.Conformance.Rows;

/// <summary>
/// Rows in the lab's own form, which has a place for every field of either dialect: <c>{"endpoints": [{"key": {…}, "value": {…}}], …}</c> by the tables'
/// names; a field that is left out is zero. A change that removed a row has no value and <c>"removed": true</c>.
/// </summary>
internal static class RowForm
{
    public static void Write(Utf8JsonWriter json, IEnumerable<StateRow> rows)
    {
        json.WriteStartObject();
        foreach (IGrouping<string, StateRow> table in rows.GroupBy(row => row.Table.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            TableShape shape = TableShape.All[table.Key];
            json.WriteStartArray(table.Key);
            foreach (StateRow row in table)
            {
                json.WriteStartObject();
                json.WritePropertyName("key");
                Write(json, shape.Key, row.BoxedKey);
                if (row.BoxedValue is { } value)
                {
                    json.WritePropertyName("value");
                    Write(json, shape.Value, value);
                }
                else
                {
                    json.WriteBoolean("removed", true);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>Reads rows; those that are only removed have no value.</summary>
    /// <exception cref="VectorException">Names the element.</exception>
    public static ImmutableArray<StateRow> Read(Element tables)
    {
        ImmutableArray<StateRow>.Builder rows = ImmutableArray.CreateBuilder<StateRow>();
        foreach ((string name, Element table) in tables.Members())
        {
            if (!TableShape.All.TryGetValue(name, out TableShape? shape))
            {
                throw table.Error($"no table of this name is known; there are {string.Join(", ", TableShape.All.Keys)}");
            }
            foreach (Element row in table.Items())
            {
                object key = Read(row.Required("key"), shape.Key);
                rows.Add(row.Optional("removed")?.Flag() == true
                    ? shape.Row(key, Zero(shape.Value.Type)).Removed()
                    : shape.Row(key, Read(row.Required("value"), shape.Value)));
            }
        }
        return rows.ToImmutable();
    }

    private static void Write(Utf8JsonWriter json, StructShape shape, object value)
    {
        if (shape.IsWrapper)
        {
            LeafForm.Write(json, shape.Fields[0].Get(value));
            return;
        }
        if (LeafForm.IsLeaf(shape.Type))
        {
            LeafForm.Write(json, value);
            return;
        }
        json.WriteStartObject();
        foreach (StructField field in shape.Fields)
        {
            object inner = field.Get(value);
            if (!inner.Equals(Zero(field.Type)))
            {
                json.WritePropertyName(field.Name);
                Write(json, StructShape.Of(field.Type), inner);
            }
        }
        json.WriteEndObject();
    }

    private static object Read(Element element, StructShape shape)
    {
        if (LeafForm.IsLeaf(shape.Type))
        {
            return LeafForm.Read(element, shape.Type);
        }
        object value = Zero(shape.Type);
        if (shape.IsWrapper)
        {
            shape.Fields[0].Set(value, LeafForm.Read(element, shape.Fields[0].Type));
            return value;
        }
        foreach ((string name, Element member) in element.Members())
        {
            StructField field = shape.Fields.FirstOrDefault(field => field.Name == name)
                ?? throw member.Error($"no such field; there are {string.Join(", ", shape.Fields.Select(field => field.Name))}");
            field.Set(value, Read(member, StructShape.Of(field.Type)));
        }
        return value;
    }

    /// <summary>All bytes zero, whatever its constructors would make of it.</summary>
    private static object Zero(Type type) => RuntimeHelpers.GetUninitializedObject(type);
}
