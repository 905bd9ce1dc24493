using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Where a frame goes whose destination this droplet does not know (§3.6): a divider sends it to the cached host or to a bouncer of
/// the destination's network, a bouncer to a divider of the VPC. A droplet may be both; networks are looked up first.
/// </summary>
internal static class RouterFunction
{
    public static ProgramResult Run(ref TransitFrame transit, Ipv4Address source, Ipv4Address destination)
    {
        DropletTables tables = transit.Tables;
        DataPlaneSettings settings = tables.Settings;
        bool routed = tables.Networks.TryMatch(transit.Vni, destination, out NetworkValue network);
        if (routed && network.IsGuarded && !Nacl.Allows(ref transit, source, destination))
        {
            return Answer.Drop(Reason.NaclDenied);
        }
        if (routed && !InnerTtl.TryChangeNetwork(ref transit, out ProgramResult ended))
        {
            return ended;
        }

        // The hosts of the two endpoints are to learn of each other, and the divider to stay out of it.
        bool direct = routed && settings.Has(Switches.DirectAcrossNetworks) && !network.IsGuarded;

        // Before the learning below, which may write this very entry when source and destination are one.
        CachedHost cached = default;
        Vni there = routed && network.PeerVni != Vni.Substrate ? network.PeerVni : transit.Vni;
        bool known = !direct && DirectPathUse.TryFind(tables, new EndpointKey(there, destination), out cached);
        if (routed && !direct)
        {
            DirectPathLearning.Learn(tables, transit.Head, transit.Vni, source);
            NameOurselves(ref transit);
        }
        if (routed)
        {
            transit.AddFlag(RtsFlags.Divided);
            transit.EnterVpc(there);
        }
        if (known)
        {
            return ToHost(ref transit, cached.Host);
        }
        AddressList next = network.Bouncers;
        if (!routed && !tables.Vpcs.TryGet(transit.Vni, out next))
        {
            return Answer.Drop(Reason.NoVpc);
        }
        return Forward(ref transit, in next, source, destination, routed ? Reason.NetworkToBouncer : Reason.ToDivider);
    }

    /// <summary>A divider's own way for a frame sent back to it (<see cref="ReturnedFrame"/>): by a bouncer, with all it has been told already.</summary>
    public static ProgramResult Repair(ref TransitFrame transit, Ipv4Address source, Ipv4Address destination)
    {
        if (!transit.Tables.Networks.TryMatch(transit.Vni, destination, out NetworkValue network))
        {
            return Answer.Drop(Reason.StaleReturn);
        }
        transit.AddFlag(RtsFlags.Divided);
        transit.EnterVpc(network.PeerVni != Vni.Substrate ? network.PeerVni : transit.Vni);
        return Forward(ref transit, network.Bouncers, source, destination, Reason.Repaired);
    }

    private static ProgramResult Forward(ref TransitFrame transit, in AddressList list, Ipv4Address source, Ipv4Address destination, Reason reason) =>
        ListPick.TryPick(transit.Settings, in list, reason == Reason.ToDivider ? ListTier.Divider : ListTier.NetworkBouncer, MizarHash.OfAddresses(source, destination), out Ipv4Address next)
            ? OuterHeader.Forward(ref transit, next, reason)
            : Answer.Drop(Reason.EmptyList);

    /// <summary>
    /// The destination's host answers to us, which keeps us on the way back too. Ourselves as the frame was addressed, not as we are configured: the
    /// MAC may be another.
    /// </summary>
    private static void NameOurselves(ref TransitFrame transit)
    {
        Ipv4Address address = Ipv4Address.Read(transit.Head[(Wire.Outer.Ip + Wire.Ipv4.Destination)..]);
        RtsOption.WriteHost(transit.Head, new HostAddress(address, MacAddress.Read(transit.Head[Wire.Ethernet.Destination..])));
        transit.AddFlag(RtsFlags.Substituted);
    }

    private static ProgramResult ToHost(ref TransitFrame transit, in HostAddress host)
    {
        transit.AddFlag(RtsFlags.Direct);
        OuterHeader.Readdress(transit.Head, host.Address);

        // Upstream has no check for TTL 0 after the decrement, and no low-priority test, on this branch alone: the next hop drops it (§8.1 P17).
        if (transit.Settings.Has(Switches.OuterTtl) && transit.Head[Wire.Outer.Ip + Wire.Ipv4.Ttl] == 0)
        {
            return Answer.Drop(Reason.TtlExpired);
        }
        OuterHeader.SetMacs(transit.Head, host.Mac);
        return Answer.Tx(Reason.DirectPath);
    }
}
