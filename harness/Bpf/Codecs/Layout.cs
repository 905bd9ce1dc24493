using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>The pieces bpf/tables.h builds its keys and values of. Numbers are of the machine's order, addresses as on the wire.</summary>
internal static class Layout
{
    /// <summary>struct endpoint_key: VNI, address; no hole.</summary>
    public const int EndpointKeyBytes = 12;

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

    /// <summary>The address whose bytes a little-endian machine reads as this word.</summary>
    public static Ipv4Address FromWireWord(uint word) => new(new Ipv4Address(word).WireWord);
}
