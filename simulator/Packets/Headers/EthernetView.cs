using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>An Ethernet II header read in place. <see cref="TryRead"/> checks the length once; no accessor throws after it.</summary>
public readonly ref struct EthernetView
{
    public const int DestinationOffset = 0;
    public const int SourceOffset = 6;
    public const int TypeOffset = 12;
    public const int Length = 14;

    private readonly ReadOnlySpan<byte> bytes;

    private EthernetView(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>False when <paramref name="bytes"/> is shorter than a header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EthernetView view)
    {
        view = bytes.Length >= Length ? new EthernetView(bytes) : default;
        return bytes.Length >= Length;
    }

    public MacAddress Destination => MacAddress.Read(bytes[DestinationOffset..]);

    public MacAddress Source => MacAddress.Read(bytes[SourceOffset..]);

    public EtherType Type => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[TypeOffset..]);

    public ReadOnlySpan<byte> Payload => bytes[Length..];
}
