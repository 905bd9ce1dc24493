using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>An 802.1Q tag read in place, from behind the EtherType 0x8100: tag control and the next EtherType.</summary>
public readonly ref struct VlanView
{
    public const int ControlOffset = 0;
    public const int TypeOffset = 2;
    public const int Length = 4;

    private readonly ReadOnlySpan<byte> bytes;

    private VlanView(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>False when <paramref name="bytes"/> is shorter than a tag.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out VlanView view)
    {
        view = bytes.Length >= Length ? new VlanView(bytes) : default;
        return bytes.Length >= Length;
    }

    /// <summary>Priority code point, 0 to 7.</summary>
    public byte Priority => (byte)(bytes[ControlOffset] >> 5);

    public bool DropEligible => (bytes[ControlOffset] & 0x10) != 0;

    /// <summary>VLAN id, 0 to 4095.</summary>
    public ushort Id => (ushort)(BinaryPrimitives.ReadUInt16BigEndian(bytes[ControlOffset..]) & 0xFFF);

    public EtherType Type => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[TypeOffset..]);

    public ReadOnlySpan<byte> Payload => bytes[Length..];
}
