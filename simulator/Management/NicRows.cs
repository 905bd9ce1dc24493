using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>What a droplet knows of itself: its NIC, its underlay's MTU, its best-effort limit, whether it counts.</summary>
internal static class NicRows
{
    public static void Write(in RowContext row)
    {
        Droplet self = row.Self;
        row.Put(
            Tables.Interface,
            0,
            new InterfaceConfig(PortId.Nic.Value, self.Address, self.Mac)
            {
                MtuBytes = row.Topology.Underlay.MtuBytes,
                HasUnhealthyPeers = PeerRows.AnyUnhealthy(row),
                HasOutside = GatewayRows.HasOutside(row),
            });
        row.Put(Tables.Slots, PortId.Nic.Value, PortId.Nic);
        row.Put(Tables.AgentSlots, PortId.Nic.Value, PortId.Nic);
        if (self.Bandwidth is { } limit)
        {
            row.Put(Tables.Bandwidth, self.Address, limit);
        }
        if (self.HasStatistics)
        {
            row.Put(Tables.Statistics, 0, default(TransmitStatistics));
        }
    }
}
