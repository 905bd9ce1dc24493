using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>A port with its protocol: <c>80</c>, which is TCP's, <c>53/udp</c>, <c>9000/sctp</c>.</summary>
internal sealed class ProtocolPortShape : ScalarShape<PolicyPort>
{
    public static readonly ProtocolPortShape Instance = new();

    public const string Pattern = "([0-9]{1,5})(/(tcp|udp|sctp))?";

    public override string Words => "a port like 80, 53/udp or 9000/sctp";

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Refer(
        "protocol_port",
        () => new JsonObject { ["anyOf"] = new JsonArray(Standard.Port.Schema(definitions), new JsonObject { ["type"] = "string", ["pattern"] = $"^{Pattern}$" }) });

    /// <summary>Reads the text alone.</summary>
    public static bool TryParse(string text, out PolicyPort port)
    {
        string[] parts = text.Split('/');
        port = new PolicyPort(
            parts is [_] ? IpProtocol.Tcp : parts is [_, var word] ? word switch { "tcp" => IpProtocol.Tcp, "udp" => IpProtocol.Udp, "sctp" => IpProtocol.Sctp, _ => default } : default,
            ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) ? number : (ushort)0);
        return port.Protocol != default && port.Port != 0;
    }

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out PolicyPort value) => TryParse(scalar.Text, out value) || Refuse(scalar, context);
}

/// <summary>A service's ports and the backends' behind them: <c>{ 80: 8080, 53/udp: 5353, icmp: on }</c>.</summary>
internal sealed class ServicePortsShape : Shape<ImmutableArray<ServicePort>>
{
    public static readonly ServicePortsShape Instance = new();

    private const string Icmp = "icmp";

    public override string Words => "ports with the backends' ports, like { 80: 8080, 53/udp: 5353, icmp: on }";

    public override string Show(ImmutableArray<ServicePort> value) => "{}";

    public override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["type"] = "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = $"^({ProtocolPortShape.Pattern}|{Icmp})$" },
        ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(Standard.Port.Schema(definitions), new JsonObject { ["const"] = "on" }) },
    };

    public override bool TryRead(YamlNode node, ReadContext context, out ImmutableArray<ServicePort> value)
    {
        value = [];
        if (node is not YamlMap map)
        {
            context.Diagnostics.Report(node.Where, $"expected {Words}, not {node.What}");
            return false;
        }
        ImmutableArray<ServicePort>.Builder ports = ImmutableArray.CreateBuilder<ServicePort>(map.Entries.Length);
        bool good = true;
        foreach (YamlEntry entry in map.Entries)
        {
            if (TryRead(entry, context, out ServicePort port) && ports.All(p => (p.Port, p.Protocol) != (port.Port, port.Protocol)))
            {
                ports.Add(port);
            }
            else if (entry.Key.Text == Icmp)
            {
                // A target for a protocol without ports would stand in the NAT caches, and no answer would ever match it.
                context.Diagnostics.Report(entry.Value.Where, $"ICMP has no ports, and none stands behind it; not {entry.Value.What}", "icmp: on");
                good = false;
            }
            else
            {
                context.Diagnostics.Report(entry.Key.Where, $"{entry.Key.What}: {entry.Value.What} is no port of a service", Words);
                good = false;
            }
        }
        value = ports.ToImmutable();
        return good;
    }

    private static bool TryRead(YamlEntry entry, ReadContext context, out ServicePort port)
    {
        port = new ServicePort(0, IpProtocol.Icmp, 0);
        if (entry.Key.Text == Icmp)
        {
            return entry.Value is YamlScalar { Text: "on" };
        }
        if (!ProtocolPortShape.TryParse(entry.Key.Text, out PolicyPort own) || own.Protocol == IpProtocol.Sctp || !Standard.Port.TryRead(entry.Value, context, out int target))
        {
            return false;
        }
        port = new ServicePort(own.Port, own.Protocol, (ushort)target);
        return true;
    }
}
