using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The agent's second half: next hop, the 114 bytes in front, and out (§3.4).</summary>
internal static class Encapsulation
{
    /// <param name="packet">As it now is: after NAT, its addresses and ports are others than the endpoint sent.</param>
    public static ProgramResult Run(ref AgentFrame run, in InnerPacket packet)
    {
        uint hash = MizarHash.OfAddresses(packet.Flow.Source, packet.Flow.Destination);
        EndpointKey destination = new(run.Config.Vni, packet.Flow.Destination);
        if (DirectPathUse.TryFind(run.Tables, in destination, out CachedHost cached))
        {
            return ByDirectPath(ref run, in packet, in destination, cached, hash);
        }
        if (LocalDelivery.TryFind(run.Tables, in destination, out EndpointView endpoint))
        {
            return ProxiedEndpoint.Is(run.Settings, endpoint.IsProxied)
                ? Send(ref run, in packet, ProxiedEndpoint.HopToSelf(run.Config), hash)
                : LocalDelivery.Run(ref run, in packet, endpoint);
        }
        return ByBouncer(ref run, in packet, hash);
    }

    private static ProgramResult ByDirectPath(
        ref AgentFrame run, in InnerPacket packet, in EndpointKey destination, CachedHost cached, uint hash)
    {
        RtsFlags flags = run.Settings.Has(Switches.DirectPathInvalidation) ? RtsFlags.Direct : RtsFlags.None;
        if (run.Settings.Has(Switches.InnerTtl) && cached.Crosses && !packet.IsArp && IsForGateway(ref run))
        {
            if (packet.Ttl <= 1)
            {
                return IcmpErrors.TimeExceeded(ref run);
            }
            flags |= RtsFlags.Routed;
        }
        if (run.Config.MacOverride != MacAddress.Zero)
        {
            cached = cached with { Host = cached.Host with { Mac = run.Config.MacOverride } };
            if (!run.Settings.Has(Switches.OverrideByCopy))
            {
                // Upstream writes it through the pointer its lookup gave it (§2.1): everybody who takes this path from now on takes it so.
                run.Tables.Learn(in destination, in cached);
            }
        }
        return Send(ref run, in packet, new NextHop(cached.Host, Reason.DirectPath, flags), hash);
    }

    /// <summary>Whether the endpoint sent it to its gateway: its destination is in another network.</summary>
    private static bool IsForGateway(ref AgentFrame run) =>
        MacAddress.Read(run.Head[Wire.Ethernet.Destination..]) == run.Config.GatewayMac;

    private static ProgramResult ByBouncer(ref AgentFrame run, in InnerPacket packet, uint hash)
    {
        AddressList bouncers = run.Config.Bouncers;
        if (bouncers.Count == 0)
        {
            return Answer.Drop(Reason.NoBouncers);
        }
        int picked = ListPick.IndexOf(run.Settings, in bouncers, ListTier.AgentBouncer, hash);
        Ipv4Address bouncer = bouncers[picked];
        if (!run.TryResolve(bouncer, picked, out MacAddress mac))
        {
            return Answer.Drop(Reason.NoSubstrate);
        }
        if (run.Config.MacOverride != MacAddress.Zero)
        {
            mac = run.Config.MacOverride;
            if (!run.Settings.Has(Switches.OverrideByCopy))
            {
                run.Tables.OverrideMac(new AgentSubstrateKey(run.Agent, new EndpointKey(Vni.Substrate, bouncer)), mac);
            }
        }
        return Send(ref run, in packet, new NextHop(new HostAddress(bouncer, mac), Reason.ToBouncer, RtsFlags.None), hash);
    }

    private static ProgramResult Send(ref AgentFrame run, in InnerPacket packet, in NextHop next, uint hash)
    {
        int innerLength = run.Length;
        if (IsTooBig(run.Tables, innerLength))
        {
            return (packet.Fragment & FragmentBits.DontFragment) == 0
                ? Answer.Drop(Reason.TooBig)
                : IcmpErrors.FragmentationNeeded(ref run, run.Tables.Interface.Value.MtuBytes - Wire.Overhead);
        }
        if ((next.Flags & RtsFlags.Routed) != 0)
        {
            InnerTtl.TakeOne(run.Head[Wire.Ethernet.Length..]);
        }
        if (!run.Frame.PushUncleared(Wire.Overhead))
        {
            return Answer.Drop(Reason.NoHeadroom);
        }
        run.Reframe();
        TunnelHeader.Write(new FrameFront(run.Head[..Wire.Overhead]), in run.Config, run.Settings, in packet, in next, innerLength, SourcePort.Of(in packet, hash, run.Settings));
        AgentLinks links = run.Config.Links;
        if (next.Host.Address == run.Config.NicAddress && (links & AgentLinks.Transit) != 0)
        {
            run.TailCalled = true;
            return Transit.Run(run.Tables, run.Agent, ref run.Frame);
        }
        if (!TrafficClass.IsPremium(run.Head[Wire.Outer.Ip + Wire.Ipv4.Tos]))
        {
            return Answer.Pass(Reason.ToBridge);
        }
        return (links & AgentLinks.Nic) != 0
            ? Answer.Redirect(run.Tables.AgentSlots, Devmap.Agent, PortId.Nic.Value, next.Reason, Reason.NoNicSlot)
            : Answer.Aborted(Reason.NoNicSlot);
    }

    /// <summary>Whether the tunnelled frame is more than the underlay carries; upstream sends it to be lost (§2.7).</summary>
    public static bool IsTooBig(DropletTables tables, int innerLength)
    {
        int mtu = tables.Interface.Value.MtuBytes;
        return tables.Settings.Has(Switches.IcmpErrors) && mtu != 0 && innerLength > mtu - (Wire.Overhead - Wire.Ethernet.Length);
    }
}

/// <summary>Where an encapsulated frame goes first, why, and what its RTS option says of that.</summary>
internal readonly record struct NextHop(HostAddress Host, Reason Reason, RtsFlags Flags);
