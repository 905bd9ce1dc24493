using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The endpoints' TTL. Upstream never touches it, so a network function or a loop between networks is not seen by it (§8.1 P17); with
/// <see cref="Switches.InnerTtl"/> it falls by one exactly where a packet changes network: at the divider, at a bouncer or host that knows the
/// destination (the packet is addressed to another MAC than the destination's: the gateway's), at the agent on a direct path.
/// </summary>
internal static class InnerTtl
{
    /// <summary>The packet changes network here, if it has not yet and is one of IPv4.</summary>
    /// <param name="ended">What became of it when its TTL is used up.</param>
    public static bool TryChangeNetwork(ref TransitFrame transit, out ProgramResult ended)
    {
        ended = default;
        if (!transit.Settings.Has(Switches.InnerTtl) || !transit.IsIpv4 || transit.HasFlag(RtsFlags.Routed))
        {
            return true;
        }
        Span<byte> ip = transit.Inner[Wire.Ethernet.Length..];
        if (ip[Wire.Ipv4.Ttl] <= 1)
        {
            ended = IcmpErrors.TimeExceeded(ref transit);
            return false;
        }
        TakeOne(ip);
        transit.AddFlag(RtsFlags.Routed);
        return true;
    }

    /// <summary>One less, and the checksum by the difference (RFC 1624): a header that was wrong stays wrong.</summary>
    public static void TakeOne(Span<byte> ip) => Set(ip, (byte)(ip[Wire.Ipv4.Ttl] - 1));

    public static void Set(Span<byte> ip, byte ttl)
    {
        ushort before = Wire.Read16(ip, Wire.Ipv4.Ttl);
        ushort checksum = Wire.Read16(ip, Wire.Ipv4.Checksum);
        ip[Wire.Ipv4.Ttl] = ttl;
        Wire.Write16(ip, Wire.Ipv4.Checksum, InternetChecksum.Update(checksum, before, Wire.Read16(ip, Wire.Ipv4.Ttl)));
    }
}
