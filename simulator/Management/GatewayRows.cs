using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// What lies in no network of a VPC goes to the droplet of its gateway's endpoint: a network of prefix length 0 in its dividers' table, whose only bouncer that droplet is.
/// There packets are translated.
/// </summary>
internal static class GatewayRows
{
    private static readonly Ipv4Prefix Everywhere = new(Ipv4Address.Any, 0);

    /// <summary>How packets are translated here, and what the outside may open.</summary>
    public static void Write(in RowContext row)
    {
        foreach (Gateway gateway in row.Topology.Gateways)
        {
            if (!IsHere(row, gateway))
            {
                continue;
            }
            Vni vni = row.Topology[gateway.Vpc].Vni;
            row.Put(Tables.Translators, vni, new Translator(row.Endpoints[gateway.Endpoint].Address, gateway.Address, gateway.FirstPort, gateway.LastPort));
            foreach (Forwarding forward in gateway.Forwards)
            {
                row.Put(
                    Tables.PortForwards,
                    new PortForwardKey(new EndpointKey(vni, forward.Address), forward.Port, forward.Protocol),
                    new PortForward(row.Endpoints[forward.To].Address, forward.ToPort));
            }
        }
    }

    /// <summary>For a divider. No row while the endpoint is nowhere: then nothing leaves.</summary>
    public static void WriteDefaultRoute(in RowContext row, in Gateway gateway)
    {
        if (row.Endpoints.HostOf(gateway.Endpoint) is not { } host)
        {
            return;
        }
        Network network = row.Topology[row.Endpoints[gateway.Endpoint].Network];
        row.PutSubstrate(host);
        row.Put(Tables.Networks, new NetworkKey(row.Topology[gateway.Vpc].Vni, Everywhere), new NetworkValue(new AddressList(row.Topology[host].Address))
        {
            // Whom ICMP errors to the outside come from, before they are translated.
            Gateway = network.Gateway,
            GatewayMac = network.GatewayMac,
            IsGuarded = row.Topology[gateway.Vpc].HasNacl,
            IsOutside = true,
        });
    }

    /// <summary>Whether this is the droplet a VPC's traffic leaves it by.</summary>
    public static bool IsHere(in RowContext row, in Gateway gateway) => row.Endpoints.HostOf(gateway.Endpoint) == row.Droplet;

    public static bool HasOutside(in RowContext row)
    {
        foreach (Gateway gateway in row.Topology.Gateways)
        {
            if (IsHere(row, gateway))
            {
                return true;
            }
        }
        return false;
    }
}
