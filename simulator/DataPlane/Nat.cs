using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The client host's part of a scaled endpoint (§3.9.3 to §3.9.5): two caches, written when the endpoint's bouncer says how a flow is to be
/// modified, and used from then on. The agent makes the service's address the backend's on the way out (§3.2 row 5d), transit makes it the service's
/// again on the way in (§3.6 row 4).
/// </summary>
internal static class Nat
{
    /// <summary>Where a flow's entry lies. Upstream's key has no VNI (§8.1 P9), so one tenant's entry rewrites another's packets.</summary>
    public static NatKey KeyOf(DropletTables tables, Vni vni, in FlowKey flow) =>
        new(tables.Settings.Has(Switches.VniInNatKeys) ? vni : default, flow);

    /// <summary>
    /// Forward NAT at the agent, of TCP and UDP alone (§3.2 row 5d): the frame goes to the backend, under the destination MAC the client used for the service.
    /// </summary>
    /// <param name="frame">The endpoint's frame, from Ethernet on.</param>
    /// <param name="packet">The packet in it; made what it becomes.</param>
    /// <param name="sent">Keeps the frame's head as it was.</param>
    /// <returns>Whether there was an entry.</returns>
    public static bool Forward(DropletTables tables, Vni vni, Span<byte> frame, ref InnerPacket packet, ref AsSent sent)
    {
        if (!HasPorts(in packet) || !NatCache.TryUse(tables, NatDirection.Forward, KeyOf(tables, vni, packet.Flow), in packet, out NatValue target))
        {
            return false;
        }
        sent.Keep(frame);
        target.DestinationMac.Write(frame[Wire.Ethernet.Destination..]);
        packet = Rewrite(frame[Wire.Ethernet.Length..], in packet, in target, ports: true, tables.Settings);
        return true;
    }

    /// <summary>
    /// Reverse NAT at transit (§3.6 row 4), of any protocol and on any hop that has the entry: the reply is the service's again, source MAC and all.
    /// </summary>
    /// <param name="frame">The inner frame, from Ethernet on.</param>
    /// <param name="packet">The packet in it; made what it becomes.</param>
    /// <param name="sent">Keeps the frame's head as it was.</param>
    public static void Reverse(DropletTables tables, Vni vni, Span<byte> frame, ref InnerPacket packet, ref AsSent sent)
    {
        if (!NatCache.TryUse(tables, NatDirection.Reverse, KeyOf(tables, vni, packet.Flow), in packet, out NatValue target))
        {
            return;
        }
        sent.Keep(frame);
        target.SourceMac.Write(frame[Wire.Ethernet.Source..]);
        packet = Rewrite(frame[Wire.Ethernet.Length..], in packet, in target, ports: true, tables.Settings);
    }

    /// <summary>
    /// Keeps how a flow is modified, and how its replies are made the service's again.
    /// </summary>
    /// <param name="packet">The client's packet, still to the service.</param>
    /// <param name="frame">The frame it is in, from Ethernet on.</param>
    /// <param name="target">What the client's packets become.</param>
    public static void Keep(DropletTables tables, Vni vni, ReadOnlySpan<byte> frame, in InnerPacket packet, in NatValue target)
    {
        FlowKey flow = packet.Flow;
        FlowKey replies = new(target.Destination, target.Source, target.DestinationPort, target.SourcePort, flow.Protocol);
        NatValue service = new(
            flow.Destination,
            flow.Source,
            flow.DestinationPort,
            flow.SourcePort,
            MacAddress.Read(frame[Wire.Ethernet.Destination..]),
            MacAddress.Read(frame[Wire.Ethernet.Source..]));
        NatCache.Put(tables, NatDirection.Forward, KeyOf(tables, vni, flow), in packet, in target);
        NatCache.Put(tables, NatDirection.Reverse, KeyOf(tables, vni, replies), in packet, in service);
    }

    /// <summary>
    /// Writes what the packet becomes; answers that. Checksums of TCP and UDP change field by field in upstream's order, destination port first; that
    /// of IPv4 is taken over 20 bytes, whatever the header's length, which <see cref="Switches.RealHeaderLength"/> makes an update too.
    /// </summary>
    /// <param name="ip">From the IPv4 header on.</param>
    /// <param name="ports">Whether the ports are rewritten too, of a protocol that has them.</param>
    public static InnerPacket Rewrite(Span<byte> ip, in InnerPacket packet, in NatValue target, bool ports, DataPlaneSettings settings)
    {
        FlowKey old = packet.Flow;
        FlowKey flow = old with { Source = target.Source, Destination = target.Destination };
        if (HasPorts(in packet))
        {
            if (ports)
            {
                flow = flow with { SourcePort = target.SourcePort, DestinationPort = target.DestinationPort };
            }
            Span<byte> transport = ip[packet.TransportAt..];
            Wire.Write16(transport, Wire.Ports.Source, flow.SourcePort);
            Wire.Write16(transport, Wire.Ports.Destination, flow.DestinationPort);
            UpdateTransport(transport, in old, in flow, settings);
        }
        flow.Source.Write(ip[Wire.Ipv4.Source..]);
        flow.Destination.Write(ip[Wire.Ipv4.Destination..]);
        if (settings.Has(Switches.RealHeaderLength))
        {
            ushort checksum = Wire.Read16(ip, Wire.Ipv4.Checksum);
            checksum = InternetChecksum.UpdateAsUpstream(checksum, old.Source, flow.Source);
            Wire.Write16(ip, Wire.Ipv4.Checksum, InternetChecksum.UpdateAsUpstream(checksum, old.Destination, flow.Destination));
        }
        else
        {
            OuterHeader.WriteChecksum(ip[..Wire.Ipv4.Length]);
        }
        return packet with { Flow = flow };
    }

    /// <summary>
    /// Upstream takes a UDP checksum of 0 for a sum, and leaves one that becomes 0 (§8.1 P10). With <see cref="Switches.Checksums"/> 0 stays "none",
    /// and 0xFFFF is written for a sum of 0.
    /// </summary>
    private static void UpdateTransport(Span<byte> transport, in FlowKey old, in FlowKey flow, DataPlaneSettings settings)
    {
        int at = flow.Protocol == IpProtocol.Tcp ? Wire.Tcp.Checksum : Wire.Udp.Checksum;
        bool careful = settings.Has(Switches.Checksums) && flow.Protocol == IpProtocol.Udp;
        ushort checksum = Wire.Read16(transport, at);
        if (careful && checksum == 0)
        {
            return;
        }
        checksum = InternetChecksum.UpdateAsUpstream(checksum, old.DestinationPort, flow.DestinationPort);
        checksum = InternetChecksum.UpdateAsUpstream(checksum, old.SourcePort, flow.SourcePort);
        checksum = InternetChecksum.UpdateAsUpstream(checksum, old.Source, flow.Source);
        checksum = InternetChecksum.UpdateAsUpstream(checksum, old.Destination, flow.Destination);
        Wire.Write16(transport, at, careful && checksum == 0 ? ushort.MaxValue : checksum);
    }

    /// <summary>SCTP has ports too, but its checksum is over all of the packet: NAT leaves them alone.</summary>
    private static bool HasPorts(in InnerPacket packet) => packet.HasPorts && packet.Flow.Protocol is IpProtocol.Tcp or IpProtocol.Udp;
}
