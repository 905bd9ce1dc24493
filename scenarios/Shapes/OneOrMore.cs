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

    public override IEnumerable<RecordShape> Records => item.Records;

    public override string Words => $"{item.Words}, or a list";

    public override string Show(ImmutableArray<Placed<T>> value) => list.Show(value);

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["anyOf"] = new JsonArray(item.Schema(definitions), list.Schema(definitions)) };

    public override bool TryRead(YamlNode node, ReadContext context, out ImmutableArray<Placed<T>> value) =>
        list.TryRead(node is YamlList ? node : new YamlList(node.Where, [node]), context, out value);
}
