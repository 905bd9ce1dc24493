using System.Buffers.Binary;
using System.Numerics;

namespace MizarLab.Packets;

/// <summary>
/// The hash Mizar shards by: Bob Jenkins' public-domain lookup3 <c>final</c> over two words (spec §2.8). It chooses the bouncer of
/// an endpoint, the divider of a VPC, the backend of a scaled endpoint and the outer UDP source port.
/// </summary>
/// <remarks>
/// The words are addresses as a little-endian machine reads their wire bytes (<see cref="Ipv4Address.WireWord"/>), so the hash of
/// 10.0.0.2 takes 0x0200000A. It is not symmetric: the two directions of a flow hash apart.
/// </remarks>
public static class MizarHash
{
    /// <summary>First outer UDP source port upstream uses.</summary>
    public const ushort FirstSourcePort = 1024;

    /// <summary>How many source ports it uses: 1024 to 6552, the Geneve port 6081 among them (spec §2.3).</summary>
    public const uint SourcePorts = 5529;

    private const uint Seed = 0xDEADBEEF;
    private const uint InitialValue = unchecked(Seed + 0xDEADBEEF + (2 << 2));

    /// <summary>Hash of a source and a destination address; taken modulo the number of bouncers, dividers or backends.</summary>
    public static uint OfAddresses(Ipv4Address source, Ipv4Address destination) => OfWords(source.WireWord, destination.WireWord);

    /// <summary>Hash by which a scaled endpoint chooses a backend: client address, and its source port (0 for ICMP).</summary>
    /// <param name="client">The client's overlay address.</param>
    /// <param name="sourcePort">The port as a number; the hash takes it as its two wire bytes read little-endian.</param>
    public static uint OfClient(Ipv4Address client, ushort sourcePort) =>
        OfWords(client.WireWord, BinaryPrimitives.ReverseEndianness(sourcePort));

    /// <summary>The outer UDP source port: 1024 + H mod 5529, where H is the hash of the inner addresses (spec §2.3).</summary>
    public static ushort SourcePort(Ipv4Address innerSource, Ipv4Address innerDestination) =>
        (ushort)(FirstSourcePort + (OfAddresses(innerSource, innerDestination) % SourcePorts));

    /// <summary>The hash of two words as they are in a register.</summary>
    public static uint OfWords(uint first, uint second)
    {
        unchecked
        {
            uint a = first + InitialValue;
            uint b = second + InitialValue;
            uint c = InitialValue;
            c = (c ^ b) - BitOperations.RotateLeft(b, 14);
            a = (a ^ c) - BitOperations.RotateLeft(c, 11);
            b = (b ^ a) - BitOperations.RotateLeft(a, 25);
            c = (c ^ b) - BitOperations.RotateLeft(b, 16);
            a = (a ^ c) - BitOperations.RotateLeft(c, 4);
            b = (b ^ a) - BitOperations.RotateLeft(a, 14);
            c = (c ^ b) - BitOperations.RotateLeft(b, 24);
            return c;
        }
    }
}
