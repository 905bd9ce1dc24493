using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>An endpoint's port on a droplet: devmap slot, agent id and interface have this number.</summary>
public readonly record struct PortBinding(DropletId Droplet, PortId Port, EndpointId Endpoint);

/// <summary>
/// Which port every endpoint has on every droplet it ever lives on. Numbers count from 1 a droplet, initial endpoints first, and
/// no number is given to two endpoints: a late frame cannot reach a successor.
/// </summary>
public sealed class PortMap
{
    private readonly ImmutableArray<ImmutableArray<EndpointId>> byDroplet;
    private readonly FlatTable<EndpointPlace, PortId> byEndpoint;

    private PortMap(ImmutableArray<ImmutableArray<EndpointId>> byDroplet, FlatTable<EndpointPlace, PortId> byEndpoint)
    {
        this.byDroplet = byDroplet;
        this.byEndpoint = byEndpoint;
    }

    /// <summary>All ports, by droplet and number.</summary>
    public IEnumerable<PortBinding> All
    {
        get
        {
            for (int d = 0; d < byDroplet.Length; d++)
            {
                for (int i = 0; i < byDroplet[d].Length; i++)
                {
                    yield return new PortBinding(new DropletId(d), new PortId(i + 1), byDroplet[d][i]);
                }
            }
        }
    }

    public static PortMap Create(Scenario scenario)
    {
        Topology topology = scenario.Topology;
        List<EndpointId>[] ports = [.. topology.Droplets.Select(_ => new List<EndpointId>())];
        FlatTable<EndpointPlace, PortId> byEndpoint = new();

        void Give(EndpointId endpoint, DropletId droplet)
        {
            List<EndpointId> there = ports[droplet.Index];
            EndpointPlace place = new(endpoint, droplet);
            if (!byEndpoint.Contains(in place))
            {
                there.Add(endpoint);
                byEndpoint.Put(in place, new PortId(there.Count));
            }
        }

        for (int i = 0; i < topology.Endpoints.Length; i++)
        {
            if (topology.Endpoints[i].Initially)
            {
                Give(new EndpointId(i), topology.Endpoints[i].Droplet);
            }
        }
        foreach (Step step in scenario.Timeline)
        {
            switch (step)
            {
                case CreateEndpointStep create:
                    Give(create.Endpoint, topology[create.Endpoint].Droplet);
                    break;
                case MoveEndpointStep move:
                    Give(move.Endpoint, move.To);
                    break;
            }
        }
        return new PortMap([.. ports.Select(there => there.ToImmutableArray())], byEndpoint);
    }

    /// <exception cref="ArgumentException">The endpoint never has a port there.</exception>
    public PortId PortOf(EndpointId endpoint, DropletId droplet) =>
        byEndpoint.TryGet(new EndpointPlace(endpoint, droplet), out PortId port)
            ? port
            : throw new ArgumentException($"endpoint {endpoint.Index} has no port on droplet {droplet.Index}");

    public EndpointId? EndpointAt(DropletId droplet, PortId port)
    {
        ImmutableArray<EndpointId> there = byDroplet[droplet.Index];
        return port.Value >= 1 && port.Value <= there.Length ? there[port.Value - 1] : null;
    }

    private readonly record struct EndpointPlace(EndpointId Endpoint, DropletId Droplet);
}
