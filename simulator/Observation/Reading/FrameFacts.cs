using System.Buffers.Binary;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Reading;

/// <summary>
/// What observers tell an endpoint's frame by: addresses, protocol, TTL, ports and kind. Never fails: what a short or foreign frame lacks is
/// zero, −1 for numbers that can be zero, and its protocol <see cref="InnerProtocol.Any"/>.
/// </summary>
internal readonly record struct FrameFacts
{
    private const int EthernetLength = 14;
    private const int Ipv4MinimumLength = 20;
    private const int ArpLength = 28;
    private const int UdpLength = 8;
    private const int GeneveLength = 8;
    private const ushort GenevePort = 6081;

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
        FrameFacts none = new() { Ttl = -1, SourcePort = -1, DestinationPort = -1, Kind = -1 };
        if (frame.Length < EthernetLength)
        {
            return none;
        }
        ReadOnlySpan<byte> body = frame[EthernetLength..];
        return (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
        {
            EtherType.Arp when body.Length >= ArpLength => none with
            {
                Protocol = InnerProtocol.Arp,
                Source = Ipv4Address.Read(body[14..]),
                Destination = Ipv4Address.Read(body[24..]),
                Kind = BinaryPrimitives.ReadUInt16BigEndian(body[6..]),
            },
            EtherType.Arp => none with { Protocol = InnerProtocol.Arp },
            EtherType.Ipv4 when body.Length >= Ipv4MinimumLength => ReadTransport(body, none with
            {
                IsIpv4 = true,
                Source = Ipv4Address.Read(body[12..]),
                Destination = Ipv4Address.Read(body[16..]),
                Ttl = body[8],
            }),
            _ => none,
        };
    }

    /// <summary>Reads the inner frame of a Geneve frame, any other frame as it is.</summary>
    public static FrameFacts ReadInner(ReadOnlySpan<byte> frame) => InnerOffset(frame) is int offset and >= 0 ? Read(frame[offset..]) : Read(frame);

    /// <summary>Where the Ethernet frame inside Geneve begins; −1 when the frame is not Ethernet in Geneve.</summary>
    public static int InnerOffset(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetLength + Ipv4MinimumLength
            || (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != EtherType.Ipv4
            || (IpProtocol)frame[EthernetLength + 9] != IpProtocol.Udp)
        {
            return -1;
        }
        int udp = EthernetLength + HeaderLength(frame[EthernetLength]);
        int geneve = udp + UdpLength;
        if (frame.Length < geneve + GeneveLength
            || BinaryPrimitives.ReadUInt16BigEndian(frame[(udp + 2)..]) != GenevePort
            || (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[(geneve + 2)..]) != EtherType.TransparentEthernetBridging)
        {
            return -1;
        }
        int inner = geneve + GeneveLength + 4 * (frame[geneve] & 0x3F);
        return frame.Length >= inner + EthernetLength ? inner : -1;
    }

    /// <summary>TTL of the outermost IPv4 header; −1 when there is none.</summary>
    public static int OuterTtl(ReadOnlySpan<byte> frame) =>
        frame.Length >= EthernetLength + Ipv4MinimumLength && (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == EtherType.Ipv4
            ? frame[EthernetLength + 8]
            : -1;

    private static FrameFacts ReadTransport(ReadOnlySpan<byte> packet, FrameFacts facts)
    {
        int header = HeaderLength(packet[0]);
        InnerProtocol protocol = (IpProtocol)packet[9] switch
        {
            IpProtocol.Icmp => InnerProtocol.Icmp,
            IpProtocol.Udp => InnerProtocol.Udp,
            IpProtocol.Tcp => InnerProtocol.Tcp,
            _ => InnerProtocol.Any,
        };
        facts = facts with { Protocol = protocol };
        bool firstFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1FFF) == 0;
        if (!firstFragment || packet.Length <= header)
        {
            return facts;
        }
        ReadOnlySpan<byte> body = packet[header..];
        return protocol switch
        {
            InnerProtocol.Icmp => facts with { Kind = body[0] },
            InnerProtocol.Udp or InnerProtocol.Tcp when body.Length >= 4 => facts with
            {
                SourcePort = BinaryPrimitives.ReadUInt16BigEndian(body),
                DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(body[2..]),
                Kind = protocol == InnerProtocol.Tcp && body.Length > 13 ? body[13] : -1,
            },
            _ => facts,
        };
    }

    private static int HeaderLength(byte versionAndLength) => Math.Max(Ipv4MinimumLength, (versionAndLength & 0x0F) * 4);
}
