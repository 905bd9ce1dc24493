using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The program behind an endpoint's interface (§3.2): it takes what the endpoint sends, chooses the next hop, encapsulates. No check that the source
/// belongs to the endpoint; everything but ARP and IPv4 is refused.
/// </summary>
internal static class Agent
{
    /// <summary>The outer TTL when there is no inner one to copy.</summary>
    private const byte ArpTtl = 64;

    public static ProgramResult Run(DropletTables tables, AgentId agent, ref Frame frame)
    {
        ReadOnlySpan<byte> head = frame.HeadView;
        if (frame.Length < Wire.Ethernet.Length)
        {
            return Answer.Aborted(Reason.ShortEthernet);
        }
        ReadOnlySpan<byte> payload = head[Wire.Ethernet.Length..];
        switch ((EtherType)Wire.Read16(head, Wire.Ethernet.Type))
        {
            case EtherType.Arp:
                return ArpFunction.TryRead(payload, out ProgramResult refused)
                    ? Encapsulation.Run(
                        tables,
                        agent,
                        ref frame,
                        Ipv4Address.Read(payload[Wire.Arp.SenderAddress..]),
                        Ipv4Address.Read(payload[Wire.Arp.TargetAddress..]),
                        ArpTtl)
                    : refused;
            case EtherType.Ipv4:
                return Ipv4(tables, agent, ref frame);
            default:
                return Answer.Drop(Reason.EtherTypeRefused);
        }
    }

    private static ProgramResult Ipv4(DropletTables tables, AgentId agent, ref Frame frame)
    {
        if (!InnerPacket.TryRead(frame.HeadView[Wire.Ethernet.Length..], tables.Settings, out InnerPacket packet, out ProgramResult refused))
        {
            return refused;
        }

        // Here has its place, for TCP and UDP (§3.2 row 5 a to c): conntrack and egress policy.
        tables.Agents.TryGet(in agent, out AgentConfig config);
        Nat.Forward(tables, new Vni(config.Endpoint.Vni.OnWire), frame.Head, ref packet);
        return Encapsulation.Run(tables, agent, ref frame, packet.Flow.Source, packet.Flow.Destination, packet.Ttl);
    }
}
