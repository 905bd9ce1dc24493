using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// Which endpoint is behind which port of which droplet: as the topology's rule has it, but for those that were created, moved or deleted since. Written
/// between stretches of a run only, read by all partitions within them.
/// </summary>
internal sealed class EndpointPlaces(GeneratedTopology topology)
{
    private readonly SortedDictionary<int, EndpointPlace?> moved = [];
    private readonly SortedDictionary<int, List<EndpointId?>> added = [];

    public GeneratedTopology Topology => topology;

    /// <summary>Where it is; null: nowhere.</summary>
    public EndpointPlace? Find(EndpointId id) =>
        moved.Count > 0 && moved.TryGetValue(id.Index, out EndpointPlace? place) ? place : new EndpointPlace(topology.HostOf(id), new PortId(topology.PortOf(id)));

    /// <summary>Who is there now; null: nobody.</summary>
    public EndpointId? At(DropletId droplet, PortId port)
    {
        int number = port.Value - 1;
        int initial = topology.HostedOn(droplet);
        if (number < initial)
        {
            EndpointId first = topology.HostedAt(droplet, number);
            return moved.Count > 0 && moved.ContainsKey(first.Index) && moved[first.Index] != new EndpointPlace(droplet, port) ? null : first;
        }
        return added.TryGetValue(droplet.Index, out List<EndpointId?>? list) && number - initial < list.Count && list[number - initial] is { } entered
            && Find(entered) == new EndpointPlace(droplet, port) ? entered : null;
    }

    /// <summary>The port it has, or is given, on a droplet: a number nobody had there before, but for its own.</summary>
    public PortId PortFor(EndpointId id, DropletId droplet)
    {
        if (topology.HostOf(id) == droplet)
        {
            return new PortId(topology.PortOf(id));
        }
        int initial = topology.HostedOn(droplet);
        int before = added.TryGetValue(droplet.Index, out List<EndpointId?>? list) ? list.IndexOf(id) : -1;
        return new PortId(initial + 1 + (before >= 0 ? before : list?.Count ?? 0));
    }

    /// <summary>Who is there now, in the order of the ports.</summary>
    public IEnumerable<EndpointId> On(DropletId droplet)
    {
        int last = topology.HostedOn(droplet) + (added.TryGetValue(droplet.Index, out List<EndpointId?>? list) ? list.Count : 0);
        for (int port = 1; port <= last; port++)
        {
            if (At(droplet, new PortId(port)) is { } endpoint)
            {
                yield return endpoint;
            }
        }
    }

    public void Leave(EndpointId id) => moved[id.Index] = null;

    /// <summary>It is on this droplet from now on, behind <see cref="PortFor"/>.</summary>
    public EndpointPlace Enter(EndpointId id, DropletId droplet)
    {
        EndpointPlace place = new(droplet, PortFor(id, droplet));
        int number = place.Port.Value - 1 - topology.HostedOn(droplet);
        if (number >= 0)
        {
            if (!added.TryGetValue(droplet.Index, out List<EndpointId?>? list))
            {
                added.Add(droplet.Index, list = []);
            }
            if (number == list.Count)
            {
                list.Add(id);
            }
        }
        moved[id.Index] = place;
        return place;
    }
}

/// <summary>An endpoint's droplet and its port there.</summary>
internal readonly record struct EndpointPlace(DropletId Droplet, PortId Port);
