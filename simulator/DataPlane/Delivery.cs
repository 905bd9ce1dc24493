namespace MizarLab.DataPlane;

/// <summary>Giving an endpoint of this droplet its frame (§3.6).</summary>
internal static class Delivery
{
    /// <summary>Without what the tunnel put in front; but a proxied endpoint's function gets all of it, as it came, marks of congestion too.</summary>
    public static ProgramResult Run(ref TransitFrame transit, int slot, bool isProxied)
    {
        ref readonly SlotTable slots = ref transit.Tables.Slots;
        if (ProxiedEndpoint.Is(transit.Settings, isProxied))
        {
            return Answer.Redirect(in slots, Devmap.Transit, slot, Reason.ToFunction, Reason.NoEndpointSlot);
        }
        if (transit.Settings.Has(Switches.CarryEcnDf) && !Ecn.Join(transit.Head[Wire.Outer.Ip + Wire.Ipv4.Tos], transit.Inner))
        {
            return Answer.Drop(Reason.CongestionLost);
        }
        transit.Decapsulate();
        return Answer.Redirect(in slots, Devmap.Transit, slot, Reason.Delivered, Reason.NoEndpointSlot);
    }
}
