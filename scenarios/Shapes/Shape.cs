using System.Text.Json.Nodes;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>
/// What a value in a scenario file looks like. One object says it three times: it reads a value or reports why it is none,
/// it describes itself to editors as JSON schema, and to readers of the handbook in words. There is no second list.
/// </summary>
internal abstract class Shape
{
    /// <summary>In words, after "expected": <c>a duration like 10ms</c>.</summary>
    public abstract string Words { get; }

    /// <summary>In the handbook, where there is more room than in an error.</summary>
    public virtual string Details => Words;

    public abstract JsonObject Schema(SchemaDefinitions definitions);

    /// <summary>The records a value of this shape holds, itself first, in the order of their keys; for the handbook.</summary>
    public virtual IEnumerable<RecordShape> Records => [];
}

/// <inheritdoc/>
internal abstract class Shape<T> : Shape
{
    /// <summary>Reads a value; false, and one error or more in the context, when it is none.</summary>
    public abstract bool TryRead(YamlNode node, ReadContext context, out T value);

    /// <summary>Whether the value is worth having also when something in it was wrong: what is right in it is there.</summary>
    public virtual bool Partial => false;

    /// <summary>A value as the user would write it.</summary>
    /// <exception cref="NotSupportedException">The shape does not say how: one whose keys have defaults must.</exception>
    public virtual string Show(T value) =>
        Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) is var text && text != value?.GetType().ToString()
            ? text ?? ""
            : throw new NotSupportedException($"{GetType()} does not say how a value of it is written");
}

/// <summary>The shapes with a name, written once under <c>$defs</c>.</summary>
internal sealed class SchemaDefinitions
{
    private readonly SortedDictionary<string, JsonObject?> definitions = new(StringComparer.Ordinal);

    /// <summary>A reference to the definition of this name, made on first use.</summary>
    public JsonObject Refer(string name, Func<JsonObject> make)
    {
        if (definitions.TryAdd(name, null))
        {
            definitions[name] = make();
        }
        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    public JsonObject ToJson() => new(definitions.Select(d => KeyValuePair.Create<string, JsonNode?>(d.Key, d.Value?.DeepClone())));
}

/// <summary>A shape of one word.</summary>
internal abstract class ScalarShape<T> : Shape<T>
{
    public sealed override bool TryRead(YamlNode node, ReadContext context, out T value)
    {
        if (node is YamlScalar { IsNull: false } scalar)
        {
            return TryRead(scalar, context, out value);
        }
        value = default!;
        context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
        return false;
    }

    protected abstract bool TryRead(YamlScalar scalar, ReadContext context, out T value);

    protected bool Refuse(YamlScalar scalar, ReadContext context, string? mend = null)
    {
        context.Diagnostics.Report(scalar.Where, $"expected {Words}, not {scalar.What}", mend);
        return false;
    }
}
