using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>What a translator reads of a packet, and how it writes it.</summary>
internal static class TranslatedPacket
{
    /// <summary>Bytes of the packet an ICMP error speaks of that are needed: a plain header and the eight behind it.</summary>
    private const int Quoted = Wire.Ipv4.Length + Icmp;

    private const int Icmp = Wire.Icmp.Length;
    private const int IcmpIdentifier = 4;
    private const byte ParameterProblem = 12;

    /// <summary>
    /// The session a packet belongs to: of TCP and UDP its addresses and ports, of an echo its identifier in the requester's place. No other packet can share an
    /// address with others.
    /// </summary>
    /// <param name="ip">From the IPv4 header on, as much as the window has.</param>
    /// <param name="opens">Whether it may be a session's first.</param>
    public static bool TryReadSession(ReadOnlySpan<byte> ip, in InnerPacket packet, out FlowKey session, out bool opens)
    {
        (session, opens) = (packet.Flow, true);
        if (packet.HasPorts && packet.Flow.Protocol is IpProtocol.Tcp or IpProtocol.Udp)
        {
            return true;
        }
        if (packet.Flow.Protocol != IpProtocol.Icmp || ip.Length < packet.TransportAt + Icmp)
        {
            return false;
        }
        ReadOnlySpan<byte> icmp = ip[packet.TransportAt..];
        opens = icmp[Wire.Icmp.Type] == Wire.Icmp.EchoRequest;
        session = OfEcho(packet.Flow, icmp);
        return IsEcho(icmp[Wire.Icmp.Type]);
    }

    /// <summary>The session of the packet an ICMP error speaks of, as that packet went. It must have been the error's receiver's.</summary>
    /// <param name="quoted">Where it begins, from the IPv4 header of the error on.</param>
    public static bool TryReadQuoted(ReadOnlySpan<byte> ip, in InnerPacket packet, out int quoted, out FlowKey session)
    {
        quoted = packet.TransportAt + Icmp;
        session = default;
        if (packet.Flow.Protocol != IpProtocol.Icmp
            || ip.Length < quoted + Quoted
            || ip[packet.TransportAt + Wire.Icmp.Type] is not (Wire.Icmp.Unreachable or Wire.Icmp.TimeExceeded or ParameterProblem))
        {
            return false;
        }
        ReadOnlySpan<byte> about = ip[quoted..];
        IpProtocol protocol = (IpProtocol)about[Wire.Ipv4.Protocol];
        session = new FlowKey(
            Ipv4Address.Read(about[Wire.Ipv4.Source..]),
            Ipv4Address.Read(about[Wire.Ipv4.Destination..]),
            Wire.Read16(about, Wire.Ipv4.Length + Wire.Ports.Source),
            Wire.Read16(about, Wire.Ipv4.Length + Wire.Ports.Destination),
            protocol);
        if (about[Wire.Ipv4.VersionAndLength] != Wire.Ipv4.PlainHeader
            || (Wire.Read16(about, Wire.Ipv4.Fragment) & Wire.Ipv4.OffsetMask) != 0
            || session.Source != packet.Flow.Destination)
        {
            return false;
        }
        if (protocol is IpProtocol.Tcp or IpProtocol.Udp)
        {
            return true;
        }
        ReadOnlySpan<byte> icmp = about[Wire.Ipv4.Length..];
        session = OfEcho(session, icmp);
        return protocol == IpProtocol.Icmp && IsEcho(icmp[Wire.Icmp.Type]);
    }

