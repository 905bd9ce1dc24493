using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// ICMP errors about an endpoint's packet, from its network's gateway, so that traceroute shows the one hop a packet between networks makes, and path MTU
/// discovery works. Upstream sends none (§8.1 P17, §2.7). The agent answers its endpoint at once; a transit sends the error back to whom the frame
/// came from, in the same tunnel.
/// </summary>
internal static class IcmpErrors
{
    /// <summary>Bytes of the offending packet an error quotes: a plain header and eight more (RFC 792).</summary>
    private const int Quoted = Wire.Ipv4.Length + 8;

    /// <summary>Bytes of a whole error, from its Ethernet header on.</summary>
    public const int FrameLength = Wire.Ethernet.Length + Wire.Ipv4.Length + Wire.Icmp.Length + Quoted;

    private const byte Ttl = 64;

    /// <summary>At transit: the packet would change network and has no TTL left.</summary>
    public static ProgramResult TimeExceeded(ref TransitFrame transit)
    {
        DropletTables tables = transit.Tables;
        if (!tables.Settings.Has(Switches.IcmpErrors) || !transit.HasUsualOptions || !MayBeAbout(transit.Inner, out Ipv4Address source))
        {
            return Answer.Drop(Reason.InnerTtlExpired);
        }
        Ipv4Address offender = transit.Sent.SourceOr(source);
        if (!tables.Networks.TryMatch(transit.Vni, offender, out NetworkValue network) || network.Gateway == Ipv4Address.Any)
        {
            return Answer.Drop(Reason.InnerTtlExpired);
        }

        // A bouncer or divider on the sender's own droplet: its agent handed us the frame, and there is nobody on the wire to send it back to.
        bool fromHere = transit.OuterSource == tables.Interface.Value.Address;
        EndpointValue sender = default;
        if (fromHere && !(tables.Endpoints.TryGet(new EndpointKey(transit.Vni, offender), out sender) && sender.IsHosted))
        {
            return Answer.Drop(Reason.InnerTtlExpired);
        }
        if (!tables.ErrorLimit.TryTake(tables.Now, tables.Settings.IcmpErrorsPerSecond))
        {
            return Answer.Drop(Reason.ErrorsLimited);
        }
        transit.SetInnerLength(FrameLength);
        transit.Sent.Restore(transit.Inner);
        Write(transit.Inner, network.Gateway, network.GatewayMac, Wire.Icmp.TimeExceeded, 0, 0);
        if (fromHere)
        {
            if (sender.IsOutside)
            {
                Outside.Disguise(tables, transit.Vni, transit.Inner[Wire.Ethernet.Length..]);
            }
            transit.Decapsulate();
            return Answer.Redirect(tables.Slots, Devmap.Transit, sender.Slot, Reason.IcmpError, Reason.NoEndpointSlot);
        }
        WriteOuter(ref transit);
        return Answer.Tx(Reason.IcmpError);
    }

    /// <summary>At the agent: the packet changes network on the direct path and has no TTL left.</summary>
    public static ProgramResult TimeExceeded(ref AgentFrame run) =>
        ToEndpoint(ref run, Wire.Icmp.TimeExceeded, 0, 0, Reason.InnerTtlExpired);

    /// <summary>At the agent: the packet does not fit the underlay and says that it must not be fragmented.</summary>
    /// <param name="nextHopMtu">IP bytes that do fit.</param>
    public static ProgramResult FragmentationNeeded(ref AgentFrame run, int nextHopMtu) =>
        ToEndpoint(ref run, Wire.Icmp.Unreachable, Wire.Icmp.FragmentationNeededCode, nextHopMtu, Reason.TooBig);

    private static ProgramResult ToEndpoint(ref AgentFrame run, byte type, byte code, int mtu, Reason otherwise)
    {
        DropletTables tables = run.Tables;
        if (!tables.Settings.Has(Switches.IcmpErrors) || run.Config.Gateway == Ipv4Address.Any || !MayBeAbout(run.Head, out _))
        {
            return Answer.Drop(otherwise);
        }
        if (!tables.ErrorLimit.TryTake(tables.Now, tables.Settings.IcmpErrorsPerSecond))
        {
            return Answer.Drop(Reason.ErrorsLimited);
        }
        run.Frame.SetLength(FrameLength);
        run.Reframe();
        run.Sent.Restore(run.Head);
        Write(run.Head, run.Config.Gateway, run.Config.GatewayMac, type, code, mtu);

        // An agent's id is its endpoint's slot.
        return Answer.Redirect(tables.Slots, Devmap.Transit, run.Agent.Value, Reason.IcmpError, Reason.NoEndpointSlot);
    }

