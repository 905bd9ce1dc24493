using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>The endpoints of a scenario in one state of roles.</summary>
internal sealed class ListedEndpoints : EndpointColumns
{
    private readonly RoleState state;
    private readonly PortMap ports;
    private readonly Grouping byNetwork;
    private readonly Grouping byHost;

    public ListedEndpoints(RoleState state, PortMap ports)
    {
        this.state = state;
        this.ports = ports;
        Topology topology = state.Topology;
        byNetwork = new Grouping(topology.Endpoints.Length, topology.Networks.Length, e => topology.Endpoints[e].Network.Index);
        byHost = new Grouping(topology.Endpoints.Length, topology.Droplets.Length, e => state.HostOf[e]?.Index ?? Grouping.Nowhere);
    }

    public override int Count => state.Topology.Endpoints.Length;

    public override Endpoint this[EndpointId id] => state.Topology[id];

    public override DropletId? HostOf(EndpointId id) => state.HostOf[id.Index];

    public override EndpointLabels LabelsOf(EndpointId id) => state.Labels[id.Index];

    public override PortId PortOf(EndpointId id, DropletId droplet) => ports.PortOf(id, droplet);

    public override int MembersOf(NetworkId network) => byNetwork.CountOf(network.Index);

    public override EndpointId MemberAt(NetworkId network, int number) => new(byNetwork.At(network.Index, number));

    public override int HostedOn(DropletId droplet) => byHost.CountOf(droplet.Index);

    public override EndpointId HostedAt(DropletId droplet, int number) => new(byHost.At(droplet.Index, number));
}
