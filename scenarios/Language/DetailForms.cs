using System.Collections.Immutable;
using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;

namespace MizarLab.Scenarios.Language;

/// <summary>Forms of the tables of services, NAT, connections, policy, stages, counters and peers.</summary>
internal static class DetailForms
{
    public static ImmutableArray<TableForm> All { get; } =
    [
        new TableForm<int, StageProgram>(Tables.Stages, "4 = scaled_endpoint", (t, _) => RowText.Number(t), (t, _, _) => Word<StageProgram>(t)),
        new TableForm<ServicePortKey, ushort>(Tables.ServicePorts, "web:80/tcp = 8080", ServicePortOf, (t, _, _) => Port(t)),
        new TableForm<NatKey, NatValue>(Tables.ForwardNat, "3/tcp a:40000 web:80 = 10.0.0.2:40000 6a:00:0a:00:00:02 to 10.0.0.3:8080 6a:00:0a:00:00:03", (t, n) => Flow(t, n) is { } f ? new NatKey(f.Vni, f.Flow) : null, (t, _, n) => Nat(t, n)),
        new TableForm<NatKey, NatValue>(Tables.ReverseNat, "3/tcp c:8080 a:40000 = 10.0.0.8:80 02:5b:00:00:00:08 to 10.0.0.2:40000 6a:00:0a:00:00:02", (t, n) => Flow(t, n) is { } f ? new NatKey(f.Vni, f.Flow) : null, (t, _, n) => Nat(t, n)),
        new TableForm<ConnectionKey, ConnectionState>(Tables.Connections, "3/tcp a:40000 c:80 = allowed", (t, n) => Flow(t, n) is { } f ? new ConnectionKey(f.Vni, f.Flow) : null, (t, _, _) => State(t)),
        new TableForm<PolicyScope, byte>(Tables.PolicyEnforced, "ingress c = 1", (t, n) => RowText.Words(t) is [var d, var e] ? Scope(d, e, n) : null, (t, _, _) => RowText.Number(t) is { } v and < 256 ? (byte)v : null),
        new TableForm<PolicyPortKey, PolicyBits>(Tables.PolicyPorts, "ingress c 80/tcp = 0x1", (t, n) => RowText.Words(t) is [var d, var e, var port] && Scope(d, e, n) is { } scope ? PolicyPortOf(scope, port) : null, (t, _, _) => Bits(t)),
        new TableForm<PolicyCidrKey, PolicyBits>(
            Tables.PolicyCidrs, "ingress c primary 10.0.0.0/24 = 0x1",
            (t, n) => RowText.Words(t) is [var d, var e, var kind, var cidr] && Scope(d, e, n) is { } scope && Word<CidrKind>(kind) is { } k && Ipv4Prefix.TryParse(cidr, out Ipv4Prefix remote) ? new PolicyCidrKey(scope, k, remote) : null,
            (t, _, _) => Bits(t)),
        new TableForm<PolicyLabelKey, PolicyBits>(
            Tables.PolicyLabels, "c pod 1/0 = 0x1",
            (t, n) => RowText.Words(t) is [var e, var kind, var ids] && n.Endpoint(e) is { } local && Word<LabelKind>(kind) is { } k && Ids(ids) is { } i ? new PolicyLabelKey(k, local, i.Pod, i.Namespace) : null,
            (t, _, _) => Bits(t)),
        new TableForm<int, TransmitStatistics>(
            Tables.Statistics, "0 = redirect 3 packets 300 bytes expedited 0 packets 0 bytes pass 0 packets 0 bytes drop 0 packets 0 bytes", (t, _) => RowText.Number(t), (t, _, _) => Statistics(t)),
        new TableForm<Ipv4Address, BandwidthLimit>(
            Tables.Bandwidth, "left = 12500000 B/s horizon 0 ns", (t, n) => n.Droplet(t),
            (t, _, _) => RowText.Words(t) is [var rate, "B/s", "horizon", var horizon, "ns"] && Large(rate) is { } r && Large(horizon) is { } h ? new BandwidthLimit(r, h) : null),
        new TableForm<int, ulong>(Tables.Drops, "ttl_zero = 1", (t, _) => RowText.Number(t) ?? (Word<Reason>(t) is { } reason ? (int)reason : null), (t, _, _) => Large(t)),
        new TableForm<NaclKey, NaclEntry>(
            Tables.Nacl, "3/0 = deny 10.0.0.0/24 to 10.0.20.0/24 tcp 22-22", (t, _) => NaclKeyOf(t),
            (t, _, _) => NaclEntryOf(RowText.Words(t))),
        new TableForm<AgentId, TokenBucket>(
            Tables.Tokens, "1 = full at 20000000 ns", (t, _) => RowText.Number(t) is { } i ? new AgentId(i) : null,
            (t, _, _) => RowText.Words(t) is ["full", "at", var full, "ns"] && Large(full) is { } ns ? new TokenBucket(ns) : null),
        new TableForm<Vni, Translator>(
            Tables.Translators, "3 = 10.0.9.2 as 203.0.113.1 ports 1024-65535", (t, _) => RowText.Vni(t), (t, _, n) => TranslatorOf(RowText.Words(t), n)),
        new TableForm<PortForwardKey, PortForward>(
            Tables.PortForwards, "3/203.0.113.1:80/tcp = 10.0.0.2:8080", (t, n) => ServicePortOf(t, n) is { } k ? new PortForwardKey(k.Service, k.Port, k.Protocol) : null,
            (t, _, n) => Side(t, n) is { } s ? new PortForward(s.Address, s.Port) : null),
        new TableForm<TranslationKey, TranslationValue>(
            Tables.Translations, "3/outbound tcp 10.0.0.2:40000 203.0.113.9:80 = 203.0.113.1:40000 to 203.0.113.9:80", TranslationKeyOf,
            (t, _, n) => RowText.Words(t) is [var from, "to", var to] && Side(from, n) is { } s && Side(to, n) is { } d ? new TranslationValue(s.Address, d.Address, s.Port, d.Port) : null),
        new TableForm<Ipv4Address, PeerState>(Tables.Peers, "right = unhealthy", (t, n) => n.Droplet(t), (t, _, _) => Word<PeerState>(t)),
    ];