    /// <summary>Not about errors, fragments without a header, or packets nobody in particular sent (RFC 1122 §3.2.2).</summary>
    /// <param name="inner">The offending frame from its Ethernet header on.</param>
    private static bool MayBeAbout(ReadOnlySpan<byte> inner, out Ipv4Address offender)
    {
        offender = default;
        if (inner.Length < Wire.Ethernet.Length + Quoted || Wire.Read16(inner, Wire.Ethernet.Type) != (ushort)EtherType.Ipv4)
        {
            return false;
        }
        ReadOnlySpan<byte> ip = inner[Wire.Ethernet.Length..];
        offender = Ipv4Address.Read(ip[Wire.Ipv4.Source..]);
        return ip[Wire.Ipv4.VersionAndLength] == Wire.Ipv4.PlainHeader
            && (Wire.Read16(ip, Wire.Ipv4.Fragment) & Wire.Ipv4.OffsetMask) == 0
            && Wire.Read16(ip, Wire.Ipv4.TotalLength) >= Quoted
            && !GroupAddresses.Has(offender)
            && ((IpProtocol)ip[Wire.Ipv4.Protocol] != IpProtocol.Icmp || ip[Wire.Ipv4.Length] is Wire.Icmp.EchoRequest or Wire.Icmp.EchoReply);
    }

    /// <summary>The error in place of the packet it is about, of which the first bytes are kept.</summary>
    private static void Write(Span<byte> inner, Ipv4Address gateway, MacAddress gatewayMac, byte type, byte code, int mtu)
    {
        Span<byte> ip = inner.Slice(Wire.Ethernet.Length, Wire.Ipv4.Length);
        Span<byte> icmp = inner[(Wire.Ethernet.Length + Wire.Ipv4.Length)..FrameLength];
        Ipv4Address offender = Ipv4Address.Read(ip[Wire.Ipv4.Source..]);
        inner.Slice(Wire.Ethernet.Length, Quoted).CopyTo(icmp[Wire.Icmp.Length..]);

        inner.Slice(Wire.Ethernet.Source, 6).CopyTo(inner[Wire.Ethernet.Destination..]);
        gatewayMac.Write(inner[Wire.Ethernet.Source..]);

        ip.Clear();
        ip[Wire.Ipv4.VersionAndLength] = Wire.Ipv4.PlainHeader;
        Wire.Write16(ip, Wire.Ipv4.TotalLength, FrameLength - Wire.Ethernet.Length);
        Wire.Write16(ip, Wire.Ipv4.Fragment, Wire.Ipv4.DontFragment);
        ip[Wire.Ipv4.Ttl] = Ttl;
        ip[Wire.Ipv4.Protocol] = (byte)IpProtocol.Icmp;
        gateway.Write(ip[Wire.Ipv4.Source..]);
        offender.Write(ip[Wire.Ipv4.Destination..]);
        OuterHeader.WriteChecksum(ip);

        icmp[..Wire.Icmp.Length].Clear();
        icmp[Wire.Icmp.Type] = type;
        icmp[Wire.Icmp.Code] = code;
        Wire.Write16(icmp, Wire.Icmp.NextHopMtu, mtu);
        Wire.Write16(icmp, Wire.Icmp.Checksum, InternetChecksum.Compute(icmp));
    }

    /// <summary>A tunnel of its own back to the sender: whole TTL, no congestion mark, options that say nothing.</summary>
    private static void WriteOuter(ref TransitFrame transit)
    {
        Span<byte> head = transit.Head;
        DataPlaneSettings settings = transit.Settings;
        RtsOption.Reset(head, settings);
        Span<byte> scaled = head.Slice(Wire.Outer.Scaled, Wire.Scaled.Length);
        scaled[Wire.Option.Data..].Clear();
        if (!settings.Has(Switches.StandardOptions))
        {
            scaled[Wire.Option.Type] = 0;
            scaled[Wire.Option.Words] = 0;
        }
        head.Slice(Wire.Outer.PodLabel + Wire.Option.Data, 4).Clear();
        head.Slice(Wire.Outer.NamespaceLabel + Wire.Option.Data, 4).Clear();

        const int congestion = 0x03;
        Span<byte> ip = head.Slice(Wire.Outer.Ip, Wire.Ipv4.Length);
        int datagram = Wire.Overhead - Wire.Outer.Udp + FrameLength;
        ip[Wire.Ipv4.Tos] &= unchecked((byte)~congestion);
        Wire.Write16(ip, Wire.Ipv4.TotalLength, Wire.Ipv4.Length + datagram);
        Wire.Write16(ip, Wire.Ipv4.Fragment, settings.Has(Switches.CarryEcnDf) ? Wire.Ipv4.DontFragment : 0);
        Wire.Write16(head, Wire.Outer.Udp + Wire.Udp.DatagramLength, datagram);
        ip[Wire.Ipv4.Ttl] = Ttl + 1;
        OuterHeader.TurnBack(head);
    }
}