    /// <summary>Makes a packet another session's. Checksums change by the difference (RFC 1624): what was wrong stays wrong; UDP's 0 stays "none", and 0 is sent as 0xFFFF.</summary>
    /// <param name="ip">From the IPv4 header on.</param>
    /// <param name="transportAt">Where what is behind the header begins.</param>
    /// <returns>The difference of all that was written, as a sum of words: what is about this packet takes it into its own checksum.</returns>
    public static ulong Rewrite(Span<byte> ip, int transportAt, in FlowKey from, in FlowKey to)
    {
        ulong addresses = RewriteAddresses(ip, in from, in to, out ulong header);
        Span<byte> transport = ip[transportAt..];
        if (from.Protocol == IpProtocol.Icmp)
        {
            ushort identifier = transport[Wire.Icmp.Type] == Wire.Icmp.EchoRequest ? to.SourcePort : to.DestinationPort;
            ulong echo = Change(Wire.Read16(transport, IcmpIdentifier), identifier);
            Wire.Write16(transport, IcmpIdentifier, identifier);
            return header + echo + Update(transport, Wire.Icmp.Checksum, echo, careful: false);
        }
        ulong ports = Change(from.SourcePort, to.SourcePort) + Change(from.DestinationPort, to.DestinationPort);
        Wire.Write16(transport, Wire.Ports.Source, to.SourcePort);
        Wire.Write16(transport, Wire.Ports.Destination, to.DestinationPort);
        bool tcp = from.Protocol == IpProtocol.Tcp;
        int at = tcp ? Wire.Tcp.Checksum : Wire.Udp.Checksum;
        ulong sum = transport.Length < at + 2 ? 0 : Update(transport, at, addresses + ports, careful: !tcp);
        return header + ports + sum;
    }

    /// <summary>Makes an ICMP error one about the packet as its receiver sent it.</summary>
    /// <param name="outer">The error's addresses before and after.</param>
    public static void RewriteError(Span<byte> ip, int quoted, in FlowKey outer, in FlowKey outerTo, in FlowKey from, in FlowKey to)
    {
        ulong difference = Rewrite(ip[quoted..], Wire.Ipv4.Length, in from, in to);
        Update(ip[(quoted - Icmp)..], Wire.Icmp.Checksum, difference, careful: false);
        RewriteAddresses(ip, in outer, in outerTo, out _);
    }

    private static ulong RewriteAddresses(Span<byte> ip, in FlowKey from, in FlowKey to, out ulong header)
    {
        ulong addresses = Change(from.Source, to.Source) + Change(from.Destination, to.Destination);
        to.Source.Write(ip[Wire.Ipv4.Source..]);
        to.Destination.Write(ip[Wire.Ipv4.Destination..]);
        header = addresses + Update(ip, Wire.Ipv4.Checksum, addresses, careful: false);
        return addresses;
    }

    /// <summary>Takes a difference into a checksum; answers the checksum's own.</summary>
    private static ulong Update(Span<byte> bytes, int at, ulong difference, bool careful)
    {
        ushort old = Wire.Read16(bytes, at);
        if (careful && old == 0)
        {
            return 0;
        }
        ushort updated = InternetChecksum.Finish((ushort)~old + difference);
        if (careful && updated == 0)
        {
            updated = ushort.MaxValue;
        }
        Wire.Write16(bytes, at, updated);
        return Change(old, updated);
    }

    /// <summary>One field's share; none when it stays, for then 0xFFFF stays too.</summary>
    private static ulong Change(ushort old, ushort replacement) => old == replacement ? 0 : (ulong)(ushort)~old + replacement;

    private static ulong Change(Ipv4Address old, Ipv4Address replacement) => old == replacement ? 0 : (ulong)~old.Value + replacement.Value;

    private static bool IsEcho(byte type) => type is Wire.Icmp.EchoRequest or Wire.Icmp.EchoReply;

    private static FlowKey OfEcho(in FlowKey flow, ReadOnlySpan<byte> icmp)
    {
        ushort identifier = Wire.Read16(icmp, IcmpIdentifier);
        return icmp[Wire.Icmp.Type] == Wire.Icmp.EchoRequest
            ? flow with { SourcePort = identifier, DestinationPort = 0 }
            : flow with { SourcePort = 0, DestinationPort = identifier };
    }
}
