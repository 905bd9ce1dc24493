using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The transport header of an endpoint's packet, as both programs read it: 20 bytes behind the start of the IPv4 header, also behind options and in later fragments.</summary>
internal static class Transport
{
    /// <summary>Whether the ports can be read: a whole TCP or UDP header is there; any other protocol has none (§3.2 row 4, §3.6 row 1).</summary>
    /// <param name="ip">From the IPv4 header on; at least 20 bytes.</param>
    public static bool IsWhole(ReadOnlySpan<byte> ip) => (IpProtocol)ip[Wire.Ipv4.Protocol] switch
    {
        IpProtocol.Tcp => ip.Length >= Wire.Ipv4.Length + Wire.Tcp.Length,
        IpProtocol.Udp => ip.Length >= Wire.Ipv4.Length + Wire.Udp.Length,
        _ => true,
    };
}
