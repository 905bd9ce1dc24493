using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>Control bits of a TCP header.</summary>
[Flags]
public enum TcpFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Reset = 4,
    Push = 8,
    Ack = 16,
    Urgent = 32,
    EcnEcho = 64,
    WindowReduced = 128,
}

/// <summary>
/// A TCP header read in place (RFC 9293). The fixed twenty bytes are always readable; options and payload follow the data offset
/// only when it makes sense.
/// </summary>
public readonly ref struct TcpView
{
    public const int SourcePortOffset = 0;
    public const int DestinationPortOffset = 2;
    public const int SequenceOffset = 4;
    public const int AcknowledgementOffset = 8;
    public const int DataOffset = 12;
    public const int FlagsOffset = 13;
    public const int WindowOffset = 14;
    public const int ChecksumOffset = 16;
    public const int UrgentOffset = 18;
    public const int MinimumLength = 20;

    private readonly ReadOnlySpan<byte> bytes;

    private TcpView(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>False when fewer than twenty bytes are there. The data offset is not judged: see <see cref="IsWellFormed"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpView view)
    {
        view = bytes.Length >= MinimumLength ? new TcpView(bytes) : default;
        return bytes.Length >= MinimumLength;
    }

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(bytes[SourcePortOffset..]);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(bytes[DestinationPortOffset..]);

    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(bytes[SequenceOffset..]);

    public uint Acknowledgement => BinaryPrimitives.ReadUInt32BigEndian(bytes[AcknowledgementOffset..]);

    /// <summary>Header length as the header says it, in bytes: 0 to 60.</summary>
    public int HeaderLength => (bytes[DataOffset] >> 4) * 4;

    /// <summary>The four reserved bits behind the data offset.</summary>
    public byte Reserved => (byte)(bytes[DataOffset] & 15);

    public TcpFlags Flags => (TcpFlags)bytes[FlagsOffset];

    /// <summary>Window in bytes, before scaling.</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(bytes[WindowOffset..]);

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(bytes[ChecksumOffset..]);

    public ushort Urgent => BinaryPrimitives.ReadUInt16BigEndian(bytes[UrgentOffset..]);

    /// <summary>The data offset is at least 20 bytes and no more than the bytes there are.</summary>
    public bool IsWellFormed => HeaderLength >= MinimumLength && HeaderLength <= bytes.Length;

    /// <summary>Options, padding included; empty when the header is not well formed.</summary>
    public ReadOnlySpan<byte> Options => IsWellFormed ? bytes[MinimumLength..HeaderLength] : default;

    /// <summary>Empty when the header is not well formed.</summary>
    public ReadOnlySpan<byte> Payload => IsWellFormed ? bytes[HeaderLength..] : default;

    /// <summary>Whether the checksum over all bytes of the view holds between these addresses.</summary>
    public bool ChecksumHolds(Ipv4Address source, Ipv4Address destination) =>
        Checksum == InternetChecksum.ComputeTcp(source, destination, bytes);
}
