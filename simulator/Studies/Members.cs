using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>Lists of role holders by number, for studies that ask only how one of them is picked.</summary>
internal static class Members
{
    private const uint First = 0xAC10_0001;  // 172.16.0.1, as generated topologies have their droplets

    public static Ipv4Address AddressOf(int number) => new(First + (uint)number);

    /// <summary>The first so many.</summary>
    public static AddressList Of(int count)
    {
        Span<Ipv4Address> addresses = stackalloc Ipv4Address[AddressList.Limit];
        for (int i = 0; i < count; i++)
        {
            addresses[i] = AddressOf(i);
        }
        return new AddressList(addresses[..count]);
    }

    /// <summary>Whose address it is.</summary>
    public static int NumberOf(Ipv4Address address) => (int)(address.Value - First);

    public static long GreatestDivisor(long a, long b) => b == 0 ? a : GreatestDivisor(b, a % b);

    public static long LeastMultiple(long a, long b) => a / GreatestDivisor(a, b) * b;
}
