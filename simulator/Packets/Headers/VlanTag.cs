using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>The value of an 802.1Q tag (4 bytes). Only the low 12 bits of <see cref="Id"/> and 3 of <see cref="Priority"/> travel.</summary>
public readonly record struct VlanTag(ushort Id, byte Priority, bool DropEligible, EtherType Type)
{
    /// <summary>Bytes <see cref="Write"/> writes.</summary>
    public int Length => VlanView.Length;

    /// <summary>False when <paramref name="bytes"/> is shorter than a tag.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out VlanTag tag)
    {
        bool fits = VlanView.TryRead(bytes, out VlanView view);
        tag = fits ? new VlanTag(view.Id, view.Priority, view.DropEligible, view.Type) : default;
        return fits;
    }

    /// <summary>Writes every bit of the tag.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[VlanView.TypeOffset..VlanView.Length], (ushort)Type);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)((Priority & 7) << 13 | (DropEligible ? 0x1000 : 0) | (Id & 0xFFF)));
    }
}
