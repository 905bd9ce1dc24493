using System.Text.Json.Nodes;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>A record, or another that is written out as it before anything is read (<see cref="WrittenOut"/>): readers see the first only, editors and the handbook know of both.</summary>
internal sealed class WholeOrGenerated(RecordShape whole, RecordShape generated) : Shape<Fields>
{
    public override string Words => whole.Words;

    public override string Details => $"`{whole.Name}`, below; or `{generated.Name}`";

    public override bool Partial => true;

    public override IEnumerable<RecordShape> Records => whole.Records.Concat(generated.Records);

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["anyOf"] = new JsonArray(whole.Schema(definitions), generated.Schema(definitions)) };

    public override bool TryRead(YamlNode node, ReadContext context, out Fields value) => whole.TryRead(node, context, out value);
}
