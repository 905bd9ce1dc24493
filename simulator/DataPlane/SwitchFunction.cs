using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Where a frame goes whose destination this droplet may know (§3.6): to the endpoint behind a slot here, to the host of an endpoint of a network
/// it bounces for, and else to the router function.
/// </summary>
internal static class SwitchFunction
{
    /// <param name="source">The inner source as it now is.</param>
    /// <param name="destination">The inner destination as it now is.</param>
    /// <param name="original">The source before reverse NAT: what the destination's host learns under (§3.7).</param>
    public static ProgramResult Run(ref TransitFrame transit, Ipv4Address source, Ipv4Address destination, Ipv4Address original)
    {
        DropletTables tables = transit.Tables;
        ref readonly EndpointView endpoint = ref transit.Find(destination);
        bool known = endpoint.IsKnown;
        bool outside = Outside.IsFor(ref transit, known, endpoint, destination);
        if (!known && !outside)
        {
            // What a scaled endpoint's bouncer asks of the client's host is on its way there: to the packet's source.
            return ScaledOption.AsksToModify(transit.Head)
                ? BackToClient(ref transit, source, destination)
                : Miss(ref transit, source, destination);
        }
        if (known
            && endpoint.Type is EndpointType.Gateway or EndpointType.Scaled
            && !endpoint.IsHosted
            && tables.Settings.Has(Switches.GatewayAnswers)
            && (endpoint.Type == EndpointType.Gateway || IsPing(ref transit, destination)))
        {
            return GatewayFunction.Run(ref transit, endpoint, source, destination);
        }

        if (outside)
        {
            return Outside.Leave(ref transit, original);
        }

        // Addressed to another MAC, the gateway's, it leaves its network here, where the destination is known: no divider has seen it.
        if (MacAddress.Read(transit.Inner) != endpoint.Mac && !InnerTtl.TryChangeNetwork(ref transit, out ProgramResult ended))
        {
            return ended;
        }

        // This is how "send it to the gateway's MAC" works: the last hop that knows the endpoint sets the right one.
        if (endpoint.IsHosted)
        {
            return Deliver(ref transit, endpoint.Mac, endpoint.Slot, endpoint.IsProxied, original);
        }
        endpoint.Mac.Write(transit.Inner[Wire.Ethernet.Destination..]);
        if (endpoint.Type == EndpointType.Scaled)
        {
            return Stage(ref transit);
        }
        Ipv4Address host = endpoint.Host;
        return host == Ipv4Address.Any && endpoint.Remotes.Count == 0
            ? Answer.Drop(Reason.NoRemote)
            : OuterHeader.Forward(ref transit, host, Reason.ToHost);
    }

    /// <summary>To an endpoint behind a slot here. The droplet learns where the source is.</summary>
    public static ProgramResult Deliver(ref TransitFrame transit, MacAddress mac, int slot, bool isProxied, Ipv4Address original)
    {
        mac.Write(transit.Inner[Wire.Ethernet.Destination..]);
        DirectPathLearning.Learn(transit.Tables, transit.Head, transit.Vni, original);
        return Delivery.Run(ref transit, slot, isProxied);
    }

    /// <summary>
    /// An endpoint that is not known here. Upstream always asks a divider, which asks a bouncer, which asks a divider, until the outer TTL is
    /// used up (§8.1 P3, P32).
    /// </summary>
    private static ProgramResult Miss(ref TransitFrame transit, Ipv4Address source, Ipv4Address destination)
    {
        DataPlaneSettings settings = transit.Settings;
        if (settings.Has(Switches.DirectPathInvalidation)
            && transit.HasFlag(RtsFlags.Direct)
            && RtsOption.TryRead(transit.Head, settings, out _)
            && !IsDividedHere(ref transit, destination))
        {
            return ReturnedFrame.Return(ref transit, source, destination);
        }
        if (settings.Has(Switches.LoopGuard) && transit.HasFlag(RtsFlags.Divided))
        {
            return Answer.Drop(Reason.UnknownEndpoint);
        }

        // ARP never leaves its network, whose bouncers know all of it.
        return settings.Has(Switches.ArpSuppression) && !transit.IsIpv4
            ? Answer.Drop(Reason.ArpUnanswered)
            : RouterFunction.Run(ref transit, source, destination);
    }

    /// <summary>
    /// The client's bouncer knows where the client is. Upstream's does not look: its divider does, from the cache, and where that is empty or not used
    /// the frame goes round (§3.9.4).
    /// </summary>
    private static ProgramResult BackToClient(ref TransitFrame transit, Ipv4Address client, Ipv4Address service) =>
        transit.Settings.Has(Switches.LoopGuard | Switches.DirectAcrossNetworks)
        && transit.Tables.Endpoints.TryGet(new EndpointKey(transit.Vni, client), out EndpointValue endpoint)
        && !endpoint.IsHosted
        && endpoint.Type != EndpointType.Scaled
        && endpoint.Remotes.Count > 0
            ? OuterHeader.Forward(ref transit, endpoint.Remotes[0], Reason.ToHost)
            : Miss(ref transit, service, client);

    /// <summary>What was sent to a divider in the destination's stead has come to the right place; ARP is not sent to dividers.</summary>
    private static bool IsDividedHere(ref TransitFrame transit, Ipv4Address destination) =>
        transit.IsIpv4 && transit.Tables.Networks.TryMatch(transit.Vni, destination, out _);

    /// <summary>An echo request for a service that has no port entry for ICMP: its bouncer answers it, as it does for a gateway.</summary>
    private static bool IsPing(ref TransitFrame transit, Ipv4Address service) =>
        transit.IsIpv4
        && GatewayFunction.IsWholeEcho(transit.Inner)
        && !transit.Tables.ServicePorts.Contains(new ServicePortKey(new EndpointKey(transit.Vni, service), 0, IpProtocol.Icmp));

    /// <summary>The tail call into slot 4: what stands there is final.</summary>
    private static ProgramResult Stage(ref TransitFrame transit)
    {
        if (!transit.Tables.Stages.TryGet(StageSlot.ScaledEndpoint, out StageProgram stage))
        {
            return Answer.Drop(Reason.NoScaledStage);
        }
        transit.TailCalled = true;
        return stage == StageProgram.ScaledEndpoint
            ? ScaledEndpoint.Run(ref transit)
            : StageDispatch.Through(stage, Answer.Drop(Reason.NoScaledStage));
    }
}
