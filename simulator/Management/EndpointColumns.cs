using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// The endpoints as the generators of rows ask for them: by id, by network and by droplet. Small scenarios have them listed
/// (<see cref="ListedEndpoints"/>), large topologies compute them (<see cref="GeneratedEndpoints"/>).
/// </summary>
internal abstract class EndpointColumns
{
    /// <summary>Endpoints there are at some time.</summary>
    public abstract int Count { get; }

    public abstract Endpoint this[EndpointId id] { get; }

    /// <summary>Where it lives in this state; null: it does not exist.</summary>
    public abstract DropletId? HostOf(EndpointId id);

    public abstract EndpointLabels LabelsOf(EndpointId id);

    /// <summary>The port it has on a droplet.</summary>
    public abstract PortId PortOf(EndpointId id, DropletId droplet);

    /// <summary>Endpoints of a network, existing or not.</summary>
    public abstract int MembersOf(NetworkId network);

    public abstract EndpointId MemberAt(NetworkId network, int number);

    /// <summary>Endpoints that live on a droplet in this state.</summary>
    public abstract int HostedOn(DropletId droplet);

    public abstract EndpointId HostedAt(DropletId droplet, int number);
}
