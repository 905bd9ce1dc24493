using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>The endpoints of a generated topology as they are now: by its rules, but for those that were created, moved or deleted since.</summary>
internal sealed class ChangedEndpoints(EndpointPlaces places) : EndpointColumns
{
    private GeneratedTopology Topology => places.Topology;

    public override int Count => Topology.EndpointCount;

    public override Endpoint this[EndpointId id] => Topology[id];

    public override DropletId? HostOf(EndpointId id) => places.Find(id)?.Droplet;

    public override EndpointLabels LabelsOf(EndpointId id) => default;

    public override PortId PortOf(EndpointId id, DropletId droplet) => places.PortFor(id, droplet);

    public override int MembersOf(NetworkId network) => Topology.MembersOf(network);

    public override EndpointId MemberAt(NetworkId network, int number) => Topology.MemberAt(network, number);

    public override int HostedOn(DropletId droplet) => places.On(droplet).Count();

    public override EndpointId HostedAt(DropletId droplet, int number) => places.On(droplet).ElementAt(number);
}
