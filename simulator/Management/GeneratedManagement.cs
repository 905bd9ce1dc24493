using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// The management plane of a generated topology while it runs: endpoints come, move and go, droplets take roles and lose them. Each step is the difference of the rows of those
/// droplets alone that know of what it changes, by the generators that write every plan and in the order of every workflow.
/// </summary>
/// <remarks>
/// Underlay MACs of droplets stay where they are known when the last endpoint that needed them has gone: whether it was the last is not counted, and they never change.
/// </remarks>
internal sealed class GeneratedManagement
{
    private readonly GeneratedPlan plan;
    private readonly EndpointPlaces places;
    private readonly ChangedEndpoints endpoints;
    private readonly ProgrammingOrder order;
    private RoleState state;
    private DropletRows rows;

    public GeneratedManagement(GeneratedPlan plan, EndpointPlaces places, ProgrammingOrder order)
    {
        this.plan = plan;
        this.places = places;
        this.order = order;
        endpoints = new ChangedEndpoints(places);
        state = RoleState.Initial(plan.Topology.Roles);
        rows = new DropletRows(plan.Facts, state, endpoints);
    }

    public RoleState State => state;

    /// <summary>The updates of a step, in the order they are sent; from now on the state is the one after it.</summary>
    /// <exception cref="NotSupportedException">Not a step of endpoints or roles.</exception>
    public ImmutableArray<TableUpdate> Change(Step step) => step switch
    {
        CreateEndpointStep s => Change(s.Endpoint, () => places.Enter(s.Endpoint, plan.Topology.HostOf(s.Endpoint)), plan.Topology.HostOf(s.Endpoint)),
        MoveEndpointStep s => Change(s.Endpoint, () => places.Enter(s.Endpoint, s.To), s.To),
        DeleteEndpointStep s => Change(s.Endpoint, () => places.Leave(s.Endpoint), null),
        AddBouncerStep s => Change(step, s.Network, s.Droplet),
        RemoveBouncerStep s => Change(step, s.Network, s.Droplet),
        AddDividerStep s => Change(step, s.Vpc, s.Droplet),
        RemoveDividerStep s => Change(step, s.Vpc, s.Droplet),
        _ => throw new NotSupportedException($"the management plane of a generated topology knows no {step.GetType().Name}"),
    };

    /// <summary>What it does about a droplet that has failed: others keep its roles, and where there are none, the next droplet takes them first.</summary>
    public IEnumerable<Step> ReactionTo(DropletId failed)
    {
        DropletId next = new((failed.Index + 1) % plan.Topology.DropletCount);
        for (int n = 0; n < state.Bouncers.Length; n++)
        {
            if (state.Bouncers[n].Contains(failed))
            {
                if (state.Bouncers[n].Length == 1)
                {
                    yield return new AddBouncerStep(new NetworkId(n), next) { Name = "", Where = default };
                }
                yield return new RemoveBouncerStep(new NetworkId(n), failed) { Name = "", Where = default };
            }
        }
        for (int v = 0; v < state.Dividers.Length; v++)
        {
            if (state.Dividers[v].Contains(failed))
            {
                if (state.Dividers[v].Length == 1)
                {
                    yield return new AddDividerStep(new VpcId(v), next) { Name = "", Where = default };
                }
                yield return new RemoveDividerStep(new VpcId(v), failed) { Name = "", Where = default };
            }
        }
    }

    private ImmutableArray<TableUpdate> Change(EndpointId endpoint, Action change, DropletId? to)
    {
        SortedSet<DropletId> concerned = [.. state.Bouncers[plan.Topology.NetworkOf(endpoint).Index]];
        if (places.Find(endpoint) is { } from)
        {
            concerned.Add(from.Droplet);
        }
        if (to is { } host)
        {
            concerned.Add(host);
        }
        List<(DropletId Droplet, RowSet Old)> before = [.. concerned.Select(d => (d, RowSet.Of(writer => rows.WriteAbout(d, endpoint, writer))))];
        change();
        return Workflow.Updates(state, state, order, [.. before.Select(b => (b.Droplet, b.Old, RowSet.Of(writer => rows.WriteAbout(b.Droplet, endpoint, writer))))]);
    }

    private ImmutableArray<TableUpdate> Change(Step step, NetworkId network, DropletId holder)
    {
        SortedSet<DropletId> concerned = [holder, .. state.Dividers[plan.Topology.Roles[network].Vpc.Index]];
        for (int i = 0; i < endpoints.MembersOf(network); i++)
        {
            if (endpoints.HostOf(endpoints.MemberAt(network, i)) is { } host)
            {
                concerned.Add(host);
            }
        }
        return Change(step, concerned, (of, droplet, writer) => of.WriteAbout(droplet, network, writer));
    }

    private ImmutableArray<TableUpdate> Change(Step step, VpcId vpc, DropletId holder)
    {
        SortedSet<DropletId> concerned = [holder];
        for (int n = 0; n < state.Bouncers.Length; n++)
        {
            if (plan.Topology.Roles.Networks[n].Vpc == vpc)
            {
                concerned.UnionWith(state.Bouncers[n]);
            }
        }
        return Change(step, concerned, (of, droplet, writer) => of.WriteAbout(droplet, vpc, writer));
    }

    private ImmutableArray<TableUpdate> Change(Step step, SortedSet<DropletId> concerned, Action<DropletRows, DropletId, ITableWriter> write)
    {
        RoleState old = state;
        DropletRows oldRows = rows;
        state = state.After(step);
        rows = new DropletRows(plan.Facts, state, endpoints);
        return Workflow.Updates(
            old, state, order, [.. concerned.Select(d => (d, RowSet.Of(writer => write(oldRows, d, writer)), RowSet.Of(writer => write(rows, d, writer))))]);
    }
}
