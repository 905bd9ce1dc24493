using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>
/// What Mizar's management plane sends when an endpoint, a bouncer or a divider is added to a network (spec 05 §5.5, 09 Q24 to Q26): the updates of the real workflow, counted. Upstream's processes
/// for the same: 4 B + 6 for a pod (agent and host are written by both daemon and operator), 5 E + 3 D + 3 for a bouncer.
/// </summary>
/// <param name="endpoints">E, of the network, the new one with them.</param>
/// <param name="hosts">They lie on, all droplets.</param>
/// <param name="bouncers">B, before.</param>
/// <param name="dividers">D, before.</param>
/// <param name="settings">Of the data plane.</param>
public sealed class RoleChangeStudy(int endpoints, int hosts, int bouncers, int dividers, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("endpoint_updates", "updates", "For an endpoint"),
        new("endpoint_receivers", "droplets", "Droplets that are told of it"),
        new("bouncer_updates", "updates", "For another bouncer"),
        new("at_bouncer", "updates", "Of them, at the new bouncer"),
        new("at_dividers", "updates", "At the dividers"),
        new("at_agents", "updates", "For the network's agents, at their hosts"),
        new("divider_updates", "updates", "For another divider"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        GeneratedTopology generated = new(new GeneratedShape(hosts, endpoints) { EndpointsPerNetwork = endpoints, NetworksPerVpc = 1, BouncersPerNetwork = bouncers, DividersPerVpc = dividers });
        Topology topology = generated.WriteOut();
        EndpointId added = WithoutRole(topology);
        topology = topology with { Endpoints = topology.Endpoints.SetItem(added.Index, topology[added] with { Initially = false }) };
        DropletId free = FreeDroplet(topology, topology[added].Droplet);
        Plan plan = Plan.Create(new Scenario
        {
            Name = "study",
            File = "study",
            Settings = settings,
            Topology = topology,
            Timeline =
            [
                new CreateEndpointStep(added) { Name = "endpoint", Where = default },
                new AddBouncerStep(new NetworkId(0), free) { Name = "bouncer", Where = default },
                new AddDividerStep(new VpcId(0), free) { Name = "divider", Where = default },
            ],
            Expect = [],
        });
        ImmutableArray<TableUpdate> endpoint = plan.StepUpdates[0], bouncer = plan.StepUpdates[1], divider = plan.StepUpdates[2];
        ImmutableArray<DropletId> dividing = topology.Vpcs[0].Dividers;
        int agents = bouncer.Count(IsAgents);
        int atBouncer = bouncer.Count(u => u.Droplet == free && !IsAgents(u));
        int atDividers = bouncer.Count(u => u.Droplet != free && dividing.Contains(u.Droplet) && !IsAgents(u));
        return StudyResult.Of(
            endpoint.Length, endpoint.Select(u => u.Droplet).Distinct().Count(), bouncer.Length, atBouncer, atDividers, agents, divider.Length);
    }

    private static bool IsAgents(TableUpdate update) => update is PutUpdate<AgentId, AgentConfig> or PutUpdate<AgentSubstrateKey, Packets.MacAddress>;

    /// <summary>The last endpoint whose host does not bounce for it: one message more than of one whose host does.</summary>
    private static EndpointId WithoutRole(Topology topology)
    {
        for (int e = topology.Endpoints.Length - 1; e > 0; e--)
        {
            if (!topology.Networks[0].Bouncers.Contains(topology.Endpoints[e].Droplet))
            {
                return new EndpointId(e);
            }
        }
        return new EndpointId(0);
    }

    private static DropletId FreeDroplet(Topology topology, DropletId host)
    {
        for (int d = 0; d < topology.Droplets.Length; d++)
        {
            DropletId droplet = new(d);
            if (!topology.Networks[0].Bouncers.Contains(droplet) && !topology.Vpcs[0].Dividers.Contains(droplet) && host != droplet)
            {
                return droplet;
            }
        }
        throw new ArgumentException("every droplet has a role already", nameof(topology));
    }
}
