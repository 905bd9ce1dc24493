using System.Collections.Immutable;
using System.Text;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios;

/// <summary>
/// The reference part of docs/scenarios.md, every key with its value, default and meaning: made, as the JSON schema is, from
/// the key tables the parser reads with.
/// </summary>
public static class ScenarioReference
{
    /// <summary>Names of all timeline steps.</summary>
    public static ImmutableArray<string> Steps { get; } = [.. StepKinds.All.Select(k => k.Shape.Name)];

    /// <summary>Names of all expectations.</summary>
    public static ImmutableArray<string> Expectations { get; } = [.. ExpectationKinds.All.Select(k => k.Shape.Name)];

    /// <summary>Markdown, the same every time.</summary>
    public static string Generate() => Of(ScenarioKeys.File.Records);

    /// <summary>A section each record of a name not seen before.</summary>
    internal static string Of(IEnumerable<RecordShape> records)
    {
        StringBuilder text = new();
        foreach (RecordShape record in records.DistinctBy(r => r.Name))
        {
            text.Append("### `").Append(record.Name).Append("`\n\n").Append(record.Meaning).Append('\n');
            if (record.Shorthand is { } shorthand)
            {
                text.Append("\nThe value of `").Append(shorthand.Name).Append("` may stand in place of the mapping.\n");
            }
            if (!record.OneOf.IsEmpty)
            {
                text.Append("\nExactly one of ").AppendJoin(", ", record.OneOf.Select(k => $"`{k.Name}`")).Append(".\n");
            }
            if (!record.Keys.IsEmpty)
            {
                text.Append("\n| key | value | default | meaning |\n|---|---|---|---|\n");
            }
            foreach (Key key in record.Keys)
            {
                string standard = key.Required ? "required" : key.Default is null or "" ? "" : $"`{key.Default}`";
                text.Append("| `").Append(key.Name).Append("` | ").Append(ValueOf(key.Shape)).Append(" | ").Append(standard).Append(" | ").Append(key.Meaning).Append(" |\n");
            }
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Records have a section of their own; everything else is said in words.</summary>
    private static string ValueOf(Shape shape) => shape is RecordShape record ? $"`{record.Name}`, below" : shape.Details;
}
