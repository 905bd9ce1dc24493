using System.Globalization;

namespace MizarLab.Packets;

/// <summary>A CIDR block. <see cref="Address"/> has no host bits; <see cref="Length"/> is 0 to 32.</summary>
public readonly record struct Ipv4Prefix
{
    public Ipv4Prefix(Ipv4Address address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, 32u, nameof(length));
        Length = length;
        Address = new Ipv4Address(address.Value & MaskOf(length));
    }

    public Ipv4Address Address { get; }

    public int Length { get; }

    public uint Mask => MaskOf(Length);

    public Ipv4Address Broadcast => new(Address.Value | ~Mask);

    public bool Contains(Ipv4Address address) => (address.Value & Mask) == Address.Value;

    public bool Overlaps(Ipv4Prefix other) => Length <= other.Length ? Contains(other.Address) : other.Contains(Address);

    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Prefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        if (slash < 0 || !Ipv4Address.TryParse(text[..slash], out Ipv4Address address)
            || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > 32)
        {
            return false;
        }
        prefix = new Ipv4Prefix(address, length);
        return true;
    }

    public override string ToString() => $"{Address}/{Length}";

    private static uint MaskOf(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);
}
