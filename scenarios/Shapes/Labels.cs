using System.Text.Json.Nodes;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>Labels, or a selector of them: <c>{ app: web, tier: front }</c>. Words as Kubernetes has them.</summary>
internal sealed class LabelsShape : Shape<LabelSet>
{
    public static readonly LabelsShape Instance = new();

    private const int Longest = 63;
    private const int Most = 32;

    public override string Words => "labels like { app: web }";

    public override string Show(LabelSet value) => value.IsEmpty ? "{}" : $"{{ {value.ToString().Replace("=", ": ", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal)} }}";

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer("label_set", () => new JsonObject
    {
        ["type"] = "object",
        ["propertyNames"] = Word(),
        ["additionalProperties"] = Word(),
    });

    public override bool TryRead(YamlNode node, ReadContext context, out LabelSet value)
    {
        value = LabelSet.Empty;
        if (node is not YamlMap map || map.Entries.Length > Most)
        {
            context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}", node is YamlMap ? $"at most {Most}" : null);
            return false;
        }
        bool good = true;
        foreach (YamlEntry entry in map.Entries)
        {
            good &= IsWord(entry.Key, context) & (entry.Value is YamlScalar label ? IsWord(label, context) : Refuse(entry.Value, context));
        }
        if (good)
        {
            value = new LabelSet(map.Entries.Select(e => KeyValuePair.Create(e.Key.Text, ((YamlScalar)e.Value).Text)));
        }
        return good;
    }

    private static JsonObject Word() => new() { ["type"] = "string", ["pattern"] = $"^[A-Za-z0-9][A-Za-z0-9._/-]{{0,{Longest - 1}}}$" };

    private static bool IsWord(YamlScalar word, ReadContext context) =>
        (word.Text.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(word.Text[0]) && word.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-'))
        || Refuse(word, context);

    private static bool Refuse(YamlNode node, ReadContext context)
    {
        context.Diagnostics.Report(node.Where, $"{node.What} is no word of a label", $"letters, digits, . _ / and -, at most {Longest}");
        return false;
    }
}
