using MizarLab.Packets;

namespace MizarLab.Reports;

/// <summary>
/// A frame in a few words: the tunnel's header (<c>TTL 63 · VNI 3</c>) and what it carries (<c>ICMP echo request 10.0.0.2 → 10.0.20.3</c>).
/// Takes any bytes: what cannot be read is said to be so.
/// </summary>
/// <param name="Ttl">The outer TTL; null when the frame is not Geneve.</param>
/// <param name="Outer">Empty when the frame is not Geneve.</param>
public readonly record struct FrameSummary(int? Ttl, string Outer, string Inner)
{
    public static FrameSummary Of(ReadOnlySpan<byte> frame)
    {
        if (!TryReadTunnel(frame, out Ipv4View outer, out ReadOnlySpan<byte> tunnel) || !GeneveView.TryRead(tunnel, out GeneveView geneve))
        {
            return new FrameSummary(null, "", Plain(frame));
        }
        // Mizar's receivers read the inner frame behind 64 fixed bytes, whatever the option length says (spec §2.5).
        ReadOnlySpan<byte> inner = geneve.HasMizarLayout ? tunnel[(GeneveView.HeaderLength + MizarFixedLayout.Length)..] : geneve.Payload;
        return new FrameSummary(outer.Ttl, $"TTL {outer.Ttl} · VNI {geneve.Vni}", Plain(inner));
    }

    /// <summary>The outer TTL alone, without making any text; null when the frame is not Geneve.</summary>
    public static int? TtlOf(ReadOnlySpan<byte> frame) =>
        TryReadTunnel(frame, out Ipv4View outer, out ReadOnlySpan<byte> tunnel) && GeneveView.TryRead(tunnel, out _) ? outer.Ttl : null;

    private static bool TryReadTunnel(ReadOnlySpan<byte> frame, out Ipv4View outer, out ReadOnlySpan<byte> tunnel)
    {
        outer = default;
        tunnel = default;
        if (EthernetView.TryRead(frame, out EthernetView ethernet) && ethernet.Type == EtherType.Ipv4
            && Ipv4View.TryRead(ethernet.Payload, out outer) && outer.Protocol == IpProtocol.Udp
            && UdpView.TryRead(outer.Payload, out UdpView udp) && udp.DestinationPort == GeneveView.UdpPort)
        {
            tunnel = outer.Payload[UdpView.HeaderLength..];
            return true;
        }
        return false;
    }

    private static string Plain(ReadOnlySpan<byte> frame)
    {
        if (!EthernetView.TryRead(frame, out EthernetView ethernet))
        {
            return $"{Wording.Count(frame.Length, "byte")}, too short for Ethernet";
        }
        EtherType type = ethernet.Type;
        ReadOnlySpan<byte> payload = ethernet.Payload;
        while (type == EtherType.Vlan && VlanView.TryRead(payload, out VlanView vlan))
        {
            type = vlan.Type;
            payload = vlan.Payload;
        }
        return type switch
        {
            EtherType.Arp => Arp(payload),
            EtherType.Ipv4 => Ipv4(payload),
            _ => $"EtherType 0x{(ushort)type:x4}, {Wording.Count(frame.Length, "byte")}",
        };
    }

    private static string Arp(ReadOnlySpan<byte> payload) => !ArpView.TryRead(payload, out ArpView arp) ? "ARP, cut short" : arp.Operation switch
    {
        ArpOperation.Request => $"ARP who has {arp.TargetAddress}? asks {arp.SenderAddress}",
        ArpOperation.Reply => $"ARP {arp.SenderAddress} is at {arp.SenderMac}",
        _ => $"ARP operation {(ushort)arp.Operation}",
    };

    private static string Ipv4(ReadOnlySpan<byte> payload)
    {
        if (!Ipv4View.TryRead(payload, out Ipv4View ip))
        {
            return "IPv4, cut short";
        }
        string pair = $"{ip.Source} → {ip.Destination}";
        if (ip.FragmentUnits != 0)
        {
            return $"fragment {pair} at {ip.FragmentUnits * 8}";
        }
        return ip.Protocol switch
        {
            IpProtocol.Icmp when IcmpView.TryRead(ip.Payload, out IcmpView icmp) => icmp.Type switch
            {
                IcmpType.EchoRequest => $"ICMP echo request {pair} seq {icmp.Sequence}",
                IcmpType.EchoReply => $"ICMP echo reply {pair} seq {icmp.Sequence}",
                _ => $"ICMP {icmp.Type} {pair}",
            },
            IpProtocol.Udp when UdpView.TryRead(ip.Payload, out UdpView udp) => $"UDP {ip.Source}:{udp.SourcePort} → {ip.Destination}:{udp.DestinationPort}, {udp.Payload.Length}B",
            IpProtocol.Tcp when TcpView.TryRead(ip.Payload, out TcpView tcp) =>
                $"TCP {ip.Source}:{tcp.SourcePort} → {ip.Destination}:{tcp.DestinationPort} {Flags(tcp.Flags)}{(tcp.Payload.Length > 0 ? $", {tcp.Payload.Length}B" : "")}",
            _ => $"{(Enum.IsDefined(ip.Protocol) ? ip.Protocol.ToString().ToUpperInvariant() : $"IP protocol {(byte)ip.Protocol}")} {pair}",
        };
    }

    /// <summary>As capture tools write them: <c>SYN ACK</c>.</summary>
    private static string Flags(TcpFlags flags)
    {
        string names = string.Join(' ', FlagNames.Where(f => (flags & f.Flag) != 0).Select(f => f.Name));
        return names.Length > 0 ? names : "no flags";
    }

    private static readonly (TcpFlags Flag, string Name)[] FlagNames =
    [
        (TcpFlags.Syn, "SYN"), (TcpFlags.Fin, "FIN"), (TcpFlags.Reset, "RST"), (TcpFlags.Push, "PSH"), (TcpFlags.Ack, "ACK"),
        (TcpFlags.Urgent, "URG"), (TcpFlags.EcnEcho, "ECE"), (TcpFlags.WindowReduced, "CWR"),
    ];
}
