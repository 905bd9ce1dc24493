using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>A Geneve base header read in place (RFC 8926 §3.4), and what lies behind it.</summary>
public readonly ref struct GeneveView
{
    /// <summary>The UDP destination port that says a datagram is Geneve.</summary>
    public const ushort UdpPort = 6081;

    public const int VersionOffset = 0;
    public const int FlagsOffset = 1;
    public const int ProtocolOffset = 2;
    public const int VniOffset = 4;
    public const int ReservedOffset = 7;
    public const int HeaderLength = 8;

    private readonly ReadOnlySpan<byte> bytes;

    private GeneveView(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>False when <paramref name="bytes"/> is shorter than the base header. Version and option length are not judged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out GeneveView view)
    {
        view = bytes.Length >= HeaderLength ? new GeneveView(bytes) : default;
        return bytes.Length >= HeaderLength;
    }

    public byte Version => (byte)(bytes[VersionOffset] >> 6);

    /// <summary>Length of all options in words of four bytes: 0 to 63.</summary>
    public byte OptionWords => (byte)(bytes[VersionOffset] & 63);

    /// <summary>The O bit: a control packet.</summary>
    public bool IsControl => (bytes[FlagsOffset] & 0x80) != 0;

    /// <summary>The C bit: some option is critical.</summary>
    public bool HasCritical => (bytes[FlagsOffset] & 0x40) != 0;

    /// <summary>The six reserved bits behind O and C.</summary>
    public byte ReservedBits => (byte)(bytes[FlagsOffset] & 63);

    public EtherType Protocol => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[ProtocolOffset..]);

    public Vni Vni => new(BinaryPrimitives.ReadUInt32BigEndian(bytes[VniOffset..]) >> 8);

    /// <summary>The reserved byte behind the VNI.</summary>
    public byte ReservedByte => bytes[ReservedOffset];

    /// <summary>The option bytes as far as they are there.</summary>
    public ReadOnlySpan<byte> Options => bytes[HeaderLength..Math.Min(HeaderLength + (OptionWords * 4), bytes.Length)];

    /// <summary>What follows the options by the header's own option length; empty when they are cut off.</summary>
    public ReadOnlySpan<byte> Payload => bytes[Math.Min(HeaderLength + (OptionWords * 4), bytes.Length)..];

    /// <summary>The 64 bytes behind the base header, whatever the option length says, as far as they are there: Mizar's fixed layout.</summary>
    public ReadOnlySpan<byte> FixedOptions => bytes[HeaderLength..Math.Min(HeaderLength + MizarFixedLayout.Length, bytes.Length)];

    /// <summary>The options by RFC 8926's walk.</summary>
    public GeneveOptionWalk Walk() => new(Options);

    /// <summary>
    /// Whether Mizar's receivers would read the four options at fixed offsets: 64 bytes follow and the first two are 11 01. They do
    /// not look at the option length (spec §2.5, §3.3).
    /// </summary>
    public bool HasMizarLayout =>
        bytes.Length >= HeaderLength + MizarFixedLayout.Length
        && BinaryPrimitives.ReadUInt16BigEndian(bytes[HeaderLength..]) == MizarFixedLayout.ClassOnWire;
}
