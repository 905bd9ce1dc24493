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
            EndpointKey k => $"{k.Vni}/{k.Address}",
            NetworkKey k => $"{k.Vni}/{k.Prefix}",
            AgentId k => k.Value.ToString(CultureInfo.InvariantCulture),
            AgentSubstrateKey k => $"{k.Agent.Value}:{k.Key.Vni}/{k.Key.Address}",
            ServicePortKey k => string.Create(CultureInfo.InvariantCulture, $"{Key(k.Service)} {Word(k.Protocol)} {k.Port}"),
            NatKey k => $"{k.Vni}/{k.Flow}",
            ConnectionKey k => $"{k.Vni}/{k.Flow}",
            PolicyScope k => $"{Word(k.Direction)} {Key(k.Local)}",
            PolicyPortKey k => string.Create(CultureInfo.InvariantCulture, $"{Key(k.Scope)} {Word(k.Protocol)} {k.Port}"),
            PolicyCidrKey k => $"{Key(k.Scope)} {Word(k.Kind)} {k.Remote}",
            PolicyLabelKey k => string.Create(CultureInfo.InvariantCulture, $"{Word(k.Kind)} {Key(k.Local)} pod {k.Pod} namespace {k.Namespace}"),
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
            NatValue v => string.Create(
                CultureInfo.InvariantCulture, $"{v.Source}:{v.SourcePort} > {v.Destination}:{v.DestinationPort} {v.SourceMac} > {v.DestinationMac}"),
            ConnectionState v => v.Phase == TcpPhase.None ? Word(v.Flags) : $"{Word(v.Flags)} {Word(v.Phase)}",
            PolicyBits v => string.Create(CultureInfo.InvariantCulture, $"0x{v.Word3:x16}{v.Word2:x16}{v.Word1:x16}{v.Word0:x16}"),
            StageProgram v => Word(v),
            _ => value.ToString()!,
        };

    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => value.ToString().ToLowerInvariant();
}
