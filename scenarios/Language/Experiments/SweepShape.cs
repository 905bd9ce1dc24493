using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>A value of an axis as it is put into the tree.</summary>
/// <param name="Text">In one line, for tables.</param>
/// <param name="Puts">One for an axis that is a key; several for a named variant.</param>
internal sealed record RawValue(string Text, SourcePlace Where, ImmutableArray<TreePut> Puts);

/// <summary>An axis as read. A range is not spelt out before it is known to be small enough.</summary>
internal sealed record RawAxis(YamlScalar Path, long Count, Func<ImmutableArray<RawValue>> Values);

/// <summary>
/// The axes: a key by its path with a list of values or a range; or a name of the author's with named variants, each of several keys:
/// <c>plane: { upstream: { dialect: mizar }, maglev: { dialect: lab, sharding.bouncers: maglev } }</c>.
/// </summary>
internal sealed class SweepShape : Shape<ImmutableArray<RawAxis>>
{
    public static readonly SweepShape Instance = new();

    private const int MostAxes = 8;

    public override bool Partial => true;

    public override string Words => "a mapping from keys to the values they take";

    public override string Details =>
        "a mapping from keys by their path (`study.bouncers`) to a list of values, or to a range `{ from: 1, to: 9, step: 2 }` or `{ from: 10, to: 1_000_000, factor: 10 }`; or from a name of your own to named variants, each a mapping from paths to values";

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer("sweep", () => new JsonObject
    {
        ["type"] = "object",
        ["minProperties"] = 1,
        ["maxProperties"] = MostAxes,
        ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "array", ["minItems"] = 1 }, new JsonObject { ["type"] = "object" }) },
    });

    public override bool TryRead(YamlNode node, ReadContext context, out ImmutableArray<RawAxis> value)
    {
        value = [];
        if (node is not YamlMap { Entries.Length: > 0 and <= MostAxes } map)
        {
            context.Diagnostics.Report(node.Where, node is YamlMap { Entries.Length: > MostAxes } ? $"more than {MostAxes} axes" : $"expected {Words}, not {node.What}");
            return false;
        }
        ImmutableArray<RawAxis>.Builder axes = ImmutableArray.CreateBuilder<RawAxis>();
        bool good = true;
        foreach (YamlEntry entry in map.Entries)
        {
            RawAxis? axis = entry.Value switch
            {
                YamlList list => OfList(entry.Key, list, context.Diagnostics),
                YamlMap range when range["from"] is not null => SweepRange.Read(entry.Key, range, context),
                YamlMap { Entries.Length: > 0 } variants => OfVariants(entry.Key, variants, context.Diagnostics),
                _ => Refuse(entry, context.Diagnostics),
            };
            good &= axis is not null;
            if (axis is not null)
            {
                axes.Add(axis);
            }
        }
        value = axes.ToImmutable();
        return good;
    }

    private static RawAxis? OfList(YamlScalar path, YamlList list, Diagnostics diagnostics)
    {
        if (list.Items.IsEmpty)
        {
            diagnostics.Report(list.Where, $"axis {path.What} has no values");
            return null;
        }
        SortedDictionary<string, SourcePlace> seen = new(StringComparer.Ordinal);
        foreach (YamlNode item in list.Items)
        {
            if (!seen.TryAdd(TextOf(item), item.Where))
            {
                diagnostics.Report(item.Where, $"axis {path.What} has the value {item.What} twice");
                return null;
            }
        }
        return TreePut.PathOf(path, diagnostics) is { } segments
            ? new RawAxis(path, list.Items.Length, () => [.. list.Items.Select(i => new RawValue(TextOf(i), i.Where, [new TreePut(path.Where, segments, i)]))])
            : null;
    }

    private static RawAxis? OfVariants(YamlScalar name, YamlMap variants, Diagnostics diagnostics)
    {
        if (name.Text.Contains('.') || TreePut.IsKey(name.Text))
        {
            diagnostics.Report(name.Where, $"axis {name.What} is a key, and named variants are not its values", "a list of values, or a name of your own");
            return null;
        }
        ImmutableArray<RawValue>.Builder values = ImmutableArray.CreateBuilder<RawValue>();
        foreach (YamlEntry variant in variants.Entries)
        {
            if (variant.Value is not YamlMap puts)
            {
                diagnostics.Report(variant.Value.Where, $"expected a variant's values by key, not {variant.Value.What}", "{ dialect: lab, study.bouncers: 4 }");
                return null;
            }
            ImmutableArray<TreePut>? all = TreePut.All(puts, diagnostics);
            if (all is null)
            {
                return null;
            }
            values.Add(new RawValue(variant.Key.Text, variant.Key.Where, all.Value));
        }
        ImmutableArray<RawValue> made = values.ToImmutable();
        return new RawAxis(name, made.Length, () => made);
    }

    private static RawAxis? Refuse(YamlEntry entry, Diagnostics diagnostics)
    {
        diagnostics.Report(entry.Value.Where, $"expected the values of axis {entry.Key.What}, not {entry.Value.What}", "[2, 4, 8], { from: 1, to: 9, step: 2 } or { from: 10, to: 1_000_000, factor: 10 }");
        return null;
    }

    /// <summary>A value in one line, as YAML's flow style has it.</summary>
    public static string TextOf(YamlNode node) => node switch
    {
        YamlScalar scalar => Quantity.WithoutGaps(scalar.Text),
        YamlList list => $"[{string.Join(", ", list.Items.Select(TextOf))}]",
        YamlMap { Entries: [{ Value: YamlMap { Entries.IsEmpty: true } }] } only => only.Entries[0].Key.Text,
        YamlMap map => $"{{{string.Join(", ", map.Entries.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Key.Text}: {TextOf(e.Value)}")))}}}",
        _ => "",
    };
}
