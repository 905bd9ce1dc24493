using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>A bouncer knows its network's services: their backends that exist now, in order, and their ports (spec §3.9.1, §5.4).</summary>
internal static class ServiceRows
{
    public static void Write(in RowContext row, NetworkId network)
    {
        for (int s = 0; s < row.Topology.Services.Length; s++)
        {
            Service service = row.Topology.Services[s];
            if (service.Network != network)
            {
                continue;
            }
            EndpointKey key = new(row.Topology.VniOf(network), service.Address);
            row.Put(Tables.Endpoints, key, new EndpointValue(EndpointType.Scaled, Backends(row, new ServiceId(s)), -1, service.Mac));
            foreach (ServicePort port in service.Ports)
            {
                row.Put(Tables.ServicePorts, new ServicePortKey(key, port.Port, port.Protocol), port.Target);
            }
        }
    }

    private static AddressList Backends(in RowContext row, ServiceId service)
    {
        ImmutableArray<Ipv4Address>.Builder addresses = ImmutableArray.CreateBuilder<Ipv4Address>();
        foreach (EndpointId backend in row.State.Backends[service.Index])
        {
            if (row.Endpoints.HostOf(backend) is not null)
            {
                addresses.Add(row.Endpoints[backend].Address);
            }
        }
        return new AddressList(addresses.ToArray());
    }
}
