using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>The value of an Ethernet II header (14 bytes).</summary>
public readonly record struct EthernetHeader(MacAddress Destination, MacAddress Source, EtherType Type)
{
    /// <summary>Bytes <see cref="Write"/> writes.</summary>
    public int Length => EthernetView.Length;

    /// <summary>False when <paramref name="bytes"/> is shorter than a header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out EthernetHeader header)
    {
        bool fits = EthernetView.TryRead(bytes, out EthernetView view);
        header = fits ? new EthernetHeader(view.Destination, view.Source, view.Type) : default;
        return fits;
    }

    /// <summary>Writes every bit of the header.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[EthernetView.TypeOffset..EthernetView.Length], (ushort)Type);
        Destination.Write(destination[EthernetView.DestinationOffset..]);
        Source.Write(destination[EthernetView.SourceOffset..]);
    }
}
