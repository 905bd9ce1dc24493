using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>The pieces bpf/tables.h builds its keys and values of. Numbers are of the machine's order, addresses as on the wire.</summary>
internal static class Layout
{
    /// <summary>struct endpoint_key: VNI, address; no hole.</summary>
    public const int EndpointKeyBytes = 12;

    /// <summary>struct address_list: count, 128 addresses.</summary>
    public const int ListBytes = sizeof(uint) + (AddressList.Limit * 4);

    public static void Write<T>(Span<byte> bytes, int at, T value)
        where T : struct => MemoryMarshal.Write(bytes[at..], value);

    public static T Read<T>(ReadOnlySpan<byte> bytes, int at)
        where T : struct => MemoryMarshal.Read<T>(bytes[at..]);

    public static void WriteEndpointKey(in EndpointKey key, Span<byte> bytes)
    {
        Write(bytes, 0, key.Vni.Value);
        key.Address.Write(bytes[8..]);
    }

    public static EndpointKey ReadEndpointKey(ReadOnlySpan<byte> bytes) =>
        new(new Vni(Read<ulong>(bytes, 0)), Ipv4Address.Read(bytes[8..]));

    public static void WriteList(in AddressList list, Span<byte> bytes)
    {
        Write(bytes, 0, (uint)list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            list[i].Write(bytes[(4 + (4 * i))..]);
        }
    }

    public static AddressList ReadList(ReadOnlySpan<byte> bytes)
    {
        int count = Read<int>(bytes, 0);
        if (count == 1)
        {
            return new AddressList(Ipv4Address.Read(bytes[4..]));
        }
        Span<Ipv4Address> addresses = stackalloc Ipv4Address[count];
        for (int i = 0; i < count; i++)
        {
            addresses[i] = Ipv4Address.Read(bytes[(4 + (4 * i))..]);
        }
        return new AddressList(addresses);
    }
}
