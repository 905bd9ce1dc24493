using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The frame nearly every frame is: all that the ladders (<see cref="TransitLadder"/>, <see cref="StrictParsing"/>, <see cref="InnerPacket"/>) ask of it, in few wide loads
/// whose differences from what is asked are gathered and looked at once, as <c>bpf/plain.h</c> does. Sufficient and not necessary: what is not plain walks the ladder,
/// which alone knows what is wrong with it, if anything is. So whatever passes here must pass there, and read the same; tests and the fuzzer hold the two together.
/// </summary>
internal static class PlainFrame
{
    /// <summary>Bytes of the window a plain tunnel needs: all headers in front of the inner packet's.</summary>
    private const int TunnelBytes = Wire.Overhead + Wire.Ethernet.Length;

    /// <summary>Bytes of UDP a plain tunnel has at least, of which the inner frame is the rest.</summary>
    private const int TunnelDatagram = Wire.Udp.Length + Wire.Geneve.Length + Wire.OptionBytes;

    // Of an IPv4 header's words, as numbers: version and length, and what fragments have of the second, whose other half is the identification; protocol of the third.
    private const uint PlainHeader = (uint)Wire.Ipv4.PlainHeader << 24, HeaderMask = 0xFF00_0000;
    private const uint ProtocolMask = 0x00FF_0000, Udp = (uint)IpProtocol.Udp << 16;

    // From the outer UDP checksum on: none; Geneve of version 0 with 64 bytes of options, neither control nor critical, carrying Ethernet.
    private const int GeneveAt = Wire.Outer.Udp + Wire.Udp.Checksum;
    private const ulong GeneveMask = 0xFFFF_FFC0_FFFF_0000, Geneve = 0x0000_1000_6558_0000;

    /// <summary>An option's class, type and length; three bits beside the length are anybody's.</summary>
    private const uint OptionMask = 0xFFFF_FF1F;

    private const uint RtsOption = (uint)Wire.Option.StandardClass << 16 | Wire.Rts.Type << 8 | Wire.Rts.Words;
    private const uint ScaledOption = (uint)Wire.Option.StandardClass << 16 | Wire.Scaled.Type << 8 | Wire.Scaled.Words;
    private const uint PodOption = (uint)Wire.Option.StandardClass << 16 | Wire.Label.PodType << 8 | Wire.Label.Words;
    private const uint NamespaceOption = (uint)Wire.Option.StandardClass << 16 | Wire.Label.NamespaceType << 8 | Wire.Label.Words;

    /// <summary>First bytes of addresses of machines: classes A, B and C, of which 0 is nobody's.</summary>
    private const uint FirstClass = 1, LastClass = 0xDF;

    /// <summary>Whether a tunnelled frame has nothing in it that any switch has another opinion on. Only with strict parsing of standard options, which is what makes the ladder long.</summary>
    /// <param name="own">The droplet's address.</param>
    /// <param name="vni">As on the wire; not 0.</param>
    /// <param name="innerBytes">Of the inner frame, which begins behind <see cref="Wire.Overhead"/>, as the outer headers count.</param>
    [SkipLocalsInit]
    public static bool IsTunnel(DataPlaneSettings settings, in Frame frame, Ipv4Address own, out Vni vni, out int innerBytes)
    {
        const Switches asked = Switches.StrictParsing | Switches.StandardOptions;
        if ((settings.On & asked) != asked || !frame.TryFront(TunnelBytes, out FrameFront head))
        {
            vni = default;
            innerBytes = 0;
            return false;
        }
        uint first = head.Word(Wire.Outer.Ip), second = head.Word(Wire.Outer.Ip + 4), third = head.Word(Wire.Outer.Ip + 8);
        uint source = head.Word(Wire.Outer.Ip + Wire.Ipv4.Source), destination = head.Word(Wire.Outer.Ip + Wire.Ipv4.Destination);
        uint udp = head.Word(Wire.Outer.Udp + Wire.Udp.DestinationPort);
        ulong geneve = head.Long(GeneveAt);
        int total = (ushort)first, datagram = (ushort)udp;
        uint vniWord = head.Word(Wire.Outer.Geneve + Wire.Geneve.Vni) >> 8;

        ulong differs = (first & HeaderMask) ^ PlainHeader;
        differs |= second & Wire.Ipv4.FragmentMask;
        differs |= (third & ProtocolMask) ^ Udp;
        differs |= destination ^ own.Value;
        differs |= (udp >> 16) ^ Wire.Geneve.Port;
        differs |= (uint)(datagram + Wire.Ipv4.Length) ^ (uint)total;
        differs |= (geneve & GeneveMask) ^ Geneve;
        differs |= head.Half(Wire.Ethernet.Type) ^ (uint)EtherType.Ipv4;
        differs |= head.Byte(Wire.Ethernet.Destination) & 1u;
        differs |= ((head.Word(Wire.Outer.Rts) ^ RtsOption) | (head.Word(Wire.Outer.Scaled) ^ ScaledOption)
            | (head.Word(Wire.Outer.PodLabel) ^ PodOption) | (head.Word(Wire.Outer.NamespaceLabel) ^ NamespaceOption)) & OptionMask;

        vni = new Vni(vniWord);
        innerBytes = datagram - TunnelDatagram;
        int tooSmall = (int)(third >> 24) - 1;
        tooSmall |= (int)vniWord - 1;
        tooSmall |= innerBytes - Wire.Ethernet.Length;
        tooSmall |= frame.Length - Wire.Outer.Ip - total;
        return differs == 0 && tooSmall >= 0 && IsWhole((ulong)first + second + third + source + destination);
    }

