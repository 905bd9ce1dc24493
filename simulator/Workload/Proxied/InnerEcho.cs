using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.Workload.Proxied;

/// <summary>
/// Makes a request to an endpoint the endpoint's answer, in place, as a stack would have sent it: ARP for its address, an echo request, a datagram.
/// Everything else, fragments and what contradicts itself too, is not answered.
/// </summary>
/// <param name="settings">The endpoint's.</param>
/// <param name="gatewayMac">Where it sends what is not on link.</param>
internal sealed class InnerEcho(StackSettings settings, MacAddress gatewayMac)
{
    private const byte Ttl = 64;

    /// <summary>The two bits of the TOS that are not the sender's to choose.</summary>
    private const byte Ecn = 3;

    /// <param name="frame">The endpoint's frame, from its Ethernet header on.</param>
    /// <returns>Whether it is an answer now; else it is as it came.</returns>
    public bool TryTurnRound(Span<byte> frame)
    {
        if (!EthernetView.TryRead(frame, out EthernetView ethernet))
        {
            return false;
        }
        return ethernet.Type switch
        {
            EtherType.Arp => TryArp(frame),
            EtherType.Ipv4 => TryIpv4(frame),
            _ => false,
        };
    }

    private bool TryArp(Span<byte> frame)
    {
        Span<byte> at = frame[EthernetView.Length..];
        if (!ArpView.TryRead(at, out ArpView arp)
            || arp.ProtocolType != EtherType.Ipv4 || arp.Operation != ArpOperation.Request || arp.TargetAddress != settings.Address)
        {
            return false;
        }
        BinaryPrimitives.WriteUInt16BigEndian(at[ArpView.OperationOffset..], (ushort)ArpOperation.Reply);
        at[ArpView.SenderMacOffset..ArpView.TargetMacOffset].CopyTo(at[ArpView.TargetMacOffset..]);
        settings.Mac.Write(at[ArpView.SenderMacOffset..]);
        settings.Address.Write(at[ArpView.SenderAddressOffset..]);
        at.Slice(ArpView.TargetMacOffset, TunnelFrame.MacBytes).CopyTo(frame[EthernetView.DestinationOffset..]);
        settings.Mac.Write(frame[EthernetView.SourceOffset..]);
        return true;
    }

    private bool TryIpv4(Span<byte> frame)
    {
        Span<byte> packet = frame[EthernetView.Length..];
        if (!Ipv4View.TryRead(packet, out Ipv4View ip) || !ip.IsWellFormed || ip.IsFragment || ip.Destination != settings.Address || ip.TotalLength > packet.Length)
        {
            return false;
        }
        Ipv4Address client = ip.Source;
        Span<byte> transport = packet[ip.HeaderLength..ip.TotalLength];
        if (!(ip.Protocol switch
        {
            IpProtocol.Icmp => TryEcho(transport),
            IpProtocol.Udp => TryDatagram(transport),
            _ => false,
        }))
        {
            return false;
        }

        // The transport's checksum has both addresses in it, and does not mind their order.
        TunnelFrame.Exchange(packet[Ipv4View.SourceOffset..], packet[Ipv4View.DestinationOffset..], TunnelFrame.AddressBytes);
        packet[Ipv4View.TosOffset] &= unchecked((byte)~Ecn);
        packet[Ipv4View.TtlOffset] = Ttl;
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[Ipv4View.ChecksumOffset..], InternetChecksum.ComputeWithout(packet[..HeaderLength(packet)], Ipv4View.ChecksumOffset));
        MacAddress to = settings.IsOnLink(client) ? MacAddress.Read(frame[EthernetView.SourceOffset..]) : gatewayMac;
        to.Write(frame[EthernetView.DestinationOffset..]);
        settings.Mac.Write(frame[EthernetView.SourceOffset..]);
        return true;
    }

    private static int HeaderLength(ReadOnlySpan<byte> packet) => (packet[Ipv4View.VersionOffset] & 15) * 4;

    private static bool TryEcho(Span<byte> message)
    {
        if (!IcmpView.TryRead(message, out IcmpView icmp) || icmp.Type != IcmpType.EchoRequest || icmp.Code != 0)
        {
            return false;
        }
        message[IcmpView.TypeOffset] = (byte)IcmpType.EchoReply;
        BinaryPrimitives.WriteUInt16BigEndian(message[IcmpView.ChecksumOffset..], InternetChecksum.ComputeWithout(message, IcmpView.ChecksumOffset));
        return true;
    }

    private static bool TryDatagram(Span<byte> datagram)
    {
        if (!UdpView.TryRead(datagram, out UdpView udp) || !udp.IsWellFormed)
        {
            return false;
        }
        TunnelFrame.Exchange(datagram[UdpView.SourcePortOffset..], datagram[UdpView.DestinationPortOffset..], sizeof(ushort));
        return true;
    }
}
