using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// MODIFY at the client's host (§3.9.3): a scaled endpoint's bouncer sent the client's packet back with the backend it chose. The host remembers
/// the choice, makes it on this packet, and returns it to who asked, from where it goes to the backend as any other.
/// </summary>
internal static class Modify
{
    /// <summary>The client's row, when the frame asks for it and the client lives here.</summary>
    public static bool TryFindClient(ref TransitFrame transit, Ipv4Address source, out EndpointValue client)
    {
        client = default;
        return ScaledOption.AsksToModify(transit.Head)
            && transit.Tables.Endpoints.TryGet(new EndpointKey(transit.Vni, source), out client)
            && client.IsHosted;
    }

    public static ProgramResult Run(ref TransitFrame transit, in EndpointValue client, in InnerPacket packet)
    {
        Span<byte> head = transit.Head;
        Span<byte> inner = transit.Inner;
        DropletTables tables = transit.Tables;
        NatValue target = ScaledOption.Read(head);
        Nat.Keep(tables, transit.Vni, inner, in packet, in target);
        InnerPacket sent = Nat.Rewrite(inner[Wire.Ethernet.Length..], in packet, in target, ports: true, tables.Settings);
        ConnectionTracking.Translated(tables, client.HasEgressPolicy || client.HasIngressPolicy, transit.Vni, in packet, sent.Flow);
        RtsOption.ResetTurned(head, tables.Settings);
        ScaledOption.Reset(head, tables.Settings);
        return OuterHeader.Return(head, tables.Settings, Reason.Modified);
    }
}