    /// <summary>
    /// Reads a whole packet of UDP, TCP or ICMP without IPv4 options from a machine's address. With any switches: what passes here all of them read alike.
    /// </summary>
    /// <param name="ip">From the IPv4 header on, as much as the window has.</param>
    /// <param name="bytes">From there on, as much as the frame has by its own account.</param>
    /// <param name="packet">Written in any case; good when the answer is true.</param>
    [SkipLocalsInit]
    public static bool TryReadPacket(ReadOnlySpan<byte> ip, int bytes, out InnerPacket packet)
    {
        Unsafe.SkipInit(out packet);
        if (ip.Length < Wire.Ipv4.Length + Wire.Udp.Length)
        {
            return false;
        }
        FrameFront head = new(ip);
        uint first = head.Word(0), second = head.Word(4), third = head.Word(8);
        ulong addresses = head.Long(Wire.Ipv4.Source);
        IpProtocol protocol = (IpProtocol)(byte)(third >> 16);
        int total = (ushort)first, segment = total - Wire.Ipv4.Length;
        uint ports = 0, differs = ((first & HeaderMask) ^ PlainHeader) | (second & Wire.Ipv4.FragmentMask);
        int flags = 0, tooSmall = (bytes - total) | (segment - Wire.Udp.Length);
        switch (protocol)
        {
            case IpProtocol.Udp:
                ports = head.Word(Wire.Ipv4.Length);
                differs |= head.Half(Wire.Ipv4.Length + Wire.Udp.DatagramLength) ^ (uint)segment;
                break;
            case IpProtocol.Tcp when ip.Length >= Wire.Ipv4.Length + Wire.Tcp.Length:
                ports = head.Word(Wire.Ipv4.Length);
                int header = (head.Byte(Wire.Ipv4.Length + Wire.Tcp.DataOffset) >> 4) * 4;
                flags = head.Byte(Wire.Ipv4.Length + Wire.Tcp.Flags);
                tooSmall |= (header - Wire.Tcp.Length) | (segment - header);
                break;
            case IpProtocol.Icmp:
                break;
            default:
                return false;
        }
        packet.Flow = new FlowKey(addresses, ports, protocol);
        packet.Ttl = (byte)(third >> 24);
        packet.Tos = (byte)(first >> 16);
        packet.Fragment = (second & Wire.Ipv4.DontFragment) != 0 ? FragmentBits.DontFragment : FragmentBits.None;
        packet.TransportAt = Wire.Ipv4.Length;
        packet.TcpFlags = (byte)flags;
        packet.HasPorts = protocol != IpProtocol.Icmp;
        packet.IsArp = false;
        packet.LacksPorts = false;
        return differs == 0
            && tooSmall >= 0
            && third >> 24 != 0
            && (uint)(addresses >> 56) - FirstClass <= LastClass - FirstClass
            && IsWhole((ulong)first + second + third + (addresses >> 32) + (uint)addresses);
    }

    /// <summary>Whether the sum of a header, its checksum with it, is that of a right one.</summary>
    private static bool IsWhole(ulong sum) => InternetChecksum.Fold(sum) == 0xFFFF;
}
