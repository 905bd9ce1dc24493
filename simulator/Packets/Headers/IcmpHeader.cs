using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>The value of an ICMP header (8 bytes); <see cref="Rest"/> is bytes 4 to 7 as one number.</summary>
public readonly record struct IcmpHeader(IcmpType Type, byte Code, uint Rest)
{
    public ushort Checksum { get; init; }

    /// <summary>Bytes <see cref="Write"/> writes.</summary>
    public int Length => IcmpView.Length;

    public static IcmpHeader EchoRequest(ushort id, ushort sequence) => new(IcmpType.EchoRequest, 0, (uint)id << 16 | sequence);

    public static IcmpHeader EchoReply(ushort id, ushort sequence) => new(IcmpType.EchoReply, 0, (uint)id << 16 | sequence);

    /// <param name="reassembly">Fragment reassembly ran out of time (code 1); otherwise the TTL did (code 0).</param>
    public static IcmpHeader TimeExceeded(bool reassembly = false) => new(IcmpType.TimeExceeded, reassembly ? (byte)1 : (byte)0, 0);

    /// <param name="mtu">MTU of the next hop in bytes (RFC 1191).</param>
    public static IcmpHeader FragmentationNeeded(ushort mtu) => new(IcmpType.Unreachable, IcmpView.FragmentationNeeded, mtu);

    /// <summary>False when <paramref name="bytes"/> is shorter than a header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out IcmpHeader header)
    {
        bool fits = IcmpView.TryRead(bytes, out IcmpView view);
        header = fits ? new IcmpHeader(view.Type, view.Code, view.Rest) { Checksum = view.Checksum } : default;
        return fits;
    }

    /// <summary>Writes every bit of the header.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[IcmpView.RestOffset..IcmpView.Length], Rest);
        destination[IcmpView.TypeOffset] = (byte)Type;
        destination[IcmpView.CodeOffset] = Code;
        BinaryPrimitives.WriteUInt16BigEndian(destination[IcmpView.ChecksumOffset..], Checksum);
    }
}
