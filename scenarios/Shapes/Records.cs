using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>One key of a record: its name, what its value looks like, what it means.</summary>
internal abstract class Key(string name, bool required, string meaning)
{
    public string Name => name;

    public bool Required => required;

    /// <summary>One line for editors and the handbook.</summary>
    public string Meaning => meaning;

    public abstract Shape Shape { get; }

    /// <summary>The default as the user would write it; null when there is none.</summary>
    public abstract string? Default { get; }

    public abstract bool TryRead(YamlNode node, ReadContext context, Fields fields);

    public static Key<T> Needs<T>(string name, Shape<T> shape, string meaning) => new(name, shape, true, false, default!, meaning);

    public static Key<T> Has<T>(string name, Shape<T> shape, T standard, string meaning) => new(name, shape, false, true, standard, meaning);

    public static Key<T> May<T>(string name, Shape<T> shape, string meaning) => new(name, shape, false, false, default!, meaning);
}

/// <inheritdoc/>
internal sealed class Key<T>(string name, Shape<T> shape, bool required, bool hasDefault, T standard, string meaning) : Key(name, required, meaning)
{
    public override Shape Shape => shape;

    public T Standard => standard;

    public override string? Default => hasDefault ? shape.Show(standard) : null;

    public override bool TryRead(YamlNode node, ReadContext context, Fields fields)
    {
        bool good = shape.TryRead(node, context, out T value);
        if (good || shape.Partial)
        {
            fields.Set(this, value, node.Where, good);
        }
        return good;
    }
}

/// <summary>A record's values as read.</summary>
/// <param name="Where">Where the record stands.</param>
internal sealed record Fields(SourcePlace Where)
{
    private readonly Dictionary<Key, (object? Value, SourcePlace Where, bool Whole)> values = [];
    private readonly List<Key> misspelt = [];

    /// <summary>Nothing was wrong: every required key is there. Only then do the record's values mean anything together.</summary>
    public bool Valid { get; set; } = true;

    public bool Given(Key key) => values.ContainsKey(key);

    /// <summary>Whether nothing in the value was wrong, or it is not given.</summary>
    public bool Whole(Key key) => values.TryGetValue(key, out var found) ? found.Whole : !misspelt.Contains(key);

    /// <summary>A key was meant by a word that is none.</summary>
    public void Misspelt(Key key) => misspelt.Add(key);

    /// <summary>The value, or the key's default.</summary>
    public T Get<T>(Key<T> key) => values.TryGetValue(key, out var found) ? (T)found.Value! : key.Standard;

    /// <summary>The value's place; the record's when the key is not given.</summary>
    public SourcePlace PlaceOf(Key key) => values.TryGetValue(key, out var found) ? found.Where : Where;

    public void Set<T>(Key<T> key, T value, SourcePlace where, bool whole) => values[key] = (value, where, whole);
}

/// <summary>A mapping with known keys.</summary>
internal sealed class RecordShape(string name, string meaning, params Key[] keys) : Shape<Fields>
{
    public string Name => name;

    public string Meaning => meaning;

    public ImmutableArray<Key> Keys { get; } = [.. keys];

    /// <summary>A value that is no mapping is taken for this key's: <c>wait: 50ms</c>.</summary>
    public Key? Shorthand { get; init; }

    /// <summary>Of these keys exactly one must be given.</summary>
    public ImmutableArray<Key> OneOf { get; init; } = [];

    public override bool Partial => true;

    public override IEnumerable<RecordShape> Records => Keys.SelectMany(k => k.Shape.Records).Prepend(this);

    public override string Words => Shorthand is null ? $"a mapping with {string.Join(", ", Keys.Select(k => k.Name))}" : Shorthand.Shape.Words;

    public override bool TryRead(YamlNode node, ReadContext context, out Fields value)
    {
        value = new Fields(node.Where);
        switch (node)
        {
            case YamlMap map:
                Check(map.Where, ReadEntries(map, context, value), context, value);
                break;
            case YamlScalar { IsNull: true }:
                Check(node.Where, [], context, value);
                break;
            case var _ when Shorthand is not null:
                value.Valid = Shorthand.TryRead(node, context, value);
                return value.Valid;
            default:
                context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
                value.Valid = false;
                return false;
        }
        return value.Valid;
    }

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer(name, () => Definition(definitions));

    private List<Key> ReadEntries(YamlMap map, ReadContext context, Fields fields)
    {
        List<Key> seen = [];
        foreach (YamlEntry entry in map.Entries)
        {
            Key? key = Keys.FirstOrDefault(k => k.Name == entry.Key.Text);
            if (key is null)
            {
                string? meant = context.Diagnostics.ReportUnknown(entry.Key.Where, $"{name} has no key {entry.Key.What}", entry.Key.Text, Keys.Select(k => k.Name));
                if (Keys.FirstOrDefault(k => k.Name == meant) is { } misspelt)
                {
                    // That it is missing would be the same mistake again.
                    seen.Add(misspelt);
                    fields.Misspelt(misspelt);
                }
                fields.Valid = false;
                continue;
            }
            seen.Add(key);
            fields.Valid &= key.TryRead(entry.Value, context, fields);
        }
        return seen;
    }

    private void Check(SourcePlace where, List<Key> seen, ReadContext context, Fields fields)
    {
        foreach (Key key in Keys)
        {
            if (key.Required && !seen.Contains(key))
            {
                context.Diagnostics.Report(where, $"{name} needs '{key.Name}'", $"add {key.Name}: {key.Shape.Words}");
                fields.Valid = false;
            }
        }
        int given = OneOf.Count(seen.Contains);
        if (!OneOf.IsEmpty && given != 1)
        {
            context.Diagnostics.Report(where, $"{name} needs {(given == 0 ? "one of" : "only one of")} {string.Join(", ", OneOf.Select(k => k.Name))}");
            fields.Valid = false;
        }
    }

    private JsonObject Definition(SchemaDefinitions definitions)
    {
        JsonObject properties = [];
        foreach (Key key in Keys)
        {
            JsonObject property = key.Shape.Schema(definitions);
            property["description"] = key.Default is null ? key.Meaning : $"{key.Meaning} Default: {key.Default}.";
            properties[key.Name] = property;
        }
        JsonObject record = new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (Keys.Any(k => k.Required))
        {
            record["required"] = new JsonArray([.. Keys.Where(k => k.Required).Select(k => (JsonNode)k.Name)]);
        }
        if (!OneOf.IsEmpty)
        {
            record["oneOf"] = new JsonArray([.. OneOf.Select(k => (JsonNode)new JsonObject { ["required"] = new JsonArray(k.Name) })]);
        }
        JsonArray forms = [record];
        if (Shorthand is not null)
        {
            forms.Add(Shorthand.Shape.Schema(definitions));
        }
        if (!Keys.Any(k => k.Required) && OneOf.IsEmpty)
        {
            forms.Add(new JsonObject { ["type"] = "null" });
        }
        if (forms.Count == 1)
        {
            record["description"] = meaning;
            return record;
        }
        return new JsonObject { ["description"] = meaning, ["anyOf"] = forms };
    }
}
