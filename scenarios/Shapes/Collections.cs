using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>A value and where it stands.</summary>
internal readonly record struct Placed<T>(T Value, SourcePlace Where);

/// <summary>A list of values of one shape.</summary>
internal sealed class ListShape<T>(Shape<T> item, int most) : Shape<ImmutableArray<Placed<T>>>
{
    public override bool Partial => true;

    public override IEnumerable<RecordShape> Records => item.Records;

    public override string Words => $"a list, each {item.Words}";

    public override string Details => $"a list, each {item.Details}";

    public override string Show(ImmutableArray<Placed<T>> value) => value.IsDefaultOrEmpty ? "[]" : $"[{string.Join(", ", value.Select(v => item.Show(v.Value)))}]";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["type"] = "array", ["items"] = item.Schema(definitions), ["maxItems"] = most };

    public override bool TryRead(YamlNode node, ReadContext context, out ImmutableArray<Placed<T>> value)
    {
        value = [];
        if (node is not YamlList list)
        {
            context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}", node is YamlScalar { IsNull: false } one ? $"[{YamlScalar.Clip(one.Text)}]?" : null);
            return false;
        }
        if (list.Items.Length > most)
        {
            context.Diagnostics.Report(list.Where, $"a list of {list.Items.Length}", $"at most {most}");
            return false;
        }
        ImmutableArray<Placed<T>>.Builder items = ImmutableArray.CreateBuilder<Placed<T>>(list.Items.Length);
        bool good = true;
        foreach (YamlNode each in list.Items)
        {
            if (item.TryRead(each, context, out T read))
            {
                items.Add(new Placed<T>(read, each.Where));
            }
            else
            {
                good = false;
            }
        }
        value = items.ToImmutable();
        return good;
    }
}

/// <summary>One entry of a mapping from names.</summary>
internal readonly record struct Named<T>(string Name, SourcePlace Where, T Value);

/// <summary>A mapping from names of the author's choice to records of one shape. Entries that are wrong are read too, so that ids stay dense.</summary>
internal sealed class NamedShape(string noun, RecordShape item) : Shape<ImmutableArray<Named<Fields>>>
{
    public override bool Partial => true;

    public override IEnumerable<RecordShape> Records => item.Records;

    public override string Words => $"a mapping from {noun} names";

    public override string Show(ImmutableArray<Named<Fields>> value) => "{}";

    public override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["type"] = "object",
        ["propertyNames"] = NameShape.Instance.Schema(definitions),
        ["additionalProperties"] = item.Schema(definitions),
    };

    public override bool TryRead(YamlNode node, ReadContext context, out ImmutableArray<Named<Fields>> value)
    {
        value = [];
        if (node is YamlScalar { IsNull: true })
        {
            return true;
        }
        if (node is not YamlMap map)
        {
            context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
            return false;
        }
        ImmutableArray<Named<Fields>>.Builder entries = ImmutableArray.CreateBuilder<Named<Fields>>(map.Entries.Length);
        bool good = true;
        foreach (YamlEntry entry in map.Entries)
        {
            good &= NameShape.Instance.TryRead(entry.Key, context, out string name);
            good &= item.TryRead(entry.Value, context, out Fields fields);
            entries.Add(new Named<Fields>(name, entry.Key.Where, fields));
        }
        value = entries.MoveToImmutable();
        return good;
    }
}

/// <summary>How often each number is seen: <c>{ 64: 2, 63: 2 }</c>; <c>{}</c> is none at all.</summary>
/// <param name="noun">What a number is.</param>
/// <param name="most">The largest.</param>
/// <param name="nouns">Several of them.</param>
/// <param name="example">For errors.</param>
internal sealed class HistogramShape(string noun, int most, string nouns, string example) : Shape<ImmutableSortedDictionary<int, int>>
{
    private readonly IntegerShape number = new(noun, 0, most);
    private static readonly IntegerShape Count = new("a count", 0, Limits.Count);

    public override string Words => $"{nouns} with how often each is seen, like {example}";

    public override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["type"] = "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = "^[0-9]{1,3}$" },
        ["additionalProperties"] = Count.Schema(definitions),
    };

    public override bool TryRead(YamlNode node, ReadContext context, out ImmutableSortedDictionary<int, int> value)
    {
        value = ImmutableSortedDictionary<int, int>.Empty;
        if (node is not YamlMap map)
        {
            context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}", node is YamlScalar { IsNull: true } ? "none at all is {}" : null);
            return false;
        }
        bool good = true;
        foreach (YamlEntry entry in map.Entries)
        {
            bool key = number.TryRead(entry.Key, context, out int ttl);
            bool count = Count.TryRead(entry.Value, context, out int times);
            good &= key && count;
            if (key && count && value.ContainsKey(ttl))
            {
                context.Diagnostics.Report(entry.Key.Where, string.Create(CultureInfo.InvariantCulture, $"duplicate key '{ttl}'"));
                good = false;
            }
            else if (key && count && times > 0)
            {
                value = value.Add(ttl, times);
            }
        }
        return good;
    }
}

/// <summary>One of some records, named by the single key of a mapping: <c>- ping: { from: a, to: c }</c>.</summary>
internal sealed record Variant<TKind>(TKind Kind, Fields Fields);

/// <inheritdoc cref="Variant{TKind}"/>
internal sealed class VariantShape<TKind>(string noun, ImmutableArray<TKind> kinds, Func<TKind, RecordShape> shapeOf) : Shape<Variant<TKind>>
{
    public override string Words => kinds.Length <= ChoiceShape.FewEnoughToList ? Details : noun;

    public override string Details => $"{noun} ({string.Join(", ", kinds.Select(k => shapeOf(k).Name))})";

    public override IEnumerable<RecordShape> Records => kinds.SelectMany(k => shapeOf(k).Records);

    public override JsonObject Schema(SchemaDefinitions definitions)
    {
        JsonArray forms = [];
        foreach (RecordShape shape in kinds.Select(shapeOf))
        {
            forms.Add(new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["required"] = new JsonArray(shape.Name),
                ["properties"] = new JsonObject { [shape.Name] = shape.Schema(definitions) },
            });
            if (shape.Keys.IsEmpty)
            {
                forms.Add(new JsonObject { ["const"] = shape.Name });
            }
        }
        return new JsonObject { ["oneOf"] = forms };
    }

    public override bool TryRead(YamlNode node, ReadContext context, out Variant<TKind> value)
    {
        value = null!;
        YamlScalar? word;
        YamlNode body;
        switch (node)
        {
            case YamlMap { Entries: [var only] }:
                (word, body) = (only.Key, only.Value);
                break;
            case YamlScalar { IsNull: false } bare:
                (word, body) = (bare, new YamlMap(bare.Where, []));
                break;
            case YamlMap { Entries: [_, var second, ..] }:
                context.Diagnostics.Report(second.Key.Where, $"{second.Key.What} beside another key", $"{noun} is a mapping with one key; begin the next with '- '");
                return false;
            default:
                context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
                return false;
        }
        foreach (TKind kind in kinds)
        {
            if (shapeOf(kind).Name == word.Text)
            {
                bool good = shapeOf(kind).TryRead(body, context, out Fields fields);
                value = new Variant<TKind>(kind, fields with { Where = word.Where });
                return good;
            }
        }
        context.Diagnostics.ReportUnknown(word.Where, $"{word.What} is not {noun}", word.Text, kinds.Select(k => shapeOf(k).Name));
        return false;
    }
}
