using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// What becomes of a frame whose destination is not where the direct path says. Upstream's old host loses it, and goes on losing what is sent
/// there (§8.1 P4; its documents speak of a critical bit that nobody built). With <see cref="Switches.DirectPathInvalidation"/> the old host sends it
/// back, RTS marked as returned; who sent it drops the entry and sends the frame by a bouncer. Nothing is lost, and the next frame
/// takes the right way.
/// </summary>
internal static class ReturnedFrame
{
    private const byte Ttl = 64;

    /// <summary>At the old host. A frame of our own endpoint, which came by no wire, is mended at once.</summary>
    public static ProgramResult Return(ref TransitFrame transit, Ipv4Address source, Ipv4Address destination)
    {
        if (transit.OuterSource == transit.Tables.Interface.Value.Address)
        {
            return Repair(ref transit, source, destination);
        }
        Span<byte> head = transit.Head;
        head[Wire.Outer.Rts + Wire.Option.Type] = Wire.Rts.ReturnedType;
        head[Wire.Outer.Geneve + Wire.Geneve.Flags] |= Wire.Geneve.Critical;
        OuterHeader.TurnBack(head);
        return head[Wire.Outer.Ip + Wire.Ipv4.Ttl] == 0 ? Answer.Drop(Reason.TtlExpired) : Answer.Tx(Reason.Returned);
    }

    /// <summary>
    /// At whom it came back to. The entry goes only if it names who sent the frame back: nobody can delete another's. A frame is never sent
    /// back twice, for it is no longer marked as sent by direct path.
    /// </summary>
    public static ProgramResult Repair(ref TransitFrame transit, Ipv4Address source, Ipv4Address destination)
    {
        DropletTables tables = transit.Tables;
        EndpointKey key = new(transit.Vni, destination);
        if (tables.DirectPath.TryUse(in key, out CachedHost known) && known.Host.Address == transit.OuterSource)
        {
            tables.Forget(Tables.DirectPath, tables.DirectPath, in key);
        }
        Span<byte> head = transit.Head;
        head[Wire.Outer.Rts + Wire.Option.Type] = Wire.Rts.Type;
        head[Wire.Outer.Geneve + Wire.Geneve.Flags] &= unchecked((byte)~Wire.Geneve.Critical);
        transit.RemoveFlag(RtsFlags.Direct | RtsFlags.Divided);
        head[Wire.Outer.Ip + Wire.Ipv4.Ttl] = Ttl;
        return tables.Endpoints.TryGet(new EndpointKey(transit.Vni, source), out EndpointValue sender) && sender.IsHosted
            ? ByBouncer(ref transit, sender.Slot, source, destination)
            : RouterFunction.Repair(ref transit, source, destination);
    }

    /// <summary>Our own endpoint's frame starts anew, as its agent would have sent it without the entry.</summary>
    private static ProgramResult ByBouncer(ref TransitFrame transit, int slot, Ipv4Address source, Ipv4Address destination)
    {
        DropletTables tables = transit.Tables;
        AgentId agent = new(tables.Slots.TryGet(slot, out PortId port) ? port.Value : 0);
        if (!tables.Agents.TryGet(in agent, out AgentConfig config) || config.Bouncers.Count == 0)
        {
            return Answer.Drop(Reason.NoBouncers);
        }
        Ipv4Address bouncer = ListPick.Pick(tables.Settings, config.Bouncers, ListTier.AgentBouncer, MizarHash.OfAddresses(source, destination));
        if (!tables.TryResolve(new AgentSubstrateKey(agent, new EndpointKey(Vni.Substrate, bouncer)), out MacAddress mac))
        {
            return Answer.Drop(Reason.NoSubstrate);
        }
        if (bouncer == tables.Interface.Value.Address)
        {
            transit.OuterSource = bouncer;
            return SwitchFunction.Run(ref transit, source, destination, source);
        }
        OuterHeader.Readdress(transit.Head, bouncer);
        OuterHeader.SetMacs(transit.Head, mac);
        return Answer.Tx(Reason.Repaired);
    }
}
