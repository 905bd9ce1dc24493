using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The stage program of a scaled endpoint at its bouncer (§3.9.1): it chooses a backend and sends the packet back to the client's host, which is
/// to make the choice stick (<see cref="Modify"/>). Where client and bouncer are one droplet it does that itself (<see cref="ScaledEndpointInline"/>).
/// </summary>
/// <remarks>
/// Transit tail-called it, so it reads the frame anew, and what it answers is final. It does not look at the inner EtherType: ARP to a scaled endpoint
/// that is not answered is read as IPv4, unless <see cref="Switches.InnerType"/>.
/// </remarks>
internal static class ScaledEndpoint
{
    public static ProgramResult Run(ref TransitFrame transit)
    {
        DropletTables tables = transit.Tables;
        Span<byte> inner = transit.Inner;
        bool arp = Wire.Read16(inner, Wire.Ethernet.Type) == (ushort)EtherType.Arp;
        if (arp && tables.Settings.Has(Switches.InnerType))
        {
            return Answer.Drop(Reason.ArpUnanswered);
        }
        if ((IpProtocol)inner[Wire.Ethernet.Length + Wire.Ipv4.Protocol] is not (IpProtocol.Icmp or IpProtocol.Tcp or IpProtocol.Udp))
        {
            return Answer.Drop(Reason.ScaledProtocol);
        }
        if (!InnerPacket.TryRead(inner[Wire.Ethernet.Length..], transit.InnerBytes - Wire.Ethernet.Length, tables.Settings, out InnerPacket packet, out _, isSound: !arp))
        {
            return Answer.Aborted(Reason.ScaledShort);
        }
        if (packet.LacksPorts)
        {
            return Answer.Drop(Reason.InnerFragment);
        }
        EndpointKey service = new(transit.Vni, packet.Flow.Destination);
        if (!tables.ServicePorts.TryGet(new ServicePortKey(service, packet.Flow.DestinationPort, packet.Flow.Protocol), out ushort port))
        {
            return Answer.Drop(Reason.ScaledNoPort);
        }
        if (!tables.Endpoints.TryGet(in service, out EndpointValue endpoint))
        {
            return Answer.Aborted(Reason.ScaledUnknown);
        }
        if (arp)
        {
            return Answer.Drop(Reason.ScaledProtocol);
        }
        return endpoint.Remotes.Count == 0
            ? Answer.Drop(Reason.ScaledNoBackend)
            : Send(ref transit, in packet, endpoint.Remotes, port);
    }

    private static ProgramResult Send(ref TransitFrame transit, in InnerPacket packet, in AddressList backends, ushort port)
    {
        Span<byte> head = transit.Head;
        Span<byte> inner = transit.Inner;
        DataPlaneSettings settings = transit.Tables.Settings;
        NatValue target = new(
            packet.Flow.Source,
            ListPick.Pick(settings, in backends, ListTier.Backend, MizarHash.OfClient(packet.Flow.Source, packet.Flow.SourcePort)),
            packet.Flow.SourcePort,
            port,
            MacAddress.Read(inner[Wire.Ethernet.Source..]),
            MacAddress.Read(inner[Wire.Ethernet.Destination..]));
        RtsOption.ResetTurned(head, settings);
        ReadOnlySpan<byte> ip = head.Slice(Wire.Outer.Ip, Wire.Ipv4.Length);
        if (ip.Slice(Wire.Ipv4.Source, 4).SequenceEqual(ip.Slice(Wire.Ipv4.Destination, 4)))
        {
            return ScaledEndpointInline.Run(ref transit, in packet, in target);
        }
        ScaledOption.Write(head, in target);
        return OuterHeader.Return(head, settings, Reason.ToClientHost);
    }
}
