using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// MODIFY at the client's host (§3.9.3): a scaled endpoint's bouncer sent the client's packet back with the backend it chose. The host remembers
/// the choice, makes it on this packet, and returns it to who asked, from where it goes to the backend as any other.
/// </summary>
internal static class Modify
{
    /// <summary>Whether the frame asks for it and its sender lives here.</summary>
    public static bool IsFor(ref TransitFrame transit, Ipv4Address source) =>
        ScaledOption.AsksToModify(transit.Head)
        && transit.Tables.Endpoints.TryGet(new EndpointKey(transit.Vni, source), out EndpointValue client)
        && client.IsHosted;

    public static ProgramResult Run(ref TransitFrame transit, in InnerPacket packet)
    {
        Span<byte> head = transit.Head;
        Span<byte> inner = transit.Inner;
        DataPlaneSettings settings = transit.Tables.Settings;
        NatValue target = ScaledOption.Read(head);
        Nat.Keep(transit.Tables, transit.Vni, inner, in packet, in target);
        Nat.Rewrite(inner[Wire.Ethernet.Length..], in packet, in target, ports: true, settings);
        RtsOption.ResetTurned(head, settings);
        ScaledOption.Reset(head, settings);
        return OuterHeader.Return(head, settings, Reason.Modified);
    }
}