    private static Translator? TranslatorOf(string[] words, TableNames names) =>
        words is [var endpoint, "as", var address, "ports", var ports] && names.Address(endpoint) is { } inside && Ipv4Address.TryParse(address, out Ipv4Address outside)
        && ports.Split('-') is [var first, var last] && Port(first) is { } low && Port(last) is { } high
            ? new Translator(inside, outside, low, high)
            : null;

    /// <summary>A flow with its direction behind the VNI.</summary>
    private static TranslationKey? TranslationKeyOf(string text, TableNames names)
    {
        foreach ((string word, bool inbound) in (ReadOnlySpan<(string, bool)>)[("/outbound ", false), ("/inbound ", true)])
        {
            if (text.Contains(word, StringComparison.Ordinal))
            {
                return Flow(text.Replace(word, "/", StringComparison.Ordinal), names) is { } f ? new TranslationKey(f.Vni, f.Flow, inbound) : null;
            }
        }
        return null;
    }

    private static NaclKey? NaclKeyOf(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Large(text[..slash]) is { } vni && RowText.Number(text[(slash + 1)..]) is { } order ? new NaclKey(new Vni(vni), order) : null;
    }

    private static NaclEntry? NaclEntryOf(string[] words)
    {
        if (words is not [("allow" or "deny") and var action, var from, "to", var to, var protocol, var ports]
            || !Ipv4Prefix.TryParse(from, out Ipv4Prefix source) || !Ipv4Prefix.TryParse(to, out Ipv4Prefix destination)
            || ports.Split('-') is not [var first, var last] || Port(first) is not { } low || Port(last) is not { } high)
        {
            return null;
        }
        IpProtocol? named = protocol == "any" ? default(IpProtocol) : Enum.TryParse(protocol, ignoreCase: true, out IpProtocol known) ? known : null;
        return named is { } p ? new NaclEntry(action == "allow", source, destination, p, low, high) : null;
    }

