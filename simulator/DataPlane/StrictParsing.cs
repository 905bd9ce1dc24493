using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// What <see cref="Switches.StrictParsing"/> asks of a frame: that its headers do not contradict each other or its length. Upstream reads at fixed
/// offsets what it needs and believes it (§3.5). Reserved bits are ignored, as the RFCs say.
/// </summary>
internal static class StrictParsing
{
    /// <summary>UDP bytes of the smallest frame of ours: UDP, Geneve, options, an inner Ethernet header.</summary>
    private const int LeastDatagram = Wire.Udp.Length + Wire.Geneve.Length + Wire.OptionBytes + Wire.Ethernet.Length;

    /// <summary>A plain, unfragmented IPv4 header: anything else to the tunnel's port is the host's own affair.</summary>
    public static bool IsPlainOuter(ReadOnlySpan<byte> ip) =>
        ip[Wire.Ipv4.VersionAndLength] == Wire.Ipv4.PlainHeader && (Wire.Read16(ip, Wire.Ipv4.Fragment) & Wire.Ipv4.FragmentMask) == 0;

    /// <summary>Checksum and lengths of a frame known to be ours; it is addressed to one MAC, and has no UDP checksum, for its senders write none.</summary>
    /// <param name="head">The frame's window.</param>
    /// <param name="length">The whole frame's length.</param>
    public static bool IsOuterSound(ReadOnlySpan<byte> head, int length)
    {
        ReadOnlySpan<byte> ip = head.Slice(Wire.Outer.Ip, Wire.Ipv4.Length);
        ReadOnlySpan<byte> udp = head.Slice(Wire.Outer.Udp, Wire.Udp.Length);
        int total = Wire.Read16(ip, Wire.Ipv4.TotalLength);
        int datagram = Wire.Read16(udp, Wire.Udp.DatagramLength);
        return !MacAddress.Read(head).IsGroup
            && InternetChecksum.Fold(InternetChecksum.SumPlainHeader(ip)) == 0xFFFF
            && total <= length - Wire.Outer.Ip
            && datagram == total - Wire.Ipv4.Length
            && datagram >= LeastDatagram
            && Wire.Read16(udp, Wire.Udp.Checksum) == 0;
    }

    /// <summary>Version 0, no control frame, a VPC, and the critical bit exactly on a frame sent back.</summary>
    public static bool IsGeneveSound(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> geneve = head.Slice(Wire.Outer.Geneve, Wire.Geneve.Length);
        bool critical = (geneve[Wire.Geneve.Flags] & Wire.Geneve.Critical) != 0;
        return (geneve[Wire.Geneve.VersionAndOptionWords] & ~Wire.Geneve.OptionWordsMask) == 0
            && (geneve[Wire.Geneve.Flags] & Wire.Geneve.Control) == 0
            && critical == RtsOption.IsReturned(head)
            && BinaryPrimitives.ReadUInt32BigEndian(geneve[Wire.Geneve.Vni..]) >> 8 != 0;
    }

    /// <summary>The four options, whole and where they belong. A critical option nobody here understands refuses the frame (RFC 8926 §3.5).</summary>
    public static bool AreOptionsSound(ReadOnlySpan<byte> head, int length, DataPlaneSettings settings)
    {
        if ((head[Wire.Outer.Geneve + Wire.Geneve.VersionAndOptionWords] & Wire.Geneve.OptionWordsMask) != Wire.OptionBytes / 4 || length < Wire.Overhead)
        {
            return false;
        }
        if (RtsOption.IsReturned(head) && !settings.Has(Switches.DirectPathInvalidation))
        {
            return false;
        }
        return !settings.Has(Switches.StandardOptions)
            || (IsOption(head, Wire.Outer.Rts, RtsOption.IsReturned(head) ? Wire.Rts.ReturnedType : Wire.Rts.Type, Wire.Rts.Words)
                && IsOption(head, Wire.Outer.Scaled, Wire.Scaled.Type, Wire.Scaled.Words)
                && IsOption(head, Wire.Outer.PodLabel, Wire.Label.PodType, Wire.Label.Words)
                && IsOption(head, Wire.Outer.NamespaceLabel, Wire.Label.NamespaceType, Wire.Label.Words));
    }

    /// <summary>An endpoint's IPv4 header, options and all.</summary>
    /// <param name="ip">From the header on, as much as the window has.</param>
    /// <param name="bytes">From the header on, as much as the frame has by its own account.</param>
    public static bool IsInnerHeaderSound(ReadOnlySpan<byte> ip, int bytes)
    {
        int header = HeaderLength(ip);
        int total = Wire.Read16(ip, Wire.Ipv4.TotalLength);
        return ip[Wire.Ipv4.VersionAndLength] >> 4 == 4
            && header >= Wire.Ipv4.Length
            && header <= total
            && total <= bytes
            && header <= ip.Length
            && ip[Wire.Ipv4.Ttl] != 0
            && !GroupAddresses.Has(Ipv4Address.Read(ip[Wire.Ipv4.Source..]))
            && InternetChecksum.Fold(header == Wire.Ipv4.Length ? InternetChecksum.SumPlainHeader(ip) : InternetChecksum.Sum(ip[..header])) == 0xFFFF;
    }

    /// <summary>The transport header of a packet whose IPv4 header is sound and which is no later fragment. A first fragment has its own header whole.</summary>
    public static bool IsInnerTransportSound(ReadOnlySpan<byte> ip)
    {
        int header = HeaderLength(ip);
        int segment = Wire.Read16(ip, Wire.Ipv4.TotalLength) - header;
        bool more = (Wire.Read16(ip, Wire.Ipv4.Fragment) & Wire.Ipv4.MoreFragments) != 0;
        ReadOnlySpan<byte> transport = ip[header..];
        switch ((IpProtocol)ip[Wire.Ipv4.Protocol])
        {
            case IpProtocol.Tcp:
                int tcp = segment < Wire.Tcp.Length || transport.Length < Wire.Tcp.Length ? 0 : (transport[Wire.Tcp.DataOffset] >> 4) * 4;
                return tcp >= Wire.Tcp.Length && (more || tcp <= segment);
            case IpProtocol.Udp:
                int udp = segment < Wire.Udp.Length || transport.Length < Wire.Udp.Length ? 0 : Wire.Read16(transport, Wire.Udp.DatagramLength);
                return udp >= Wire.Udp.Length && (more || udp == segment);
            case IpProtocol.Icmp:
                return segment >= Wire.Icmp.Length;
            case IpProtocol.Sctp:
                return segment >= Wire.Sctp.Length;
            default:
                return true;
        }
    }

    /// <summary>The lengths ARP states of its addresses, which upstream does not look at.</summary>
    public static bool AreArpLengthsSound(ReadOnlySpan<byte> arp, int bytes) =>
        arp[Wire.Arp.HardwareLength] == 6 && arp[Wire.Arp.ProtocolLength] == 4 && bytes >= Wire.Arp.Length;

    private static int HeaderLength(ReadOnlySpan<byte> ip) => (ip[Wire.Ipv4.VersionAndLength] & 0x0F) * 4;

    private static bool IsOption(ReadOnlySpan<byte> head, int at, byte type, byte words) =>
        Wire.Read16(head, at + Wire.Option.Class) == Wire.Option.StandardClass
        && head[at + Wire.Option.Type] == type
        && (head[at + Wire.Option.Words] & Wire.Option.WordsMask) == words;
}
