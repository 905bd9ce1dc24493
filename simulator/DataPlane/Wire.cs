using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Where the fields of an encapsulated frame lie, in bytes from the start of what the nested class names (spec §2). Upstream reads all of
/// them at fixed offsets: header lengths in the frame are not consulted, options are not walked.
/// </summary>
internal static class Wire
{
    /// <summary>Bytes an agent puts in front of a frame (§2).</summary>
    public const int Overhead = Outer.Options + OptionBytes;

    /// <summary>Length of the four options together.</summary>
    public const int OptionBytes = 64;

    /// <summary>Whether an interface of this MTU refuses a frame. The kernel lets a forwarded frame have Ethernet header and one VLAN tag on top, tagged or not.</summary>
    public static bool IsTooLong(int frameBytes, int mtuBytes) => frameBytes > mtuBytes + Ethernet.Length + 4;

    public static ushort Read16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);

    public static void Write16(Span<byte> bytes, int offset, int value) => BinaryPrimitives.WriteUInt16BigEndian(bytes[offset..], (ushort)value);

    public static class Ethernet
    {
        public const int Destination = 0;
        public const int Source = 6;
        public const int Type = 12;
        public const int Length = 14;
    }

    public static class Ipv4
    {
        public const int VersionAndLength = 0;
        public const int Tos = 1;
        public const int TotalLength = 2;
        public const int Identification = 4;
        public const int Fragment = 6;
        public const int Ttl = 8;
        public const int Protocol = 9;
        public const int Checksum = 10;
        public const int Source = 12;
        public const int Destination = 16;

        /// <summary>Without options, which nobody looks for.</summary>
        public const int Length = 20;

        /// <summary>Version 4, five words.</summary>
        public const byte PlainHeader = 0x45;

        public const int DontFragment = 0x4000;
        public const int MoreFragments = 0x2000;

        /// <summary>More fragments or an offset: a part of a packet.</summary>
        public const int FragmentMask = 0x3FFF;

        public const int OffsetMask = 0x1FFF;
    }

    /// <summary>What TCP, UDP and SCTP begin with.</summary>
    public static class Ports
    {
        public const int Source = 0;
        public const int Destination = 2;
    }

    public static class Udp
    {
        public const int SourcePort = 0;
        public const int DestinationPort = 2;
        public const int DatagramLength = 4;
        public const int Checksum = 6;
        public const int Length = 8;
    }

    public static class Tcp
    {
        public const int DataOffset = 12;
        public const int Flags = 13;
        public const int Checksum = 16;
        public const int Length = 20;
    }

    public static class Icmp
    {
        public const int Type = 0;
        public const int Code = 1;
        public const int Checksum = 2;
        public const int NextHopMtu = 6;
        public const int Length = 8;
        public const byte EchoReply = 0;
        public const byte Unreachable = 3;
        public const byte FragmentationNeededCode = 4;
        public const byte EchoRequest = 8;
        public const byte TimeExceeded = 11;
    }

    public static class Sctp
    {
        public const int Length = 12;
    }

    public static class Geneve
    {
        public const int VersionAndOptionWords = 0;
        public const int Flags = 1;
        public const int Protocol = 2;
        public const int Vni = 4;
        public const int Length = 8;
        public const ushort Port = 6081;
        public const byte OptionWordsMask = 0x3F;

        /// <summary>The O bit: for the tunnel's end itself.</summary>
        public const byte Control = 0x80;

        /// <summary>The C bit: some option is critical.</summary>
        public const byte Critical = 0x40;
    }

    /// <summary>What every option begins with.</summary>
    public static class Option
    {
        public const int Class = 0;
        public const int Type = 2;
        public const int Words = 3;
        public const int Data = 4;
        public const byte WordsMask = 0x1F;

        /// <summary>0x0111, stored without byte swapping by a little-endian machine (§2.5).</summary>
        public const ushort ClassOnWire = 0x1101;

        /// <summary>The class as RFC 8926 has it, in network order.</summary>
        public const ushort StandardClass = 0x0111;

        /// <summary>What a data plane writes and looks for.</summary>
        public static ushort ClassOf(DataPlaneSettings settings) => settings.Has(Switches.StandardOptions) ? StandardClass : ClassOnWire;
    }

    /// <summary>Return to source: the host to answer to.</summary>
    public static class Rts
    {
        public const int Flags = 4;
        public const int HostAddress = 5;
        public const int HostMac = 9;
        public const int Length = 16;
        public const byte Type = 0x48;

        /// <summary>The type with Geneve's critical bit: sent back (dialect <c>lab</c>).</summary>
        public const byte ReturnedType = 0xC8;
        public const byte Words = 3;
    }

    /// <summary>Scaled endpoint.</summary>
    public static class Scaled
    {
        public const int Message = 4;
        public const int Source = 5;
        public const int Destination = 9;
        public const int SourcePort = 13;
        public const int DestinationPort = 15;
        public const int SourceMac = 17;
        public const int DestinationMac = 23;
        public const int Length = 32;
        public const byte Type = 0x49;
        public const byte Words = 7;

        /// <summary>The one message there is, ASCII M: what the client's host is to make of the flow follows.</summary>
        public const byte Modify = 0x4D;
    }

    /// <summary>The pod's and the namespace's label.</summary>
    public static class Label
    {
        public const int Length = 8;
        public const byte PodType = 0x50;
        public const byte NamespaceType = 0x51;
        public const byte Words = 1;
    }

    public static class Arp
    {
        public const int Hardware = 0;
        public const int Protocol = 2;
        public const int HardwareLength = 4;
        public const int ProtocolLength = 5;
        public const int Opcode = 6;
        public const int SenderMac = 8;
        public const int SenderAddress = 14;
        public const int TargetMac = 18;
        public const int TargetAddress = 24;
        public const int Length = 28;

        /// <summary>Hardware type, protocol, lengths and opcode; the addresses follow.</summary>
        public const int FixedLength = 8;
        public const ushort EthernetHardware = 1;
        public const ushort Request = 1;
        public const ushort Reply = 2;
    }

    /// <summary>The headers of the underlay, from the start of the frame.</summary>
    public static class Outer
    {
        public const int Ip = Ethernet.Length;
        public const int Udp = Ip + Ipv4.Length;
        public const int Geneve = Udp + Wire.Udp.Length;
        public const int Options = Geneve + Wire.Geneve.Length;
        public const int Rts = Options;
        public const int Scaled = Rts + Wire.Rts.Length;
        public const int PodLabel = Scaled + Wire.Scaled.Length;
        public const int NamespaceLabel = PodLabel + Label.Length;
    }
}
