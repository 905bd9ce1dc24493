using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MizarLab.Packets;

/// <summary>
/// The Internet checksum (RFC 1071), whole and incremental (RFC 1624). A <em>sum</em> here is an unfolded 64-bit
/// ones'-complement sum of 16-bit big-endian words; sums of even-length pieces add with plain <c>+</c>; <see cref="Finish"/>
/// folds and complements. Nothing allocates.
/// </summary>
/// <example><code>ushort icmp = InternetChecksum.Finish(InternetChecksum.Sum(header) + InternetChecksum.Sum(body));</code></example>
public static class InternetChecksum
{
    /// <summary>Sum of <paramref name="bytes"/>; an odd last byte counts as the high half of a word, so only the last piece may be odd.</summary>
    public static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        // The sum does not depend on byte order until the end, so four bytes are added at a time as big-endian words of 32 bits:
        // 2^32 ≡ 1 (mod 0xFFFF), and 2^32 additions fit before the 64 bits overflow.
        ulong sum = 0;
        while (bytes.Length >= 16)
        {
            sum += (ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes)
                + BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])
                + BinaryPrimitives.ReadUInt32BigEndian(bytes[8..])
                + BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
            bytes = bytes[16..];
        }
        while (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }
        return bytes.Length == 1 ? sum + ((ulong)bytes[0] << 8) : sum;
    }

    /// <summary>Sum of an IPv4 header without options: the first 20 of <paramref name="bytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SumPlainHeader(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..20];
        return (ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes)
            + BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])
            + BinaryPrimitives.ReadUInt32BigEndian(bytes[8..])
            + BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])
            + BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>The sum of the IPv4 pseudo-header of UDP and TCP; <paramref name="length"/> is header and body in bytes.</summary>
    public static ulong PseudoHeader(Ipv4Address source, Ipv4Address destination, IpProtocol protocol, int length) =>
        (ulong)source.Value + destination.Value + (byte)protocol + (uint)length;

    /// <summary>Sixteen bits of a sum, carries added back; 0 only when every word was 0.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>The checksum of a sum.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    /// <summary>The checksum of <paramref name="bytes"/>, whose own checksum field must read 0.</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes) => Finish(Sum(bytes));

    /// <summary>The checksum of <paramref name="bytes"/> as if the two bytes at <paramref name="field"/> (even) read 0.</summary>
    public static ushort ComputeWithout(ReadOnlySpan<byte> bytes, int field, ulong start = 0) =>
        Finish(start + Sum(bytes[..field]) + Sum(bytes[(field + 2)..]));

    /// <summary>
    /// The UDP checksum of header and body (which read as whole), its own field taken as 0. A result of 0 is sent as 0xFFFF,
    /// because 0 says "none" (RFC 768).
    /// </summary>
    public static ushort ComputeUdp(Ipv4Address source, Ipv4Address destination, ReadOnlySpan<byte> segment)
    {
        ushort sum = ComputeWithout(segment, 6, PseudoHeader(source, destination, IpProtocol.Udp, segment.Length));
        return sum == 0 ? (ushort)0xFFFF : sum;
    }

    /// <summary>The TCP checksum of header and body, its own field taken as 0.</summary>
    public static ushort ComputeTcp(Ipv4Address source, Ipv4Address destination, ReadOnlySpan<byte> segment) =>
        ComputeWithout(segment, 16, PseudoHeader(source, destination, IpProtocol.Tcp, segment.Length));

    /// <summary>The checksum after one 16-bit word changed (RFC 1624, equation 3).</summary>
    public static ushort Update(ushort checksum, ushort old, ushort replacement) =>
        Finish((ulong)(ushort)~checksum + (ushort)~old + replacement);

    /// <summary>The checksum after an aligned 32-bit field changed (RFC 1624, equation 3, both words).</summary>
    public static ushort Update(ushort checksum, uint old, uint replacement) =>
        Finish((ulong)(ushort)~checksum + ~old + replacement);

    /// <summary>
    /// As upstream's NAT updates an L4 checksum for a port: an unchanged field leaves it untouched (RFC 1624 would turn 0xFFFF
    /// into 0), UDP's 0 is not special, and a result of 0 is kept (spec §2.6).
    /// </summary>
    public static ushort UpdateAsUpstream(ushort checksum, ushort old, ushort replacement) =>
        old == replacement ? checksum : Update(checksum, old, replacement);

    /// <inheritdoc cref="UpdateAsUpstream(ushort, ushort, ushort)"/>
    public static ushort UpdateAsUpstream(ushort checksum, Ipv4Address old, Ipv4Address replacement) =>
        old == replacement ? checksum : Update(checksum, old.Value, replacement.Value);
}
