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
        bool routed = tables.Networks.TryMatch(transit.Vni, destination, out NetworkValue network);
        AddressList bouncers = network.Bouncers;

        // Before the learning below, which may write this very entry when source and destination are one.
        bool cached = tables.DirectPath.TryUse(new EndpointKey(transit.Vni, destination), out CachedHost cachedHost);
        HostAddress host = cachedHost.Host;
        if (routed)
        {
            DirectPathLearning.Learn(ref transit, source);

            // Ourselves as the frame was addressed, not as we are configured: the MAC may be another.
            Ipv4Address address = Ipv4Address.Read(transit.Head[(Wire.Outer.Ip + Wire.Ipv4.Destination)..]);
            RtsOption.WriteHost(transit.Head, new HostAddress(address, MacAddress.Read(transit.Head[Wire.Ethernet.Destination..])));
        }
        if (cached)
        {
            // No check for TTL 0 after the decrement, and no low-priority test, on this branch alone: the next hop drops it.
            OuterHeader.Readdress(transit.Head, host.Address);
            OuterHeader.SetMacs(transit.Head, host.Mac);
            return Answer.Tx(Reason.DirectPath);
        }
        if (!routed && !tables.Vpcs.TryGet(transit.Vni, out bouncers))
        {
            return Answer.Drop(Reason.NoVpc);
        }
        uint hash = MizarHash.OfAddresses(source, destination);
        Ipv4Address next;
        return (routed ? ListPick.TryNetworkBouncer(tables.Settings, in bouncers, hash, out next) : ListPick.TryDivider(tables.Settings, in bouncers, hash, out next))
            ? OuterHeader.Forward(ref transit, next, routed ? Reason.NetworkToBouncer : Reason.ToDivider)
            : Answer.Drop(Reason.EmptyList);
    }
}