    private static T? Word<T>(string text)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (TableText.Word(value) == text)
            {
                return value;
            }
        }
        return null;
    }

    private static ulong? Large(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;

    private static ushort? Port(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? port : null;

    private static (ushort Port, IpProtocol Protocol)? PortOf(string text) =>
        text.Split('/') is [var number, var word] && Port(number) is { } port && (word is "0" ? default(IpProtocol) : Word<IpProtocol>(word)) is { } protocol ? (port, protocol) : null;

    private static ServicePortKey? ServicePortOf(string text, TableNames names)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && names.Endpoint(text[..colon]) is { } service && PortOf(text[(colon + 1)..]) is { } port
            ? new ServicePortKey(service, port.Port, port.Protocol)
            : null;
    }

    private static PolicyScope? Scope(string direction, string endpoint, TableNames names) =>
        Word<PolicyDirection>(direction) is { } d && names.Endpoint(endpoint) is { } local ? new PolicyScope(d, local) : null;

    private static PolicyPortKey? PolicyPortOf(in PolicyScope scope, string port) =>
        port == "any" ? new PolicyPortKey(scope, default, 0) : PortOf(port) is { } p ? new PolicyPortKey(scope, p.Protocol, p.Port) : null;

    private static (uint Pod, uint Namespace)? Ids(string text) =>
        text.Split('/') is [var pod, var space] && RowText.Number(pod) is { } p && RowText.Number(space) is { } s ? ((uint)p, (uint)s) : null;

    private static PolicyBits? Bits(string text)
    {
        const int digitsAWord = 16;
        if (text is not ['0', 'x', _, ..] || text.Length > 2 + (4 * digitsAWord))
        {
            return null;
        }
        string digits = text[2..].PadLeft(4 * digitsAWord, '0');
        ulong[] words = new ulong[4];
        for (int i = 0; i < words.Length; i++)
        {
            if (!ulong.TryParse(digits.AsSpan(i * digitsAWord, digitsAWord), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out words[i]))
            {
                return null;
            }
        }
        return new PolicyBits(words[3], words[2], words[1], words[0]);
    }

    private static (Vni Vni, FlowKey Flow)? Flow(string text, TableNames names)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && RowText.Vni(text[..slash]) is { } vni
            && RowText.Words(text[(slash + 1)..]) is [var protocol, var source, var destination]
            && (protocol is "0" ? default(IpProtocol) : Word<IpProtocol>(protocol)) is { } p && Side(source, names) is { } s && Side(destination, names) is { } d
                ? (vni, new FlowKey(s.Address, d.Address, s.Port, d.Port, p))
                : null;
    }

    /// <summary><c>a:40000</c>, <c>10.0.0.2:40000</c>.</summary>
    private static (Ipv4Address Address, ushort Port)? Side(string text, TableNames names) =>
        text.Split(':') is [var host, var number] && Port(number) is { } port && names.Address(host) is { } address ? (address, port) : null;

    private static NatValue? Nat(string text, TableNames names) =>
        RowText.Words(text) is [var source, var sourceMac, "to", var destination, var destinationMac]
        && Side(source, names) is { } s && Side(destination, names) is { } d && MacAddress.TryParse(sourceMac, out MacAddress from) && MacAddress.TryParse(destinationMac, out MacAddress to)
            ? new NatValue(s.Address, d.Address, s.Port, d.Port, from, to)
            : null;

    private static ConnectionState? State(string text)
    {
        string[] words = text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        ConnectionFlags flags = ConnectionFlags.None;
        TcpPhase phase = TcpPhase.None;
        foreach (string word in words)
        {
            if (Word<TcpPhase>(word) is { } p and not TcpPhase.None)
            {
                phase = p;
            }
            else if (Enum.TryParse(word, ignoreCase: true, out ConnectionFlags one) && char.IsLetter(word[0]))
            {
                flags |= one;
            }
            else if (word != "allowed")
            {
                return null;
            }
        }
        return words.Length == 0 ? null : new ConnectionState(flags) { Phase = phase };
    }

    private static TransmitStatistics? Statistics(string text)
    {
        string[] words = RowText.Words(text);
        string[] verdicts = ["redirect", "expedited", "pass", "drop"];
        ulong[] bytes = new ulong[verdicts.Length];
        uint[] packets = new uint[verdicts.Length];
        const int wordsAVerdict = 5;
        if (words.Length != verdicts.Length * wordsAVerdict)
        {
            return null;
        }
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (words[(i * wordsAVerdict)..((i + 1) * wordsAVerdict)] is not [var verdict, var p, "packets", var b, "bytes"]
                || verdict != verdicts[i] || RowText.Number(p) is not { } count || Large(b) is not { } size)
            {
                return null;
            }
            (packets[i], bytes[i]) = ((uint)count, size);
        }
        return new TransmitStatistics(bytes[0], bytes[1], bytes[2], bytes[3], packets[0], packets[1], packets[2], packets[3]);
    }
}
