using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>A UDP header read in place (RFC 768).</summary>
public readonly ref struct UdpView
{
    public const int SourcePortOffset = 0;
    public const int DestinationPortOffset = 2;
    public const int LengthOffset = 4;
    public const int ChecksumOffset = 6;
    public const int HeaderLength = 8;

    private readonly ReadOnlySpan<byte> bytes;

    private UdpView(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>False when <paramref name="bytes"/> is shorter than a header. The length field is not judged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UdpView view)
    {
        view = bytes.Length >= HeaderLength ? new UdpView(bytes) : default;
        return bytes.Length >= HeaderLength;
    }

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(bytes[SourcePortOffset..]);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(bytes[DestinationPortOffset..]);

    /// <summary>Header and payload in bytes, as the header says.</summary>
    public ushort Length => BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthOffset..]);

    /// <summary>0 says the sender computed none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(bytes[ChecksumOffset..]);

    /// <summary>The length field is at least a header and no more than the bytes there are.</summary>
    public bool IsWellFormed => Length >= HeaderLength && Length <= bytes.Length;

    /// <summary>Up to the length field or the end of the bytes; empty when the length is shorter than a header.</summary>
    public ReadOnlySpan<byte> Payload => Length < HeaderLength ? default : bytes[HeaderLength..Math.Min(Length, bytes.Length)];

    /// <summary>Whether there is no checksum or it holds between these addresses; false when the datagram is not well formed.</summary>
    public bool ChecksumHolds(Ipv4Address source, Ipv4Address destination) =>
        IsWellFormed && (Checksum == 0 || Checksum == InternetChecksum.ComputeUdp(source, destination, bytes[..Length]));
}
