using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// From an endpoint to another of the same droplet, without encapsulation (<see cref="Switches.LocalDelivery"/>). Upstream sends such a frame to a bouncer and
/// gets it back, twice over the wire where the bouncer is another droplet (§8.1 P30).
/// </summary>
internal static class LocalDelivery
{
    /// <summary>The destination's row, when it lives here.</summary>
    public static bool TryFind(DropletTables tables, scoped in EndpointKey destination, out EndpointView endpoint)
    {
        endpoint = tables.Settings.Has(Switches.LocalDelivery) && tables.Endpoints.Hosts(in destination) ? tables.Endpoints.View(in destination) : EndpointView.None;
        return endpoint.IsKnown && endpoint.IsHosted && !endpoint.IsOutside;
    }

    /// <summary>Does what a bouncer would have done on the way, and transit at its end.</summary>
    public static ProgramResult Run(ref AgentFrame run, in InnerPacket packet, scoped in EndpointView endpoint)
    {
        if (!packet.IsArp)
        {
            SenderLabels labels = new(run.Config.PodLabel, run.Config.NamespaceLabel);
            if (!ConnectionTracking.Enters(run.Tables, run.Config.Vni, endpoint, in packet, LabelSource.Of(labels), out ProgramResult denied))
            {
                return denied;
            }
            InnerPacket reply = packet;
            Nat.Reverse(run.Tables, new Vni(run.Config.Vni.OnWire), run.Head, ref reply, ref run.Sent);
        }
        if (run.Settings.Has(Switches.InnerTtl)
            && !packet.IsArp
            && MacAddress.Read(run.Head[Wire.Ethernet.Destination..]) != endpoint.Mac)
        {
            if (packet.Ttl <= 1)
            {
                return IcmpErrors.TimeExceeded(ref run);
            }
            InnerTtl.TakeOne(run.Head[Wire.Ethernet.Length..]);
        }
        endpoint.Mac.Write(run.Head[Wire.Ethernet.Destination..]);
        return Answer.Redirect(run.Tables.Slots, Devmap.Transit, endpoint.Slot, Reason.LocalDelivery, Reason.NoEndpointSlot);
    }
}
