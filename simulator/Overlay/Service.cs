using System.Collections.Immutable;
using MizarLab.Packets;

namespace MizarLab.Overlay;

/// <summary>
/// A scaled endpoint (spec §3.9): an address without a host, behind which one of several backends answers. Its network's bouncers choose, by a hash of the
/// client's address and port.
/// </summary>
/// <param name="Backends">Those it begins with, in the order the hash counts.</param>
public readonly record struct Service(
    string Name, NetworkId Network, Ipv4Address Address, MacAddress Mac, ImmutableArray<ServicePort> Ports, ImmutableArray<EndpointId> Backends)
{
    /// <summary>The port of the backends that stands behind a port of the service; null when it has none such.</summary>
    public ushort? TargetOf(ushort port, IpProtocol protocol)
    {
        foreach (ServicePort each in Ports)
        {
            if (each.Port == port && each.Protocol == protocol)
            {
                return each.Target;
            }
        }
        return null;
    }
}

/// <summary>A port of a service and the backends' port behind it; of ICMP both are 0.</summary>
public readonly record struct ServicePort(ushort Port, IpProtocol Protocol, ushort Target);
