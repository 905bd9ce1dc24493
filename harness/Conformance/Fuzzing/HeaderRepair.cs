using System.Buffers.Binary;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Makes lengths and checksums right again after a field was changed, so that the change itself is what a program meets.</summary>
internal static class HeaderRepair
{
    /// <summary>The header's checksum, over as many words as it says it has.</summary>
    public static void Ipv4(Span<byte> ip)
    {
        int bytes = ip.Length == 0 ? 0 : 4 * (ip[0] & 15);
        if (bytes < 20 || ip.Length < bytes)
        {
            return;
        }
        ip[10] = ip[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip[..bytes]));
    }

    /// <summary>Total length: what is there.</summary>
    public static void Ipv4Length(Span<byte> ip)
    {
        if (ip.Length >= 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        }
    }

    /// <summary>The underlay's lengths of a whole frame.</summary>
    public static void Outer(Span<byte> frame)
    {
        if (frame.Length >= 42)
        {
            Ipv4Length(frame[14..]);
            BinaryPrimitives.WriteUInt16BigEndian(frame[38..], (ushort)(frame.Length - 34));
        }
    }
}
