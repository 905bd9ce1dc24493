using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// What a frame's own bytes say about how far a program reads it (spec §3.2, §3.3, §3.5, §3.8 row 1): where its ladder of checks ends it, or what
/// it goes on with. Written apart from the model, so that a mistake in one does not hide in the other.
/// </summary>
/// <param name="Ends">The verdict with which the checks end it; null when the program goes on to its tables.</param>
internal readonly record struct FrameReading(Verdict? Ends)
{
    private const int OptionClass = 0x1101;
    private const byte ScaledType = 0x49;
    private const byte Modify = 0x4D;

    public bool IsArp { get; private init; }

    public bool IsArpRequest { get; private init; }

    /// <summary>Of transit: the Geneve header's.</summary>
    public Vni Vni { get; init; }

    /// <summary>The inner source; of ARP the sender's address.</summary>
    public Ipv4Address Source { get; private init; }

    /// <summary>The inner destination; of ARP the target's address.</summary>
    public Ipv4Address Destination { get; private init; }

    public IpProtocol Protocol { get; private init; }

    /// <summary>Of transit: the scaled option is active and asks the client's host to modify (§2.5).</summary>
    public bool AsksToModify { get; private init; }

    /// <summary>Of transit: the outer TOS bit that makes a forwarded frame PASS (§3.6 row 6).</summary>
    public bool MayPass { get; private init; }

    /// <summary>TCP or UDP, with its whole header there.</summary>
    public bool HasPorts => Ends is null && !IsArp && Protocol is IpProtocol.Tcp or IpProtocol.Udp;

    /// <summary>The flow as the NAT caches key one without ports.</summary>
    public FlowKey PortlessFlow => new(Source, Destination, 0, 0, Protocol);

    /// <summary>A frame as an agent takes it from its endpoint.</summary>
    public static FrameReading OfAgent(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 14)
        {
            return new FrameReading(Verdict.Aborted);
        }
        return (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
        {
            EtherType.Arp => Arp(frame[14..]),
            EtherType.Ipv4 => Ipv4(frame[14..]),
            _ => new FrameReading(Verdict.Drop),
        };
    }

    /// <summary>A frame as transit takes it from the wire.</summary>
    /// <param name="own">The droplet's underlay address.</param>
    public static FrameReading OfTransit(ReadOnlySpan<byte> frame, Ipv4Address own)
    {
        if (EndsBeforeOptions(frame, own) is { } verdict)
        {
            return new FrameReading(verdict);
        }
        if (frame.Length < 98 || Word(frame, 50) != OptionClass || Word(frame, 66) != OptionClass)
        {
            return new FrameReading(Verdict.Aborted);
        }
        int inner = 50 + (4 * (frame[42] & 0x3F));
        if (frame.Length < inner + 14)
        {
            return new FrameReading(Verdict.Aborted);
        }
        ReadOnlySpan<byte> payload = frame[(inner + 14)..];
        return (Word(frame, inner + 12) == (int)EtherType.Arp ? Arp(payload) : Ipv4(payload)) with
        {
            Vni = new Vni(BinaryPrimitives.ReadUInt32BigEndian(frame[46..]) >> 8),
            AsksToModify = frame[68] == ScaledType && frame[70] == Modify,
            MayPass = (frame[15] & 0x02) != 0,
        };
    }

    private static Verdict? EndsBeforeOptions(ReadOnlySpan<byte> frame, Ipv4Address own) => frame.Length switch
    {
        < 14 => Verdict.Aborted,
        _ when Word(frame, 12) != (int)EtherType.Ipv4 => Verdict.Pass,
        < 34 => Verdict.Aborted,
        _ when frame[23] != (byte)IpProtocol.Udp => Verdict.Pass,
        _ when frame[22] == 0 || Ipv4Address.Read(frame[30..]) != own => Verdict.Drop,
        < 42 => Verdict.Aborted,
        _ when Word(frame, 36) != 6081 => Verdict.Pass,
        < 50 => Verdict.Aborted,
        _ when Word(frame, 44) != (int)EtherType.TransparentEthernetBridging => Verdict.Pass,
        _ => null,
    };

    private static FrameReading Arp(ReadOnlySpan<byte> arp)
    {
        if (arp.Length < 8)
        {
            return new FrameReading(Verdict.Aborted);
        }
        int opcode = Word(arp, 6);
        if (Word(arp, 0) != 1 || Word(arp, 2) != (int)EtherType.Ipv4 || opcode is not (1 or 2))
        {
            return new FrameReading(Verdict.Drop);
        }
        return arp.Length < 28
            ? new FrameReading(Verdict.Aborted)
            : new FrameReading(Ends: null)
            {
                IsArp = true,
                IsArpRequest = opcode == 1,
                Source = Ipv4Address.Read(arp[14..]),
                Destination = Ipv4Address.Read(arp[24..]),
            };
    }

    private static FrameReading Ipv4(ReadOnlySpan<byte> ip)
    {
        int least = ip.Length < 20 ? 20 : (IpProtocol)ip[9] switch { IpProtocol.Tcp => 40, IpProtocol.Udp => 28, _ => 20 };
        return ip.Length < least
            ? new FrameReading(Verdict.Aborted)
            : new FrameReading(Ends: null) { Protocol = (IpProtocol)ip[9], Source = Ipv4Address.Read(ip[12..]), Destination = Ipv4Address.Read(ip[16..]) };
    }

    private static int Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
