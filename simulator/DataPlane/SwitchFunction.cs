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
        if (!tables.Endpoints.TryGet(new EndpointKey(transit.Vni, destination), out EndpointValue endpoint))
        {
            // What a scaled endpoint's bouncer asks of the client's host is on its way there: to the packet's source.
            return ScaledOption.AsksToModify(transit.Head)
                ? RouterFunction.Run(ref transit, destination, source)
                : RouterFunction.Run(ref transit, source, destination);
        }

        // This is how "send it to the gateway's MAC" works: the last hop that knows the endpoint sets the right one.
        endpoint.Mac.Write(transit.Inner[Wire.Ethernet.Destination..]);
        if (endpoint.IsHosted)
        {
            DirectPathLearning.Learn(ref transit, original);
            if (tables.Settings.Has(Switches.CarryEcnDf) && !Ecn.Join(transit.Head[Wire.Outer.Ip + Wire.Ipv4.Tos], transit.Inner))
            {
                return Answer.Drop(Reason.CongestionLost);
            }
            transit.Decapsulate();
            return Answer.Redirect(tables.Slots, Devmap.Transit, endpoint.Slot, Reason.Delivered, Reason.NoEndpointSlot);
        }
        if (endpoint.Type == EndpointType.Scaled)
        {
            return Stage(ref transit);
        }
        return endpoint.Remotes.Count == 0
            ? Answer.Drop(Reason.NoRemote)
            : OuterHeader.Forward(ref transit, endpoint.Remotes[0], Reason.ToHost);
    }

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
