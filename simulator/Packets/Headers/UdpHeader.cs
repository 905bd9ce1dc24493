using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>The value of a UDP header (8 bytes). <see cref="DatagramLength"/> is header and payload in bytes.</summary>
public readonly record struct UdpHeader(ushort SourcePort, ushort DestinationPort, ushort DatagramLength)
{
    public ushort Checksum { get; init; }

    /// <summary>Bytes <see cref="Write"/> writes.</summary>
    public int Length => UdpView.HeaderLength;

    /// <summary>False when <paramref name="bytes"/> is shorter than a header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out UdpHeader header)
    {
        bool fits = UdpView.TryRead(bytes, out UdpView view);
        header = fits ? new UdpHeader(view.SourcePort, view.DestinationPort, view.Length) { Checksum = view.Checksum } : default;
        return fits;
    }

    /// <summary>Writes every bit of the header.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[UdpView.ChecksumOffset..UdpView.HeaderLength], Checksum);
        BinaryPrimitives.WriteUInt16BigEndian(destination[UdpView.SourcePortOffset..], SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(destination[UdpView.DestinationPortOffset..], DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(destination[UdpView.LengthOffset..], DatagramLength);
    }
}
