using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>A value, or a list of them: <c>on: left</c>, <c>on: [left, right]</c>.</summary>
internal sealed class OneOrMoreShape<T>(Shape<T> item, int most) : Shape<ImmutableArray<Placed<T>>>
{
    private readonly ListShape<T> list = new(item, most);

    public override bool Partial => true;

    public override string Words => $"{item.Words}, or a list";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["anyOf"] = new JsonArray(item.Schema(definitions), list.Schema(definitions)) };

    public override bool TryRead(YamlNode node, ReadContext context, out ImmutableArray<Placed<T>> value)
    {
        if (node is not YamlScalar)
        {
            return list.TryRead(node, context, out value);
        }
        bool good = item.TryRead(node, context, out T one);
        value = good ? [new Placed<T>(one, node.Where)] : [];
        return good;
    }
}
