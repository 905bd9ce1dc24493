using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The scaled endpoint's stage where the client lives on the bouncer's own droplet (§3.9.2): a frame to the client's host would be one to itself, so the
/// stage does what <see cref="Modify"/> does there, and sends the packet on by a copy of the switch and router functions that neither uses nor teaches the
/// direct path. Entries it stored stay, also when the packet is then dropped.
/// </summary>
internal static class ScaledEndpointInline
{
    public static ProgramResult Run(ref TransitFrame transit, in InnerPacket packet, in NatValue target)
    {
        DropletTables tables = transit.Tables;
        Span<byte> inner = transit.Inner;
        Nat.Keep(tables, transit.Vni, inner, in packet, in target);

        // Upstream leaves the port as it is, so the first packet reaches the backend under the service's port (§8.1 P11).
        InnerPacket sent = Nat.Rewrite(inner[Wire.Ethernet.Length..], in packet, in target, tables.Settings.Has(Switches.InlinePort), tables.Settings);
        if (tables.Endpoints.TryGet(new EndpointKey(transit.Vni, packet.Flow.Source), out EndpointValue client))
        {
            // As it is from the second packet on, with the backend's port.
            FlowKey later = packet.HasPorts ? sent.Flow with { SourcePort = target.SourcePort, DestinationPort = target.DestinationPort } : sent.Flow;
            ConnectionTracking.Translated(tables, client.HasEgressPolicy || client.HasIngressPolicy, transit.Vni, in packet, in later);
        }
        ScaledOption.Reset(transit.Head, tables.Settings);
        return tables.Endpoints.TryGet(new EndpointKey(transit.Vni, sent.Flow.Destination), out EndpointValue backend)
            ? Switch(ref transit, in backend)
            : Route(ref transit, sent.Flow.Source, sent.Flow.Destination);
    }

    private static ProgramResult Switch(ref TransitFrame transit, in EndpointValue backend)
    {
        if (MacAddress.Read(transit.Inner) != backend.Mac && !TryChangeNetwork(ref transit))
        {
            return Answer.Drop(Reason.InnerTtlExpired);
        }
        backend.Mac.Write(transit.Inner[Wire.Ethernet.Destination..]);
        if (backend.IsHosted)
        {
            return Delivery.Run(ref transit, backend.Slot, backend.IsProxied);
        }
        if (backend.Type == EndpointType.Scaled)
        {
            return Answer.Drop(Reason.ScaledBackend);
        }
        return backend.Remotes.Count == 0
            ? Answer.Drop(Reason.NoRemote)
            : Forward(ref transit, backend.Remotes[0], Reason.ToHost);
    }

    private static ProgramResult Route(ref TransitFrame transit, Ipv4Address source, Ipv4Address destination)
    {
        DropletTables tables = transit.Tables;
        bool routed = tables.Networks.TryMatch(transit.Vni, destination, out NetworkValue network);
        AddressList next = network.Bouncers;
        if (!routed && !tables.Vpcs.TryGet(transit.Vni, out next))
        {
            return Answer.Drop(Reason.NoVpc);
        }
        if (routed && !TryChangeNetwork(ref transit))
        {
            return Answer.Drop(Reason.InnerTtlExpired);
        }
        if (routed)
        {
            transit.AddFlag(RtsFlags.Divided);
        }
        uint hash = MizarHash.OfAddresses(source, destination);
        return ListPick.TryPick(tables.Settings, in next, routed ? ListTier.NetworkBouncer : ListTier.Divider, hash, out Ipv4Address picked)
            ? Forward(ref transit, picked, routed ? Reason.NetworkToBouncer : Reason.ToDivider)
            : Answer.Drop(Reason.EmptyList);
    }

    /// <summary><see cref="InnerTtl.TryChangeNetwork"/>, but that nobody is told when the TTL is used up.</summary>
    private static bool TryChangeNetwork(ref TransitFrame transit)
    {
        if (!transit.Settings.Has(Switches.InnerTtl) || transit.HasFlag(RtsFlags.Routed))
        {
            return true;
        }
        Span<byte> ip = transit.Inner[Wire.Ethernet.Length..];
        if (ip[Wire.Ipv4.Ttl] <= 1)
        {
            return false;
        }
        InnerTtl.TakeOne(ip);
        transit.AddFlag(RtsFlags.Routed);
        return true;
    }

    /// <summary>Out by the NIC's slot, for nobody turns this verdict into a redirect any more; the TOS is not looked at.</summary>
    private static ProgramResult Forward(ref TransitFrame transit, Ipv4Address next, Reason reason)
    {
        DropletTables tables = transit.Tables;
        Span<byte> head = transit.Head;
        OuterHeader.Readdress(head, next);
        if (head[Wire.Outer.Ip + Wire.Ipv4.Ttl] == 0)
        {
            return Answer.Drop(Reason.TtlExpired);
        }
        if (!tables.TryResolve(next, out MacAddress mac))
        {
            return Answer.Drop(Reason.NoSubstrate);
        }
        OuterHeader.SetMacs(head, mac);
        return Answer.Redirect(tables.Slots, Devmap.Transit, tables.Interface.Value.Slot, reason, Reason.NoNicSlot);
    }
}
