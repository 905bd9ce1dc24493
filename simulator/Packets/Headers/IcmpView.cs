using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>ICMP types the lab speaks of; any other 8-bit value is legal in a field of this type.</summary>
public enum IcmpType : byte
{
    EchoReply = 0,
    Unreachable = 3,
    Redirect = 5,
    EchoRequest = 8,
    TimeExceeded = 11,
    ParameterProblem = 12,
}

/// <summary>
/// An ICMP header read in place (RFC 792). Bytes 4 to 7 mean what the type says: id and sequence of an echo, the next hop's MTU of
/// "fragmentation needed" (type 3 code 4, RFC 1191), otherwise unused.
/// </summary>
public readonly ref struct IcmpView
{
    public const int TypeOffset = 0;
    public const int CodeOffset = 1;
    public const int ChecksumOffset = 2;
    public const int RestOffset = 4;
    public const int IdOffset = 4;
    public const int SequenceOffset = 6;
    public const int MtuOffset = 6;
    public const int Length = 8;

    /// <summary>The code of "destination unreachable" that says fragmentation was needed and forbidden.</summary>
    public const byte FragmentationNeeded = 4;

    private readonly ReadOnlySpan<byte> bytes;

    private IcmpView(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>False when <paramref name="bytes"/> is shorter than a header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IcmpView view)
    {
        view = bytes.Length >= Length ? new IcmpView(bytes) : default;
        return bytes.Length >= Length;
    }

    public IcmpType Type => (IcmpType)bytes[TypeOffset];

    public byte Code => bytes[CodeOffset];

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(bytes[ChecksumOffset..]);

    /// <summary>Bytes 4 to 7 as one number.</summary>
    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(bytes[RestOffset..]);

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(bytes[IdOffset..]);

    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(bytes[SequenceOffset..]);

    public ushort Mtu => BinaryPrimitives.ReadUInt16BigEndian(bytes[MtuOffset..]);

    /// <summary>Whether the payload quotes the datagram the message is about.</summary>
    public bool IsError => Type is IcmpType.Unreachable or IcmpType.Redirect or IcmpType.TimeExceeded or IcmpType.ParameterProblem;

    /// <summary>Whether the checksum over all bytes of the view holds.</summary>
    public bool ChecksumHolds => InternetChecksum.Compute(bytes) == 0;

    public ReadOnlySpan<byte> Payload => bytes[Length..];
}
