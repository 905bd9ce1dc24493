using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Reading;

/// <summary>Names and addresses of a topology, as observations need them.</summary>
internal static class Naming
{
    /// <summary>The endpoint of the same VPC that has this address, whether or not it exists all the time; null when none.</summary>
    public static EndpointId? EndpointWith(this Topology topology, EndpointId peer, Ipv4Address address) =>
        topology.EndpointAt(topology.VpcOf(peer), address);

    public static VpcId VpcOf(this Topology topology, EndpointId endpoint) => topology[topology[endpoint].Network].Vpc;

    public static string NameOf(this Topology topology, EndpointId? endpoint) => endpoint is EndpointId id ? topology[id].Name : "nobody";

    /// <summary>The name of the endpoint of the peer's VPC with this address, or the address.</summary>
    public static string NameOf(this Topology topology, EndpointId peer, Ipv4Address address) =>
        topology.EndpointWith(peer, address) is EndpointId id ? topology[id].Name : address.ToString();

    public static string NameOf(this Topology topology, DropletId droplet) => topology[droplet].Name;

    /// <summary><c>left → switch-1 → right</c>.</summary>
    public static string PathText(this Topology topology, IEnumerable<DropletId> path) => string.Join(" → ", path.Select(d => topology[d].Name));
}
