using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>Flags of an IPv4 header, as its three top bits.</summary>
[Flags]
public enum Ipv4Flags : byte
{
    None = 0,
    MoreFragments = 1,
    DontFragment = 2,
    Reserved = 4,
}

/// <summary>
/// An IPv4 header read in place (RFC 791). The fixed twenty bytes are always readable; options and payload follow the header's
/// own lengths only as far as the bytes go.
/// </summary>
public readonly ref struct Ipv4View
{
    public const int VersionOffset = 0;
    public const int TosOffset = 1;
    public const int TotalLengthOffset = 2;
    public const int IdOffset = 4;
    public const int FragmentOffset = 6;
    public const int TtlOffset = 8;
    public const int ProtocolOffset = 9;
    public const int ChecksumOffset = 10;
    public const int SourceOffset = 12;
    public const int DestinationOffset = 16;
    public const int MinimumLength = 20;

    private readonly ReadOnlySpan<byte> bytes;

    private Ipv4View(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>False when fewer than twenty bytes are there. Version and lengths are not judged: see <see cref="IsWellFormed"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv4View view)
    {
        view = bytes.Length >= MinimumLength ? new Ipv4View(bytes) : default;
        return bytes.Length >= MinimumLength;
    }

    public byte Version => (byte)(bytes[VersionOffset] >> 4);

    /// <summary>Header length as the header says it, in bytes: 0 to 60.</summary>
    public int HeaderLength => (bytes[VersionOffset] & 15) * 4;

    public byte Tos => bytes[TosOffset];

    /// <summary>Length of the datagram as the header says it, in bytes.</summary>
    public ushort TotalLength => BinaryPrimitives.ReadUInt16BigEndian(bytes[TotalLengthOffset..]);

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(bytes[IdOffset..]);

    public Ipv4Flags Flags => (Ipv4Flags)(bytes[FragmentOffset] >> 5);

    /// <summary>Where this fragment begins, in units of eight bytes: 0 to 8191.</summary>
    public ushort FragmentUnits => (ushort)(BinaryPrimitives.ReadUInt16BigEndian(bytes[FragmentOffset..]) & 0x1FFF);

    public byte Ttl => bytes[TtlOffset];

    public IpProtocol Protocol => (IpProtocol)bytes[ProtocolOffset];

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(bytes[ChecksumOffset..]);

    public Ipv4Address Source => Ipv4Address.Read(bytes[SourceOffset..]);

    public Ipv4Address Destination => Ipv4Address.Read(bytes[DestinationOffset..]);

    /// <summary>Version 4, a header length of at least 20 that the bytes hold, and a total length that is at least that.</summary>
    public bool IsWellFormed =>
        Version == 4 && HeaderLength >= MinimumLength && HeaderLength <= bytes.Length && TotalLength >= HeaderLength;

    /// <summary>One fragment of several: an offset, or more to come.</summary>
    public bool IsFragment => FragmentUnits != 0 || (Flags & Ipv4Flags.MoreFragments) != 0;

    /// <summary>Whether the header's checksum holds, options included; false when the header is not well formed.</summary>
    public bool ChecksumHolds => IsWellFormed && InternetChecksum.Compute(bytes[..HeaderLength]) == 0;

    /// <summary>Options, padding included; empty when the header is not well formed.</summary>
    public ReadOnlySpan<byte> Options => IsWellFormed ? bytes[MinimumLength..HeaderLength] : default;

    /// <summary>What the datagram carries: up to its total length or the end of the bytes; empty when the header is not well formed.</summary>
    public ReadOnlySpan<byte> Payload => IsWellFormed ? bytes[HeaderLength..Math.Min(TotalLength, bytes.Length)] : default;
}
