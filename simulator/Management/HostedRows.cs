using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>An endpoint's own host delivers to it, and its agent knows its network's bouncers and everything that is the endpoint's own (spec §3.2).</summary>
internal static class HostedRows
{
    public static void Write(in RowContext row)
    {
        for (int i = 0; i < row.Endpoints.HostedOn(row.Droplet); i++)
        {
            WriteHosted(row, row.Endpoints.HostedAt(row.Droplet, i));
        }
    }

    /// <summary>An endpoint's entry on this droplet, its host or one of its bouncers.</summary>
    public static void WriteEndpoint(in RowContext row, EndpointId id, in Endpoint endpoint, DropletId host)
    {
        bool hosted = host == row.Droplet;
        row.Put(
            Tables.Endpoints,
            row.KeyOf(in endpoint),
            new EndpointValue(EndpointType.Simple, new AddressList(row.Topology[host].Address), hosted ? row.Endpoints.PortOf(id, host).Value : -1, endpoint.Mac)
            {
                HasIngressPolicy = hosted && PolicyRows.IsEnforced(row, id, PolicyDirection.Ingress),
                HasEgressPolicy = hosted && PolicyRows.IsEnforced(row, id, PolicyDirection.Egress),
                IsOutside = hosted && row.Topology.IsOutside(id),
                IsProxied = hosted && endpoint.IsProxied,
            });
    }

    /// <summary>Everything about an endpoint on its own droplet.</summary>
    public static void WriteHosted(in RowContext row, EndpointId id)
    {
        PortId port = row.Endpoints.PortOf(id, row.Droplet);
        AgentId agent = new(port.Value);
        Endpoint endpoint = row.Endpoints[id];
        row.Put(Tables.Slots, port.Value, port);
        WriteEndpoint(row, id, in endpoint, row.Droplet);
        NeighbourList neighbours = row.Holders.NeighboursOf(endpoint.Network);
        if (row.Writer is ISharesNeighbours writer)
        {
            writer.PutNeighbours(row.Droplet, agent, neighbours);
        }
        else
        {
            foreach ((EndpointKey bouncer, MacAddress mac) in neighbours.Rows)
            {
                row.Put(Tables.AgentSubstrate, new AgentSubstrateKey(agent, bouncer), mac);
            }
        }
        row.Put(Tables.Agents, agent, AgentOf(row, id, in endpoint));
    }

    private static AgentConfig AgentOf(in RowContext row, EndpointId id, in Endpoint endpoint)
    {
        Droplet self = row.Self;
        Network network = row.Topology[endpoint.Network];
        EndpointLabels labels = row.Endpoints.LabelsOf(id);
        return new AgentConfig(self.Address, self.Mac, row.KeyOf(in endpoint), row.Holders.BouncersOf(endpoint.Network))
        {
            Links = self.HasStatistics ? Counting : AgentLinks.Usual,
            MacOverride = endpoint.MacOverride,
            PodLabel = row.Facts.Labels.OwnId(labels),
            NamespaceLabel = row.Facts.Labels.NamespaceId(labels),
            ClassAndPriority = endpoint.Qos.ClassAndPriority,
            EndpointMac = endpoint.Mac,
            HasEgressPolicy = PolicyRows.IsEnforced(row, id, PolicyDirection.Egress),
            HasIngressPolicy = PolicyRows.IsEnforced(row, id, PolicyDirection.Ingress),
            Gateway = network.Gateway,
            GatewayMac = network.GatewayMac,
            BytesPerSecond = endpoint.Qos.BytesPerSecond,
            BurstBytes = endpoint.Qos.BurstBytes,
            IsOutside = row.Topology.IsOutside(id),
            IsProxied = endpoint.IsProxied,
        };
    }

    /// <summary>Upstream never loads a program for ABORTED (spec §3.1).</summary>
    private const AgentLinks Counting = AgentLinks.Usual | AgentLinks.RedirectStatistics | AgentLinks.PassStatistics | AgentLinks.DropStatistics;
}
