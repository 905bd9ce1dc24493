using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// A bouncer knows the VPC's dividers, every endpoint of its network with its host's MAC, its services, and the gateway, whose entry names the
/// bouncer itself so that it answers ARP for it (spec §3.8, §3.13).
/// </summary>
internal static class BouncerRows
{
    public static void Write(in RowContext row)
    {
        for (int n = 0; n < row.Topology.Networks.Length; n++)
        {
            if (row.State.Bouncers[n].Contains(row.Droplet))
            {
                WriteNetwork(row, new NetworkId(n));
                ServiceRows.Write(row, new NetworkId(n));
            }
        }
    }

    private static void WriteNetwork(in RowContext row, NetworkId id)
    {
        Topology topology = row.Topology;
        Network network = topology[id];
        Vni vni = topology.VniOf(id);
        ImmutableArray<DropletId> dividers = row.State.Dividers[network.Vpc.Index];
        row.PutSubstrate(dividers);
        row.Put(Tables.Vpcs, vni, row.Addresses(row.Serving(dividers)));
        row.Put(
            Tables.Endpoints,
            new EndpointKey(vni, network.Gateway),
            new EndpointValue(EndpointType.Gateway, new AddressList(row.Self.Address), -1, network.GatewayMac));
        for (int e = 0; e < topology.Endpoints.Length; e++)
        {
            if (topology.Endpoints[e].Network == id && row.State.HostOf[e] is { } host)
            {
                row.PutSubstrate([host]);
                HostedRows.WriteEndpoint(row, new EndpointId(e), host);
            }
        }
    }
}
