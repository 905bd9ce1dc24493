using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// The plan of a generated topology: the rows of every droplet, by the same generators that write small plans, with the endpoints computed. Nothing is kept
/// for an endpoint; what changes while a run goes on is <see cref="GeneratedManagement"/>'s.
/// </summary>
/// <example><code>
/// GeneratedPlan plan = new(new GeneratedTopology(new GeneratedShape(Droplets: 10_000, Endpoints: 1_000_000)), DataPlaneSettings.Lab);
/// ModelDataPlane model = plan.Build(threads: 2);
/// EndpointId source = plan.Topology.HostedAt(droplet, 0);
/// model.Run(droplet, ProgramId.Agent, plan.AgentOf(source), ref frame);
/// </code></example>
public sealed class GeneratedPlan
{
    private readonly DropletRows rows;

    public GeneratedPlan(GeneratedTopology topology, DataPlaneSettings settings)
    {
        Topology = topology;
        Settings = settings;
        Scenario roles = new() { Name = "", File = "", Settings = settings, Topology = topology.Roles, Timeline = [], Expect = [] };
        Facts = PlanFacts.Create(roles);
        rows = new DropletRows(Facts, RoleState.Initial(topology.Roles), new GeneratedEndpoints(topology));
    }

    public GeneratedTopology Topology { get; }

    public DataPlaneSettings Settings { get; }

    internal PlanFacts Facts { get; }

    /// <summary>The agent of an endpoint, on its own droplet.</summary>
    public AgentId AgentOf(EndpointId endpoint) => new(Topology.PortOf(endpoint));

    /// <summary>The endpoint behind a port, or null: the NIC, or no such port.</summary>
    public EndpointId? EndpointAt(DropletId droplet, PortId port) =>
        port.Value >= 1 && port.Value <= Topology.HostedOn(droplet) ? Topology.HostedAt(droplet, port.Value - 1) : null;

    /// <summary>Writes the rows of one droplet. Several threads may write different droplets, if the writer lets them.</summary>
    public void Write(DropletId droplet, ITableWriter writer) => rows.Write(droplet, writer);

    /// <summary>A data plane with all rows written, each table as large as it need be.</summary>
    /// <param name="threads">How many write; droplets are independent, so that nothing depends on it.</param>
    /// <param name="sizes">Null: the dialect's.</param>
    public ModelDataPlane Build(int threads = 1, TableSizes? sizes = null)
    {
        ModelDataPlane model = new(Topology.DropletCount, Settings, sizes);
        Parallel.For(0, Topology.DropletCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, d =>
        {
            DropletId droplet = new(d);
            rows.Write(droplet, model);
            model.Trim(droplet);
        });
        return model;
    }
}
