using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>How a field lies in a map's key or value. Integers are little-endian but for the <c>be</c> ones.</summary>
public enum FieldKind : byte
{
    U8,
    U16,
    U32,
    U64,
    I32,
    Be16,
    Be32,

    /// <summary>Four bytes as on the wire.</summary>
    Ip,

    /// <summary>Six bytes as on the wire.</summary>
    Mac,

    /// <summary>u32: the index of the interface that stands for a port.</summary>
    Interface,

    /// <summary>A count and an array of <see cref="Ip"/>.</summary>
    List,
}

/// <summary>A field's value: a number (addresses and MACs too), or a list of addresses.</summary>
internal readonly record struct FieldValue(ulong Number, AddressList List)
{
    public bool IsZero => Number == 0 && List.Count == 0;
}

/// <summary>Where one field stands in the bytes of a key or value.</summary>
/// <param name="Name">The row's field (<see cref="RowForms"/>); empty for a constant.</param>
/// <param name="At">Offset in bytes; of a list, of its first address.</param>
/// <param name="Bias">Added to the number when it is written, as a prefix's length that counts the bits in front of it.</param>
/// <param name="CountAt">Of a list: offset of its u32 count.</param>
/// <param name="Most">Of a list: addresses there is room for.</param>
/// <param name="Constant">What always stands there, of a constant.</param>
internal sealed record FieldPlace(string Name, FieldKind Kind, int At, long Bias = 0, int CountAt = 0, int Most = 0, ulong Constant = 0)
{
    private const int CountBytes = sizeof(uint);
    private const int AddressBytes = 4;

    public int Length => Kind switch
    {
        FieldKind.U8 => 1,
        FieldKind.U16 or FieldKind.Be16 => 2,
        FieldKind.U64 => 8,
        FieldKind.Mac => 6,
        FieldKind.List => Most * AddressBytes,
        _ => 4,
    };

    /// <summary>One past the last byte it takes.</summary>
    public int End => Kind == FieldKind.List ? Math.Max(At + Length, CountAt + CountBytes) : At + Length;

    /// <exception cref="ArgumentException">The value does not fit; says which and why.</exception>
    public void Write(in FieldValue value, Span<byte> bytes)
    {
        if (Kind == FieldKind.List)
        {
            WriteList(value.List, bytes);
            return;
        }
        ulong number = unchecked(value.Number + (ulong)Bias);
        Span<byte> at = bytes.Slice(At, Length);
        switch (Kind)
        {
            case FieldKind.U8:
                at[0] = (byte)Fit(number, byte.MaxValue);
                break;
            case FieldKind.U16:
                BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)Fit(number, ushort.MaxValue));
                break;
            case FieldKind.Be16:
                BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)Fit(number, ushort.MaxValue));
                break;
            case FieldKind.U32 or FieldKind.Interface:
                BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)Fit(number, uint.MaxValue));
                break;
            case FieldKind.I32:
                BinaryPrimitives.WriteInt32LittleEndian(at, checked((int)unchecked((long)number)));
                break;
            case FieldKind.Be32 or FieldKind.Ip:
                BinaryPrimitives.WriteUInt32BigEndian(at, (uint)Fit(number, uint.MaxValue));
                break;
            case FieldKind.U64:
                BinaryPrimitives.WriteUInt64LittleEndian(at, number);
                break;
            case FieldKind.Mac:
                new MacAddress(Fit(number, 0xFFFF_FFFF_FFFF)).Write(at);
                break;
        }
    }

    public FieldValue Read(ReadOnlySpan<byte> bytes)
    {
        if (Kind == FieldKind.List)
        {
            return new FieldValue(0, ReadList(bytes));
        }
        ReadOnlySpan<byte> at = bytes.Slice(At, Length);
        ulong number = Kind switch
        {
            FieldKind.U8 => at[0],
            FieldKind.U16 => BinaryPrimitives.ReadUInt16LittleEndian(at),
            FieldKind.Be16 => BinaryPrimitives.ReadUInt16BigEndian(at),
            FieldKind.I32 => unchecked((ulong)BinaryPrimitives.ReadInt32LittleEndian(at)),
            FieldKind.Be32 or FieldKind.Ip => BinaryPrimitives.ReadUInt32BigEndian(at),
            FieldKind.U64 => BinaryPrimitives.ReadUInt64LittleEndian(at),
            FieldKind.Mac => MacAddress.Read(at).Value,
            _ => BinaryPrimitives.ReadUInt32LittleEndian(at),
        };
        return new FieldValue(unchecked(number - (ulong)Bias), default);
    }

    private void WriteList(in AddressList list, Span<byte> bytes)
    {
        if (list.Count > Most)
        {
            throw new ArgumentException($"'{Name}' has room for {Most} addresses, not {list.Count}");
        }
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CountAt..], (uint)list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            list[i].Write(bytes[(At + (i * AddressBytes))..]);
        }
    }

    /// <summary>A count beyond the room is somebody else's mistake; what there is is read.</summary>
    private AddressList ReadList(ReadOnlySpan<byte> bytes)
    {
        int count = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes[CountAt..]), (uint)Most);
        Span<Ipv4Address> addresses = stackalloc Ipv4Address[AddressList.Limit];
        for (int i = 0; i < count; i++)
        {
            addresses[i] = Ipv4Address.Read(bytes[(At + (i * AddressBytes))..]);
        }
        return new AddressList(addresses[..count]);
    }

    private ulong Fit(ulong number, ulong most) =>
        number <= most ? number : throw new ArgumentException($"'{(Name.Length > 0 ? Name : "constant")}' has no room for {number}");
}
