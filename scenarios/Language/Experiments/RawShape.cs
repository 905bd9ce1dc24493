using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Experiments;

/// <summary>Values by key, kept as they stand in the file: what they may be, the keys they are put into say.</summary>
/// <param name="noun">Of a key: <c>a key by its path</c>.</param>
internal sealed class RawShape(string noun) : Shape<YamlMap>
{
    public override string Words => $"a mapping from {noun} to values";

    public override string Show(YamlMap value) => "{}";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "object" };

    public override bool TryRead(YamlNode node, ReadContext context, out YamlMap value)
    {
        value = node as YamlMap ?? new YamlMap(node.Where, []);
        if (node is YamlMap)
        {
            return true;
        }
        context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
        return false;
    }
}

/// <summary>Points of a sweep: values by axis, <c>{ dialect: lab, bouncers: [2, 4] }</c>, or a formula that is true of them.</summary>
internal sealed class SelectionShape : Shape<YamlNode>
{
    public static readonly SelectionShape Instance = new();

    public override string Words => "values by axis like { dialect: lab, bouncers: [2, 4] }, or a formula";

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer("selection", () => new JsonObject
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "object" }, ExpressionShape.Instance.Schema(definitions)),
    });

    public override bool TryRead(YamlNode node, ReadContext context, out YamlNode value)
    {
        value = node;
        if (node is YamlMap or YamlScalar { IsNull: false })
        {
            return true;
        }
        context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
        return false;
    }
}

/// <summary>Values of an axis, two or more.</summary>
internal sealed class ValueListShape : Shape<YamlNode>
{
    public static readonly ValueListShape Instance = new();

    public override string Words => "a list of an axis' values, two or more";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "array", ["minItems"] = 2 };

    public override bool TryRead(YamlNode node, ReadContext context, out YamlNode value)
    {
        value = node;
        if (node is YamlList { Items.Length: >= 2 })
        {
            return true;
        }
        context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
        return false;
    }
}
