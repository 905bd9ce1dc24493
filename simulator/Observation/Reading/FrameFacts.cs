using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Reading;

/// <summary>
/// What observers tell an endpoint's frame by: addresses, protocol, TTL, ports and kind. Never fails: what a short or foreign frame lacks is
/// zero, −1 for numbers that can be zero, and its protocol <see cref="InnerProtocol.Any"/>.
/// </summary>
internal readonly record struct FrameFacts
{
    private static readonly FrameFacts None = new() { Ttl = -1, SourcePort = -1, DestinationPort = -1, Kind = -1 };

    public InnerProtocol Protocol { get; private init; }

    /// <summary>An IPv4 frame with a whole base header.</summary>
    public bool IsIpv4 { get; private init; }

    /// <summary>IPv4 source, or ARP sender.</summary>
    public Ipv4Address Source { get; private init; }

    /// <summary>IPv4 destination, or ARP target.</summary>
    public Ipv4Address Destination { get; private init; }

    /// <summary>IPv4 TTL; −1 when there is none.</summary>
    public int Ttl { get; private init; }

    /// <summary>UDP or TCP; −1 when there is none.</summary>
    public int SourcePort { get; private init; }

    public int DestinationPort { get; private init; }

    /// <summary>ICMP type, ARP operation or TCP flags; −1 when there is none.</summary>
    public int Kind { get; private init; }

    /// <summary>Reads a frame as an endpoint sends it, from its Ethernet header.</summary>
    public static FrameFacts Read(ReadOnlySpan<byte> frame)
    {
        if (!EthernetView.TryRead(frame, out EthernetView ethernet))
        {
            return None;
        }
        return ethernet.Type switch
        {
            EtherType.Arp => OfArp(ethernet.Payload),
            EtherType.Ipv4 => OfIpv4(ethernet.Payload),
            _ => None,
        };
    }

    /// <summary>Reads the inner frame of a Geneve frame, any other frame as it is.</summary>
    public static FrameFacts ReadInner(ReadOnlySpan<byte> frame) => InnerOffset(frame) is int offset and >= 0 ? Read(frame[offset..]) : Read(frame);

    /// <summary>Reads the endpoint's frame of a journey's beginning, in a tunnel or not.</summary>
    public static FrameFacts ReadFirst(Journey journey) => journey.BeganInTunnel ? ReadInner(journey.First) : Read(journey.First);

    /// <summary>The VNI of a frame that <see cref="InnerOffset"/> finds an inner frame in.</summary>
    public static Vni VniOf(ReadOnlySpan<byte> frame)
    {
        EthernetView.TryRead(frame, out EthernetView ethernet);
        Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip);
        GeneveView.TryRead(frame[(EthernetView.Length + HeaderLength(ip) + UdpView.HeaderLength)..], out GeneveView geneve);
        return geneve.Vni;
    }

    /// <summary>Where the Ethernet frame inside Geneve begins; −1 when the frame is not Ethernet in Geneve, or cut before it.</summary>
    public static int InnerOffset(ReadOnlySpan<byte> frame)
    {
        if (!EthernetView.TryRead(frame, out EthernetView ethernet) || ethernet.Type != EtherType.Ipv4
            || !Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip) || ip.Protocol != IpProtocol.Udp)
        {
            return -1;
        }
        int udpAt = EthernetView.Length + HeaderLength(ip);
        int geneveAt = udpAt + UdpView.HeaderLength;
        if (frame.Length < geneveAt || !UdpView.TryRead(frame[udpAt..], out UdpView udp) || udp.DestinationPort != GeneveView.UdpPort
            || !GeneveView.TryRead(frame[geneveAt..], out GeneveView geneve) || geneve.Protocol != EtherType.TransparentEthernetBridging)
        {
            return -1;
        }
        int inner = geneveAt + GeneveView.HeaderLength + (4 * geneve.OptionWords);
        return frame.Length >= inner + EthernetView.Length ? inner : -1;
    }

    /// <summary>TTL of the outermost IPv4 header; −1 when there is none.</summary>
    public static int OuterTtl(ReadOnlySpan<byte> frame) =>
        EthernetView.TryRead(frame, out EthernetView ethernet) && ethernet.Type == EtherType.Ipv4 && Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip)
            ? ip.Ttl
            : -1;

    /// <summary>DSCP of the outermost IPv4 header, without the ECN bits; −1 when there is none.</summary>
    public static int OuterDscp(ReadOnlySpan<byte> frame) =>
        EthernetView.TryRead(frame, out EthernetView ethernet) && ethernet.Type == EtherType.Ipv4 && Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip)
            ? ip.Tos >> 2
            : -1;

    /// <summary>Source port of the outermost UDP header; −1 when there is none.</summary>
    public static int OuterSourcePort(ReadOnlySpan<byte> frame) =>
        EthernetView.TryRead(frame, out EthernetView ethernet) && ethernet.Type == EtherType.Ipv4 && Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip)
        && ip.Protocol == IpProtocol.Udp && UdpView.TryRead(ip.Payload, out UdpView udp)
            ? udp.SourcePort
            : -1;

    private static FrameFacts OfArp(ReadOnlySpan<byte> packet)
    {
        FrameFacts facts = None with { Protocol = InnerProtocol.Arp };
        return ArpView.TryRead(packet, out ArpView arp)
            ? facts with { Source = arp.SenderAddress, Destination = arp.TargetAddress, Kind = (int)arp.Operation }
            : facts;
    }

    private static FrameFacts OfIpv4(ReadOnlySpan<byte> packet)
    {
        if (!Ipv4View.TryRead(packet, out Ipv4View ip))
        {
            return None;
        }
        FrameFacts facts = None with { IsIpv4 = true, Source = ip.Source, Destination = ip.Destination, Ttl = ip.Ttl, Protocol = ProtocolOf(ip.Protocol) };
        int header = HeaderLength(ip);
        if (ip.FragmentUnits != 0 || packet.Length <= header)
        {
            return facts; // a later fragment has no transport header
        }
        ReadOnlySpan<byte> body = packet[header..];
        return facts.Protocol switch
        {
            InnerProtocol.Icmp => facts with { Kind = body[IcmpView.TypeOffset] },
            InnerProtocol.Udp when UdpView.TryRead(body, out UdpView udp) => facts with { SourcePort = udp.SourcePort, DestinationPort = udp.DestinationPort },
            InnerProtocol.Tcp when TcpView.TryRead(body, out TcpView tcp) =>
                facts with { SourcePort = tcp.SourcePort, DestinationPort = tcp.DestinationPort, Kind = (int)tcp.Flags },
            _ => facts,
        };
    }

    private static InnerProtocol ProtocolOf(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Icmp => InnerProtocol.Icmp,
        IpProtocol.Udp => InnerProtocol.Udp,
        IpProtocol.Tcp => InnerProtocol.Tcp,
        _ => InnerProtocol.Any,
    };

    /// <summary>The header's own length, which a crafted frame may understate.</summary>
    private static int HeaderLength(Ipv4View ip) => Math.Max(Ipv4View.MinimumLength, ip.HeaderLength);
}
