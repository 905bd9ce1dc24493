using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Reading;

/// <summary>A frame in one line.</summary>
internal static class FrameWords
{
    /// <summary><c>172.17.0.2 → 172.17.0.4, TTL 64, VNI 3, return to 172.17.0.2</c>; null when the frame is not Ethernet in Geneve.</summary>
    public static string? Outer(ReadOnlySpan<byte> frame)
    {
        int inner = FrameFacts.InnerOffset(frame);
        if (inner < 0 || !EthernetView.TryRead(frame, out EthernetView ethernet) || !Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip))
        {
            return null;
        }
        int geneveAt = EthernetView.Length + Math.Max(Ipv4View.MinimumLength, ip.HeaderLength) + UdpView.HeaderLength;
        GeneveView.TryRead(frame[geneveAt..], out GeneveView geneve);
        string rts = MizarOptions.TryParse(geneve, out MizarOptions options, out _)
            ? options.Rts is RtsOption host ? $", return to {host.Host}" : ", no return host"
            : "";
        return $"{ip.Source} → {ip.Destination}, TTL {ip.Ttl}, VNI {geneve.Vni}{rts}";
    }

    /// <summary><c>ICMP echo request 10.0.0.2 → 10.0.20.3, TTL 64</c>: of the carried frame where one is.</summary>
    public static string Inner(ReadOnlySpan<byte> frame)
    {
        int at = Math.Max(0, FrameFacts.InnerOffset(frame));
        ReadOnlySpan<byte> inner = frame[at..];
        FrameFacts facts = FrameFacts.Read(inner);
        if (facts.Protocol == InnerProtocol.Arp)
        {
            return facts.Kind switch
            {
                (int)ArpOperation.Request => $"ARP who has {facts.Destination}? tell {facts.Source}",
                (int)ArpOperation.Reply => $"ARP {facts.Source} is at {SenderMac(inner)}",
                _ => $"ARP operation {facts.Kind}",
            };
        }
        if (!facts.IsIpv4)
        {
            return EthernetView.TryRead(inner, out EthernetView ethernet) ? $"EtherType 0x{(ushort)ethernet.Type:x4}, {inner.Length} bytes" : $"{inner.Length} bytes";
        }
        string ports = facts.SourcePort < 0 ? "" : $" ports {facts.SourcePort} → {facts.DestinationPort}";
        return $"{Kind(facts)} {facts.Source} → {facts.Destination}{ports}, TTL {facts.Ttl}";
    }

    private static string Kind(in FrameFacts facts) => facts.Protocol switch
    {
        InnerProtocol.Icmp => (IcmpType)facts.Kind switch
        {
            IcmpType.EchoRequest => "ICMP echo request",
            IcmpType.EchoReply => "ICMP echo reply",
            _ => facts.Kind < 0 ? "ICMP" : $"ICMP type {facts.Kind}",
        },
        InnerProtocol.Tcp when facts.Kind > 0 => $"TCP {((TcpFlags)facts.Kind).ToString().ToUpperInvariant().Replace(", ", "-", StringComparison.Ordinal)}",
        InnerProtocol.Any => "IPv4",
        var named => named.ToString().ToUpperInvariant(),
    };

    private static MacAddress SenderMac(ReadOnlySpan<byte> frame) =>
        EthernetView.TryRead(frame, out EthernetView ethernet) && ArpView.TryRead(ethernet.Payload, out ArpView arp) ? arp.SenderMac : MacAddress.Zero;
}
