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
        foreach (int n in row.Holders.BouncedBy(row.Droplet))
        {
            WriteNetwork(row, new NetworkId(n));
            ServiceRows.Write(row, new NetworkId(n));
        }
    }

    public static void WriteNetwork(in RowContext row, NetworkId id)
    {
        Topology topology = row.Topology;
        Network network = topology[id];
        Vni vni = topology.VniOf(id);
        WriteDividers(row, network.Vpc);
        row.Put(
            Tables.Endpoints,
            new EndpointKey(vni, network.Gateway),
            new EndpointValue(EndpointType.Gateway, new AddressList(row.Self.Address), -1, network.GatewayMac));
        for (int i = 0; i < row.Endpoints.MembersOf(id); i++)
        {
            EndpointId member = row.Endpoints.MemberAt(id, i);
            if (row.Endpoints.HostOf(member) is { } host)
            {
                WriteMember(row, member, host);
            }
        }
    }

    /// <summary>The dividers of a VPC that it has a network of.</summary>
    public static void WriteDividers(in RowContext row, VpcId vpc)
    {
        row.PutSubstrate(row.State.Dividers[vpc.Index]);
        row.Put(Tables.Vpcs, row.Topology[vpc].Vni, row.Holders.DividersOf(vpc));
    }

    /// <summary>An endpoint of a network it bounces for.</summary>
    public static void WriteMember(in RowContext row, EndpointId member, DropletId host)
    {
        row.PutSubstrate(host);
        HostedRows.WriteEndpoint(row, member, row.Endpoints[member], host);
    }
}
