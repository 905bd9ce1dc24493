using System.Globalization;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The text form of table keys and rows, the same in updates, observations, expectations and reports:
/// <c>3/10.0.0.2 = 172.17.0.11 02:42:ac:11:00:0b</c>.
/// </summary>
public static class TableText
{
    public static string Row<TKey, TValue>(TKey key, TValue value)
        where TKey : struct
        where TValue : struct => $"{Key(key)} = {Value(value)}";

    public static string Key<TKey>(TKey key)
        where TKey : struct => key switch
        {
            NaclKey k => $"{k.Vni}/{k.Order.ToString(CultureInfo.InvariantCulture)}",
            EndpointKey k => $"{k.Vni}/{k.Address}",
            NetworkKey k => $"{k.Vni}/{k.Prefix}",
            AgentId k => k.Value.ToString(CultureInfo.InvariantCulture),
            AgentSubstrateKey k => $"{k.Agent.Value}:{k.Key.Vni}/{k.Key.Address}",
            ServicePortKey k => $"{Key(k.Service)}:{k.Port}/{Word(k.Protocol)}",
            NatKey k => $"{k.Vni}/{Flow(k.Flow)}",
            ConnectionKey k => $"{k.Vni}/{Flow(k.Flow)}",
            PortForwardKey k => $"{Key(k.Public)}:{k.Port}/{Word(k.Protocol)}",
            TranslationKey k => $"{k.Vni}/{(k.IsInbound ? "inbound" : "outbound")} {Flow(k.Flow)}",
            PolicyScope k => $"{Word(k.Direction)} {Key(k.Local)}",
            PolicyPortKey k => $"{Key(k.Scope)} {(k.Protocol == 0 && k.Port == 0 ? "any" : $"{k.Port}/{Word(k.Protocol)}")}",
            PolicyCidrKey k => $"{Key(k.Scope)} {Word(k.Kind)} {k.Remote}",
            PolicyLabelKey k => $"{Key(k.Local)} {Word(k.Kind)} {k.Pod}/{k.Namespace}",
            _ => key.ToString()!,
        };

    public static string Value<TValue>(TValue value)
        where TValue : struct => value switch
        {
            InterfaceConfig v => $"slot {v.Slot} {v.Address} {v.Mac}",
            PortId v => v.Value == 0 ? "nic" : $"port {v.Value}",
            EndpointValue v => $"{v.Type.ToString().ToLowerInvariant()} {v.Mac} remotes {v.Remotes} slot {v.Slot}",
            HostAddress v => $"{v.Address} {v.Mac}",
            CachedHost v => Value(v.Host) + (v.Crosses ? " crosses" : ""),
            NetworkValue v => v.Bouncers.ToString(),
            AgentConfig v => $"{v.NicAddress} {v.NicMac} endpoint {Key(v.Endpoint)} bouncers {v.Bouncers}",
            NatValue v => $"{v.Source}:{v.SourcePort} {v.SourceMac} to {v.Destination}:{v.DestinationPort} {v.DestinationMac}",
            Translator v => $"{v.Endpoint} as {v.Address} ports {v.FirstPort}-{v.LastPort}",
            PortForward v => $"{v.Address}:{v.Port}",
            TranslationValue v => $"{v.Source}:{v.SourcePort} to {v.Destination}:{v.DestinationPort}",
            ConnectionState v => State(v),
            PolicyBits v => $"0x{v.Word3:x16}{v.Word2:x16}{v.Word1:x16}{v.Word0:x16}".Replace("0x" + new string('0', 48), "0x", StringComparison.Ordinal),
            StageProgram v => Word(v),
            PeerState v => Word(v),
            BandwidthLimit v => $"{v.BytesPerSecond} B/s horizon {v.HorizonNanoseconds} ns",
            TransmitStatistics v =>
                $"redirect {v.RedirectPackets} packets {v.RedirectBytes} bytes expedited {v.ExpeditedPackets} packets {v.ExpeditedBytes} bytes "
                + $"pass {v.PassPackets} packets {v.PassBytes} bytes drop {v.DropPackets} packets {v.DropBytes} bytes",
            NaclEntry v => $"{(v.Allows ? "allow" : "deny")} {v.Source} to {v.Destination} {(v.Protocol == default ? "any" : v.Protocol.ToString().ToLowerInvariant())} {v.FirstPort}-{v.LastPort}",
            TokenBucket v => $"full at {v.FullAt} ns",
            _ => value.ToString()!,
        };

    /// <summary>A value of an enumeration as scenarios write it: <c>ScaledEndpoint</c> → <c>scaled_endpoint</c>; a number where it has no name.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum
    {
        System.Text.StringBuilder text = new();
        foreach (char c in value.ToString())
        {
            text.Append(char.IsUpper(c) && text.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    private static string Flow(in FlowKey flow) => $"{Word(flow.Protocol)} {flow.Source}:{flow.SourcePort} {flow.Destination}:{flow.DestinationPort}";

    private static string State(in ConnectionState state)
    {
        string flags = state.Flags == ConnectionFlags.None ? "allowed" : state.Flags.ToString().ToLowerInvariant();
        return state.Phase == TcpPhase.None ? flags : $"{flags} {Word(state.Phase)}";
    }
}
