using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// A frame for a network's gateway, at a bouncer. The gateway is an address without a machine: upstream sends its frames to the entry's remote, which is a
/// bouncer, over and over, and it cannot be pinged (§8.1 P25). With <see cref="Switches.GatewayAnswers"/> it answers echo requests, and nothing else.
/// </summary>
internal static class GatewayFunction
{
    public static ProgramResult Run(ref TransitFrame transit, scoped in EndpointView gateway, Ipv4Address source, Ipv4Address destination)
    {
        Span<byte> inner = transit.Inner;
        if (!transit.IsIpv4 || !IsWholeEcho(inner))
        {
            return Answer.Drop(Reason.NoRemote);
        }
        WriteReply(inner, gateway.Mac);
        RtsOption.Reset(transit.Head, transit.Settings);
        return SwitchFunction.Run(ref transit, destination, source, destination);
    }

    /// <summary>An echo request with a plain header and in one piece.</summary>
    public static bool IsWholeEcho(ReadOnlySpan<byte> inner)
    {
        if (inner.Length < Wire.Ethernet.Length + Wire.Ipv4.Length + Wire.Icmp.Length)
        {
            return false;
        }
        ReadOnlySpan<byte> ip = inner[Wire.Ethernet.Length..];
        return ip[Wire.Ipv4.VersionAndLength] == Wire.Ipv4.PlainHeader
            && (IpProtocol)ip[Wire.Ipv4.Protocol] == IpProtocol.Icmp
            && (Wire.Read16(ip, Wire.Ipv4.Fragment) & Wire.Ipv4.FragmentMask) == 0
            && ip[Wire.Ipv4.Length + Wire.Icmp.Type] == Wire.Icmp.EchoRequest
            && ip[Wire.Ipv4.Length + Wire.Icmp.Code] == 0;
    }

    /// <summary>Type, TTL and whose it is; a request whose checksum is wrong becomes a reply whose checksum is.</summary>
    private static void WriteReply(Span<byte> inner, MacAddress gateway)
    {
        const byte ttl = 64;
        inner.Slice(Wire.Ethernet.Source, 6).CopyTo(inner[Wire.Ethernet.Destination..]);
        gateway.Write(inner[Wire.Ethernet.Source..]);

        Span<byte> ip = inner[Wire.Ethernet.Length..];
        Ipv4Address requester = Ipv4Address.Read(ip[Wire.Ipv4.Source..]);
        ip.Slice(Wire.Ipv4.Destination, 4).CopyTo(ip[Wire.Ipv4.Source..]);
        requester.Write(ip[Wire.Ipv4.Destination..]);
        InnerTtl.Set(ip, ttl);

        Span<byte> icmp = ip[Wire.Ipv4.Length..];
        const ushort request = Wire.Icmp.EchoRequest << 8, reply = Wire.Icmp.EchoReply << 8;
        icmp[Wire.Icmp.Type] = Wire.Icmp.EchoReply;
        Wire.Write16(icmp, Wire.Icmp.Checksum, InternetChecksum.Update(Wire.Read16(icmp, Wire.Icmp.Checksum), request, reply));
    }
}
