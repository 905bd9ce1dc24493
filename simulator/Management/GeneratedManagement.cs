using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// The management plane of a generated topology while it runs: endpoints come, move and go, droplets take roles and lose them, fail and come back. Each step is the difference of the rows of those
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
        MarkUnhealthyStep s => ChangeHealth(step, s.Droplet),
        MarkHealthyStep s => ChangeHealth(step, s.Droplet),
        _ => throw new NotSupportedException($"the management plane of a generated topology knows no {step.GetType().Name}"),
    };

    /// <summary>
    /// What it does about a droplet that has failed. With <see cref="Switches.HostHealth"/> everybody is told that it is down, and the lists of role holders do without it until it is back; a list that would be left
    /// empty gets another droplet in its place. Without, as upstream would have it done by hand, its roles are others' from now on.
    /// </summary>
    public IEnumerable<Step> ReactionTo(DropletId failed)
    {
        if (plan.Settings.Has(Switches.HostHealth))
        {
            yield return new MarkUnhealthyStep(failed) { Name = "", Where = default };
        }
        for (int n = 0; n < state.Bouncers.Length; n++)
        {
            if (Leaves(state.Bouncers[n], failed))
            {
                if (SuccessorOf(state.Bouncers[n], failed) is { } next)
                {
                    yield return new AddBouncerStep(new NetworkId(n), next) { Name = "", Where = default };
                }
                yield return new RemoveBouncerStep(new NetworkId(n), failed) { Name = "", Where = default };
            }
        }
        for (int v = 0; v < state.Dividers.Length; v++)
        {
            if (Leaves(state.Dividers[v], failed))
            {
                if (SuccessorOf(state.Dividers[v], failed) is { } next)
                {
                    yield return new AddDividerStep(new VpcId(v), next) { Name = "", Where = default };
                }
                yield return new RemoveDividerStep(new VpcId(v), failed) { Name = "", Where = default };
            }
        }
    }

    /// <summary>What it does about one that is back: it takes up the roles it kept.</summary>
    public IEnumerable<Step> ReactionToReturn(DropletId droplet) => state.Unhealthy.Contains(droplet) ? [new MarkHealthyStep(droplet) { Name = "", Where = default }] : [];

    /// <summary>Whether a list's holder that failed must give the role away.</summary>
    private bool Leaves(ImmutableArray<DropletId> holders, DropletId failed) =>
        holders.Contains(failed) && !(plan.Settings.Has(Switches.HostHealth) && AnyIsUp(holders, failed));

    private bool AnyIsUp(ImmutableArray<DropletId> holders, DropletId failed) => holders.Any(holder => holder != failed && !state.Unhealthy.Contains(holder));

    /// <summary>The next droplet that is up and no holder yet; null when others hold the role, or there is none.</summary>
    private DropletId? SuccessorOf(ImmutableArray<DropletId> holders, DropletId failed)
    {
        if (AnyIsUp(holders, failed))
        {
            return null;
        }
        int droplets = plan.Topology.DropletCount;
        for (int i = 1; i < droplets; i++)
        {
            DropletId next = new((failed.Index + i) % droplets);
            if (!holders.Contains(next) && !state.Unhealthy.Contains(next))
            {
                return next;
            }
        }
        return null;
    }

    /// <summary>Everybody's row of a peer, and the lists it is in.</summary>
    private ImmutableArray<TableUpdate> ChangeHealth(Step step, DropletId droplet)
    {
        if (!plan.Settings.Has(Switches.HostHealth))
        {
            return [];
        }
        int[] networks = [.. Enumerable.Range(0, state.Bouncers.Length).Where(n => state.Bouncers[n].Contains(droplet))];
        int[] vpcs = [.. Enumerable.Range(0, state.Dividers.Length).Where(v => state.Dividers[v].Contains(droplet))];
        SortedSet<DropletId>[] ofNetworks = [.. networks.Select(n => (SortedSet<DropletId>)[.. ConcernedBy(new NetworkId(n)), .. state.Bouncers[n]])];
        SortedSet<DropletId>[] ofVpcs = [.. vpcs.Select(v => (SortedSet<DropletId>)[.. ConcernedBy(new VpcId(v)), .. state.Dividers[v]])];
        return Change(step, Enumerable.Range(0, plan.Topology.DropletCount).Select(d => new DropletId(d)), (of, at, writer) =>
        {
            of.WriteAbout(at, droplet, writer);
            for (int n = 0; n < networks.Length; n++)
            {
                if (ofNetworks[n].Contains(at))
                {
                    of.WriteAbout(at, new NetworkId(networks[n]), writer);
                }
            }
            for (int v = 0; v < vpcs.Length; v++)
            {
                if (ofVpcs[v].Contains(at))
                {
                    of.WriteAbout(at, new VpcId(vpcs[v]), writer);
                }
            }
        });
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

    private ImmutableArray<TableUpdate> Change(Step step, NetworkId network, DropletId holder) =>
        Change(step, (SortedSet<DropletId>)[holder, .. ConcernedBy(network)], (of, droplet, writer) => of.WriteAbout(droplet, network, writer));

    private ImmutableArray<TableUpdate> Change(Step step, VpcId vpc, DropletId holder) =>
        Change(step, (SortedSet<DropletId>)[holder, .. ConcernedBy(vpc)], (of, droplet, writer) => of.WriteAbout(droplet, vpc, writer));

    /// <summary>Who is told a network's bouncers: the dividers of its VPC, and the hosts of its endpoints.</summary>
    private SortedSet<DropletId> ConcernedBy(NetworkId network)
    {
        SortedSet<DropletId> concerned = [.. state.Dividers[plan.Topology.Roles[network].Vpc.Index]];
        for (int i = 0; i < endpoints.MembersOf(network); i++)
        {
            if (endpoints.HostOf(endpoints.MemberAt(network, i)) is { } host)
            {
                concerned.Add(host);
            }
        }
        return concerned;
    }

    /// <summary>Who is told a VPC's dividers: its networks' bouncers.</summary>
    private SortedSet<DropletId> ConcernedBy(VpcId vpc)
    {
        SortedSet<DropletId> concerned = [];
        for (int n = 0; n < state.Bouncers.Length; n++)
        {
            if (plan.Topology.Roles.Networks[n].Vpc == vpc)
            {
                concerned.UnionWith(state.Bouncers[n]);
            }
        }
        return concerned;
    }

    private ImmutableArray<TableUpdate> Change(Step step, IEnumerable<DropletId> concerned, Action<DropletRows, DropletId, ITableWriter> write)
    {
        RoleState old = state;
        DropletRows oldRows = rows;
        state = state.After(step);
        rows = new DropletRows(plan.Facts, state, endpoints);
        return Workflow.Updates(
            old, state, order, [.. concerned.Select(d => (d, RowSet.Of(writer => write(oldRows, d, writer)), RowSet.Of(writer => write(rows, d, writer))))]);
    }
}
