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
            NatKey k => $"{k.Vni}/{k.Flow}",
            ConnectionKey k => $"{k.Vni}/{k.Flow}",
            PolicyScope k => Scope(k),
            PolicyPortKey k => k.Protocol == 0 && k.Port == 0 ? $"{Scope(k.Scope)} any" : $"{Scope(k.Scope)} {Protocol(k.Protocol)} {k.Port}",
            PolicyCidrKey k => $"{Scope(k.Scope)} {k.Kind.ToString().ToLowerInvariant()} {k.Remote}",
            PolicyLabelKey k => $"{Key(k.Local)} {LabelText(k)}",
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
            ConnectionState v => Connection(v),
            PolicyBits v => Bits(v),
            _ => value.ToString()!,
        };

    /// <summary><c>tcp</c>, or the number of a protocol that has no name here.</summary>
    internal static string Protocol(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Icmp => "icmp",
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Sctp => "sctp",
        _ => ((int)protocol).ToString(CultureInfo.InvariantCulture),
    };

    private static string Scope(in PolicyScope scope) => $"{scope.Direction.ToString().ToLowerInvariant()} {Key(scope.Local)}";

    private static string LabelText(in PolicyLabelKey key) => key.Kind switch
    {
        LabelKind.Pod => $"pod {key.Pod}",
        LabelKind.Namespace => $"namespace {key.Namespace}",
        _ => $"pod {key.Pod} namespace {key.Namespace}",
    };

    /// <summary><c>allowed established</c>; the time of its last frame is no part of it, nor the epochs, which are other numbers on another backend.</summary>
    private static string Connection(in ConnectionState state) =>
        ((state.Flags & ConnectionFlags.Denied) != 0 ? "denied" : "allowed")
        + ((state.Flags & ConnectionFlags.OneDirection) != 0 ? " one-way" : "")
        + ((state.Flags & ConnectionFlags.Reevaluate) != 0 ? " re-evaluated" : "")
        + (state.Phase == TcpPhase.None ? "" : " " + state.Phase.ToString().ToLowerInvariant());

    /// <summary>The rule elements: <c>0 3 17</c>.</summary>
    private static string Bits(in PolicyBits bits)
    {
        List<int> elements = [];
        for (int element = 0; element < PolicyBits.Limit; element++)
        {
            if (!(bits & PolicyBits.Of(element)).IsEmpty)
            {
                elements.Add(element);
            }
        }
        return elements.Count == 0 ? "none" : string.Join(' ', elements);
    }
}
