using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>The endpoints of a generated topology, by its rules: none is kept.</summary>
internal sealed class GeneratedEndpoints(GeneratedTopology topology) : EndpointColumns
{
    public override int Count => topology.EndpointCount;

    public override Endpoint this[EndpointId id] => topology[id];

    public override DropletId? HostOf(EndpointId id) => topology.HostOf(id);

    public override EndpointLabels LabelsOf(EndpointId id) => default;

    public override PortId PortOf(EndpointId id, DropletId droplet) =>
        topology.HostOf(id) == droplet
            ? new PortId(topology.PortOf(id))
            : throw new ArgumentException($"endpoint {id.Index} has no port on droplet {droplet.Index}");

    public override int MembersOf(NetworkId network) => topology.MembersOf(network);

    public override EndpointId MemberAt(NetworkId network, int number) => topology.MemberAt(network, number);

    public override int HostedOn(DropletId droplet) => topology.HostedOn(droplet);

    public override EndpointId HostedAt(DropletId droplet, int number) => topology.HostedAt(droplet, number);
}
