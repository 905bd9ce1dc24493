using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// A divider knows every network of its VPC and its bouncers' MACs (spec §4.1). So does the droplet where a VPC's traffic leaves it, to tell what is outside: it divides
/// what it has of the VPC itself.
/// </summary>
internal static class DividerRows
{
    private const int WholeAddress = 32;

    public static void Write(in RowContext row)
    {
        foreach (int v in row.Holders.DividedBy(row.Droplet))
        {
            WriteNetworks(row, new VpcId(v), new VpcId(v));
        }
        foreach (Gateway gateway in row.Topology.Gateways)
        {
            if (GatewayRows.IsHere(row, gateway))
            {
                WriteNetworks(row, gateway.Vpc, gateway.Vpc);
            }
        }
        foreach (Peering peering in row.Topology.Peerings)
        {
            if (Divides(row, peering))
            {
                // Replies come by the divider that let the first frame over, which need not be one of their own VPC: it knows both VPCs' networks under both VNIs.
                WriteNetworks(row, peering.First, peering.First);
                WriteNetworks(row, peering.First, peering.Second);
                WriteNetworks(row, peering.Second, peering.First);
                WriteNetworks(row, peering.Second, peering.Second);
            }
        }
        WriteNacls(row);
    }

    private static void WriteNetworks(in RowContext row, VpcId of, VpcId from)
    {
        foreach (int n in row.Holders.NetworksOf(of))
        {
            WriteNetwork(row, new NetworkId(n), from);
        }
    }

    private static bool Divides(in RowContext row, Peering peering) =>
        Divides(row, peering.First) || Divides(row, peering.Second);

    private static bool Divides(in RowContext row, VpcId vpc) =>
        row.State.Dividers[vpc.Index].Contains(row.Droplet) || (row.Topology.GatewayOf(vpc) is { } gateway && GatewayRows.IsHere(row, gateway));

    private static void WriteNacls(in RowContext row)
    {
        if (!row.Facts.HasNacls)
        {
            return;
        }
        for (int v = 0; v < row.Topology.Vpcs.Length; v++)
        {
            Vpc vpc = row.Topology.Vpcs[v];
            VpcId id = new(v);
            if (!vpc.HasNacl || !(Divides(row, id) || HoldsForPeer(row, id)))
            {
                continue;
            }
            for (int order = 0; order < vpc.Nacl.Length; order++)
            {
                NaclRule rule = vpc.Nacl[order];
                row.Put(Tables.Nacl, new NaclKey(vpc.Vni, order), new NaclEntry(rule.Allows, rule.Source, rule.Destination, rule.Protocol, rule.FirstPort, rule.LastPort));
            }
        }
    }

    private static bool HoldsForPeer(in RowContext row, VpcId vpc)
    {
        foreach (Peering peering in row.Topology.Peerings)
        {
            if (peering.Other(vpc) is not null && Divides(row, peering))
            {
                return true;
            }
        }
        return false;
    }

    /// <param name="row">Where to.</param>
    /// <param name="id">The network.</param>
    /// <param name="from">The VPC whose frames look for it: its own, or one peered with it.</param>
    public static void WriteNetwork(in RowContext row, NetworkId id, VpcId from)
    {
        Network network = row.Topology[id];
        Vpc vpc = row.Topology[from];
        Vni vni = vpc.Vni;
        if (row.Topology.GatewayOf(network.Vpc) is { } gateway && row.Endpoints[gateway.Endpoint].Network == id)
        {
            if (from == network.Vpc)
            {
                GatewayRows.WriteDefaultRoute(row, gateway);
            }
            return; // what is outside of one VPC is nothing of another's
        }
        row.PutSubstrate(row.State.Bouncers[id.Index]);
        NetworkValue value = new(row.Holders.BouncersOf(id))
        {
            Gateway = network.Gateway,
            GatewayMac = network.GatewayMac,
            PeerVni = from == network.Vpc ? Vni.Substrate : row.Topology.VniOf(id),
            IsGuarded = vpc.HasNacl || from != network.Vpc,
        };
        row.Put(Tables.Networks, new NetworkKey(vni, network.Cidr), value);
        if (!network.IsSet)
        {
            return;
        }
        // No prefix says who belongs to it: each member is a network of one address.
        for (int i = 0; i < row.Endpoints.MembersOf(id); i++)
        {
            EndpointId member = row.Endpoints.MemberAt(id, i);
            if (row.Endpoints.HostOf(member) is not null)
            {
                row.Put(Tables.Networks, new NetworkKey(vni, new Ipv4Prefix(row.Endpoints[member].Address, WholeAddress)), value);
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
