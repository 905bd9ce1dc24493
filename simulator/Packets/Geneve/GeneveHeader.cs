using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>The value of a Geneve base header (8 bytes). Of <see cref="Vni"/> the low 24 bits travel.</summary>
public readonly record struct GeneveHeader(Vni Vni, byte OptionWords)
{
    /// <summary>Two bits travel; 0 is the only version there is.</summary>
    public byte Version { get; init; }

    public bool IsControl { get; init; }

    public bool HasCritical { get; init; }

    /// <summary>Six bits travel.</summary>
    public byte ReservedBits { get; init; }

    public EtherType Protocol { get; init; } = EtherType.TransparentEthernetBridging;

    public byte ReservedByte { get; init; }

    /// <summary>Bytes <see cref="Write"/> writes; the options are not among them.</summary>
    public int Length => GeneveView.HeaderLength;

    /// <summary>False when <paramref name="bytes"/> is shorter than the base header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out GeneveHeader header)
    {
        bool fits = GeneveView.TryRead(bytes, out GeneveView view);
        header = fits
            ? new GeneveHeader(view.Vni, view.OptionWords)
            {
                Version = view.Version,
                IsControl = view.IsControl,
                HasCritical = view.HasCritical,
                ReservedBits = view.ReservedBits,
                Protocol = view.Protocol,
                ReservedByte = view.ReservedByte,
            }
            : default;
        return fits;
    }

    /// <summary>Writes every bit of the base header.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[GeneveView.VniOffset..GeneveView.HeaderLength], Vni.OnWire << 8 | ReservedByte);
        destination[GeneveView.VersionOffset] = (byte)(Version << 6 | (OptionWords & 63));
        destination[GeneveView.FlagsOffset] = (byte)((IsControl ? 0x80 : 0) | (HasCritical ? 0x40 : 0) | (ReservedBits & 63));
        BinaryPrimitives.WriteUInt16BigEndian(destination[GeneveView.ProtocolOffset..], (ushort)Protocol);
    }
}
