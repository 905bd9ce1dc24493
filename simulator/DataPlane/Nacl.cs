using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// A VPC's network ACL at its dividers: what goes from network to network is held against the rules of the VPC it comes from, in their order, by its addresses
/// as they are there, its protocol and its destination port. The first rule that matches decides; none allows. Stateless.
/// </summary>
internal static class Nacl
{
    /// <summary>Whether the frame may go on. ARP may, and what is on its way back to have its service's address changed.</summary>
    public static bool Allows(ref TransitFrame transit, Ipv4Address source, Ipv4Address destination)
    {
        if (!transit.IsIpv4)
        {
            return true;
        }
        ReadOnlySpan<byte> ip = transit.Inner[Wire.Ethernet.Length..];
        if (!InnerPacket.TryRead(ip, transit.InnerBytes - Wire.Ethernet.Length, transit.Settings, out InnerPacket packet, out _) || packet.Flow.Source != source)
        {
            return true;
        }
        DropletTables tables = transit.Tables;
        for (int order = 0; order < NaclKey.Limit; order++)
        {
            if (!tables.Nacl.TryGet(new NaclKey(transit.Vni, order), out NaclEntry rule))
            {
                continue;
            }
            if (Matches(in rule, in packet, source, destination))
            {
                return rule.Allows;
            }
        }
        return true;
    }

    private static bool Matches(in NaclEntry rule, in InnerPacket packet, Ipv4Address source, Ipv4Address destination) =>
        rule.Source.Contains(source)
        && rule.Destination.Contains(destination)
        && (rule.Protocol == default || rule.Protocol == packet.Flow.Protocol)
        && ((rule.FirstPort == 0 && rule.LastPort == ushort.MaxValue)
            || (packet.HasPorts && packet.Flow.DestinationPort >= rule.FirstPort && packet.Flow.DestinationPort <= rule.LastPort));
}
