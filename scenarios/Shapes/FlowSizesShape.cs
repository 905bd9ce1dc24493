using System.Text.Json.Nodes;
using MizarLab.Engine;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;
using MizarLab.Workload.Sampling;

namespace MizarLab.Scenarios.Shapes;

/// <summary>A named distribution of flow sizes: one of those that come with the lab.</summary>
internal sealed class FlowSizesShape : ScalarShape<CdfFile>
{
    public static readonly FlowSizesShape Instance = new();

    public override string Words => $"a distribution ({string.Join(", ", FlowSizes.Names)})";

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["enum"] = new JsonArray([.. FlowSizes.Names.Select(name => (JsonNode)name)]) };

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out CdfFile value)
    {
        if (FlowSizes.Names.Contains(scalar.Text))
        {
            value = FlowSizes.Named(scalar.Text);
            return true;
        }
        value = null!;
        return Refuse(scalar, context, Suggestion.For(scalar.Text, FlowSizes.Names));
    }
}

/// <summary>A throughput of a single pair, which may be a few bits a second.</summary>
internal sealed class LowRateShape() : QuantityShape<DataRate>(
    "a rate", "78bit", [("bit", 1), ("kbit", 1_000), ("Mbit", 1_000_000), ("Gbit", 1_000_000_000)], 1, 1_000_000_000_000)
{
    protected override DataRate Make(long value) => new(value);
}
