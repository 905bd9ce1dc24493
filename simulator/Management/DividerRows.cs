using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>A divider knows every network of its VPC and its bouncers' MACs (spec §4.1).</summary>
internal static class DividerRows
{
    private const int WholeAddress = 32;

    public static void Write(in RowContext row)
    {
        for (int n = 0; n < row.Topology.Networks.Length; n++)
        {
            Network network = row.Topology.Networks[n];
            if (row.State.Dividers[network.Vpc.Index].Contains(row.Droplet))
            {
                WriteNetwork(row, new NetworkId(n));
            }
        }
    }

    private static void WriteNetwork(in RowContext row, NetworkId id)
    {
        Network network = row.Topology[id];
        Vni vni = row.Topology.VniOf(id);
        row.PutSubstrate(row.State.Bouncers[id.Index]);
        NetworkValue value = new(row.Addresses(row.Serving(row.State.Bouncers[id.Index])))
        {
            Gateway = network.Gateway,
            GatewayMac = network.GatewayMac,
        };
        row.Put(Tables.Networks, new NetworkKey(vni, network.Cidr), value);
        if (!network.IsSet)
        {
            return;
        }
        // No prefix says who belongs to it: each member is a network of one address.
        for (int e = 0; e < row.Topology.Endpoints.Length; e++)
        {
            if (row.Topology.Endpoints[e].Network == id && row.State.HostOf[e] is not null)
            {
                row.Put(Tables.Networks, new NetworkKey(vni, new Ipv4Prefix(row.Topology.Endpoints[e].Address, WholeAddress)), value);
            }
        }
        foreach (Service service in row.Topology.Services)
        {
            if (service.Network == id)
            {
                row.Put(Tables.Networks, new NetworkKey(vni, new Ipv4Prefix(service.Address, WholeAddress)), value);
            }
        }
    }
}
