namespace MizarLab.Tests.DataPlane;

/// <summary>
/// A reader of tunnelled frames that believes nothing: RFC 791, 768, 793, 792, 9260, 826 and 8926, byte by byte. It shares no code with what it judges.
/// </summary>
internal static class WellFormedness
{
    /// <summary>Whether everything from the outer Ethernet header to the inner transport header is what it says it is.</summary>
    public static bool IsTunnel(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 42 || (frame[0] & 1) != 0 || Number(frame, 12) != 0x0800)
        {
            return false;
        }
        ReadOnlySpan<byte> ip = frame[14..];
        if (ip[0] != 0x45 || !IsHeader(ip, ip.Length) || (Number(ip, 6) & 0x3FFF) != 0 || ip[9] != 17)
        {
            return false;
        }
        ReadOnlySpan<byte> udp = ip[20..Number(ip, 2)];
        if (udp.Length < 16 || Number(udp, 4) != udp.Length || Number(udp, 2) != 6081 || Number(udp, 6) != 0)
        {
            return false;
        }
        ReadOnlySpan<byte> geneve = udp[8..];
        int options = (geneve[0] & 0x3F) * 4;
        bool vpc = (geneve[4] | geneve[5] | geneve[6]) != 0;
        return geneve[0] >> 6 == 0 && (geneve[1] & 0x80) == 0 && vpc && Number(geneve, 2) == 0x6558
            && geneve.Length >= 8 + options + 14
            && AreOptions(geneve.Slice(8, options), critical: (geneve[1] & 0x40) != 0)
            && IsInner(geneve[(8 + options)..]);
    }

    /// <summary>Options walked as RFC 8926 says; a critical one exactly when the header says that there is one.</summary>
    private static bool AreOptions(ReadOnlySpan<byte> options, bool critical)
    {
        bool found = false;
        while (options.Length > 0)
        {
            if (options.Length < 4)
            {
                return false;
            }
            found |= (options[2] & 0x80) != 0;
            int length = 4 + ((options[3] & 0x1F) * 4);
            if (length > options.Length)
            {
                return false;
            }
            options = options[length..];
        }
        return found == critical;
    }

    private static bool IsInner(ReadOnlySpan<byte> ethernet)
    {
        ReadOnlySpan<byte> payload = ethernet[14..];
        return Number(ethernet, 12) switch
        {
            0x0806 => payload.Length >= 28 && payload[..6].SequenceEqual((ReadOnlySpan<byte>)[0, 1, 8, 0, 6, 4]) && Number(payload, 6) is 1 or 2,
            0x0800 => IsIpv4(payload),
            _ => false,
        };
    }

    private static bool IsIpv4(ReadOnlySpan<byte> ip)
    {
        if (ip.Length < 20 || !IsHeader(ip, ip.Length) || ip[8] == 0 || ip[12] == 0 || ip[12] >> 4 == 14)
        {
            return false;
        }
        int header = (ip[0] & 15) * 4;
        ReadOnlySpan<byte> segment = ip[header..Number(ip, 2)];
        if ((Number(ip, 6) & 0x1FFF) != 0)
        {
            return true;
        }
        bool whole = (Number(ip, 6) & 0x2000) == 0;
        return ip[9] switch
        {
            1 => segment.Length >= 8,
            6 => segment.Length >= 20 && segment[12] >> 4 >= 5 && (!whole || (segment[12] >> 4) * 4 <= segment.Length),
            17 => segment.Length >= 8 && Number(segment, 4) >= 8 && (!whole || Number(segment, 4) == segment.Length),
            132 => segment.Length >= 12,
            _ => true,
        };
    }

    /// <summary>Version, lengths and checksum of an IPv4 header of which at least 20 bytes are there.</summary>
    private static bool IsHeader(ReadOnlySpan<byte> ip, int bytes)
    {
        int header = (ip[0] & 15) * 4, total = Number(ip, 2);
        if (ip[0] >> 4 != 4 || header < 20 || header > total || total > bytes)
        {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < header; i += 2)
        {
            sum += Number(ip, i);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return sum == 0xFFFF;
    }

    private static int Number(ReadOnlySpan<byte> bytes, int at) => bytes[at] << 8 | bytes[at + 1];
}
