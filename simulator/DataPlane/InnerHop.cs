using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The overlay's own hop (<see cref="Switches.InnerTtl"/>): an inner packet that changes network loses one of its TTL, as at any router.</summary>
internal static class InnerHop
{
    /// <summary>Takes one off, the checksum incrementally. False, and nothing changed, when there is none to take: the packet ends here.</summary>
    /// <param name="ip">From the inner IPv4 header on.</param>
    public static bool TryTake(Span<byte> ip)
    {
        if (ip[Wire.Ipv4.Ttl] <= 1)
        {
            return false;
        }
        ushort before = Wire.Read16(ip, Wire.Ipv4.Ttl);
        ip[Wire.Ipv4.Ttl]--;
        Wire.Write16(ip, Wire.Ipv4.Checksum, InternetChecksum.Update(Wire.Read16(ip, Wire.Ipv4.Checksum), before, Wire.Read16(ip, Wire.Ipv4.Ttl)));
        return true;
    }
}
