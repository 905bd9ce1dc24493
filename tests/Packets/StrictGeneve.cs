using System.Buffers.Binary;
using System.Globalization;

namespace MizarLab.Tests.Packets;

/// <summary>
/// A reader of RFC 8926 that knows nothing of the lab's codecs: it takes a frame off the wire and says the first thing in its tunnel headers that the RFC (or
/// RFC 791 and 768 below it) does not allow. Offsets and numbers are the RFCs', written out.
/// </summary>
internal static class StrictGeneve
{
    private const ushort LabClass = 0x0111;

    /// <summary>Null: nothing to complain of.</summary>
    public static string? Complaint(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 14 + 20 + 8 + 8 || Word(frame, 12) != 0x0800)
        {
            return "no IPv4 frame that could have Geneve in it";
        }
        ReadOnlySpan<byte> ip = frame[14..];
        if (ip[0] != 0x45 || Word(ip, 2) != ip.Length || ip[9] != 17 || Sum(ip[..20]) != 0xFFFF)
        {
            return string.Create(CultureInfo.InvariantCulture, $"IPv4: {ip[0]:x2}, length {Word(ip, 2)} of {ip.Length}, protocol {ip[9]}, sum {Sum(ip[..20]):x4}");
        }
        if ((ip[6] & 0xBF) != 0 || ip[7] != 0)
        {
            return "the tunnelled packet is a fragment";
        }
        ReadOnlySpan<byte> udp = ip[20..];
        if (Word(udp, 2) != 6081 || Word(udp, 4) != udp.Length || Word(udp, 6) != 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"UDP: to {Word(udp, 2)}, length {Word(udp, 4)} of {udp.Length}, checksum {Word(udp, 6)}");
        }
        return Word(udp, 0) < 49152 ? $"source port {Word(udp, 0)} is not of the dynamic range (§3.3)" : Header(udp[8..]);
    }

    /// <summary>§3.4.</summary>
    private static string? Header(ReadOnlySpan<byte> geneve)
    {
        int options = (geneve[0] & 0x3F) * 4;
        if (geneve[0] >> 6 != 0)
        {
            return $"version {geneve[0] >> 6}";
        }
        if ((geneve[1] & 0x3F) != 0 || geneve[7] != 0)
        {
            return "a reserved field is not zero";
        }
        if ((geneve[1] & 0x80) != 0)
        {
            return "a control packet";
        }
        if (Word(geneve, 2) != 0x6558)
        {
            return $"protocol {Word(geneve, 2):x4}";
        }
        if (geneve.Length < 8 + options + 14)
        {
            return "the options run into the inner frame's end";
        }
        return Options(geneve.Slice(8, options), (geneve[1] & 0x40) != 0);
    }

    /// <summary>§3.5.</summary>
    private static string? Options(ReadOnlySpan<byte> options, bool saysCritical)
    {
        bool critical = false;
        SortedSet<int> seen = [];
        while (!options.IsEmpty)
        {
            if (options.Length < 4 || options.Length < 4 + ((options[3] & 0x1F) * 4))
            {
                return "an option runs over the end";
            }
            if (options[3] >> 5 != 0)
            {
                return "an option's reserved bits are not zero";
            }
            int type = options[2], words = options[3] & 0x1F;
            if (Word(options, 0) != LabClass)
            {
                return $"class {Word(options, 0):x4}";
            }
            if (words != (type & 0x7F) switch { 0x48 => 3, 0x49 => 7, 0x50 or 0x51 => 1, _ => -1 })
            {
                return $"type {type:x2} of {words} words";
            }
            if (!seen.Add(type & 0x7F))
            {
                return $"type {type:x2} twice";
            }
            critical |= (type & 0x80) != 0;
            options = options[(4 + (words * 4))..];
        }
        return critical == saysCritical ? null : "the C bit does not say whether there is a critical option";
    }

    private static int Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static int Sum(ReadOnlySpan<byte> header)
    {
        int sum = 0;
        for (int at = 0; at < header.Length; at += 2)
        {
            sum += Word(header, at);
        }
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (sum & 0xFFFF) + (sum >> 16);
    }
}
