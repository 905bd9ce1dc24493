using System.Buffers.Binary;
using System.Globalization;

namespace MizarLab.Packets;

/// <summary>An IPv4 address; <see cref="Value"/> is the number in host order (10.0.0.2 is 0x0A000002).</summary>
public readonly record struct Ipv4Address(uint Value) : IComparable<Ipv4Address>
{
    public static readonly Ipv4Address Any = new(0);
    public static readonly Ipv4Address Broadcast = new(uint.MaxValue);

    /// <summary>The address as a little-endian machine reads its four wire bytes: the word Mizar hashes (spec §2.8).</summary>
    public uint WireWord => BinaryPrimitives.ReverseEndianness(Value);

    /// <summary>Reads four network-order bytes; <paramref name="bytes"/> must hold at least four.</summary>
    public static Ipv4Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>Writes four network-order bytes.</summary>
    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);

    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        for (int part = 0; part < 4; part++)
        {
            int dot = part < 3 ? text.IndexOf('.') : text.Length;
            if (dot is < 1 or > 3 || (dot > 1 && text[0] == '0')
                || !byte.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out byte octet))
            {
                return false;
            }
            value = value << 8 | octet;
            text = part < 3 ? text[(dot + 1)..] : default;
        }
        address = new Ipv4Address(value);
        return true;
    }

    /// <exception cref="FormatException">The text is not four decimal octets.</exception>
    public static Ipv4Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Ipv4Address address) ? address : throw new FormatException($"'{text}' is not an IPv4 address");

    public int CompareTo(Ipv4Address other) => Value.CompareTo(other.Value);

    public override string ToString() => $"{Value >> 24}.{Value >> 16 & 255}.{Value >> 8 & 255}.{Value & 255}";
}
