using System.Text.Json.Nodes;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>A frame in the packet text form, the same everywhere in the lab.</summary>
internal sealed class PacketTextShape(int least, int most) : ScalarShape<byte[]>
{
    public override string Words => "a packet like eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=10.0.0.2 dst=10.0.0.3 / udp dport=53";

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer("packet", () => new JsonObject { ["type"] = "string", ["pattern"] = "^eth" });

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out byte[] value)
    {
        value = [];
        try
        {
            value = PacketText.Parse(scalar.Text);
        }
        catch (PacketTextException e)
        {
            context.Diagnostics.Report(scalar.Where, $"packet, character {e.Column}: {e.Problem}", e.Suggestion is null ? null : $"did you mean '{e.Suggestion}'?");
            return false;
        }
        if (value.Length >= least && value.Length <= most)
        {
            return true;
        }
        context.Diagnostics.Report(scalar.Where, $"a frame of {value.Length} bytes", $"{least} to {most}");
        return false;
    }
}
