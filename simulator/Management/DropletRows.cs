using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// The rows each droplet holds in one state of roles: a generator that hands them to a writer one by one. A row may be handed
/// over more than once (two roles need the same substrate entry), always with the same value. Another noun is a line here.
/// </summary>
internal sealed class DropletRows(PlanFacts facts, RoleState state, EndpointColumns endpoints)
{
    private readonly HolderLists holders = new(facts, state);

    public DropletRows(PlanFacts facts, RoleState state)
        : this(facts, state, new ListedEndpoints(state, facts.Ports))
    {
    }

    /// <summary>Several threads may ask at once, for different droplets.</summary>
    public void Write(DropletId droplet, ITableWriter writer)
    {
        RowContext row = new(facts, state, endpoints, holders, droplet, writer);
        NicRows.Write(row);
        PeerRows.Write(row);
        DividerRows.Write(row);
        BouncerRows.Write(row);
        StageRows.Write(row);
        HostedRows.Write(row);
        PolicyRows.Write(row);
        GatewayRows.Write(row);
    }

    /// <summary>Of these rows those about one endpoint alone: on its host, and on its network's bouncers.</summary>
    public void WriteAbout(DropletId droplet, EndpointId endpoint, ITableWriter writer)
    {
        RowContext row = new(facts, state, endpoints, holders, droplet, writer);
        if (endpoints.HostOf(endpoint) is not { } host)
        {
            return;
        }
        if (state.Bouncers[endpoints[endpoint].Network.Index].Contains(droplet))
        {
            BouncerRows.WriteMember(row, endpoint, host);
        }
        if (host == droplet)
        {
            HostedRows.WriteHosted(row, endpoint);
        }
    }

    /// <summary>Those about a network's bouncers: on its hosts, on the bouncers, on the VPC's dividers.</summary>
    public void WriteAbout(DropletId droplet, NetworkId network, ITableWriter writer)
    {
        RowContext row = new(facts, state, endpoints, holders, droplet, writer);
        VpcId vpc = state.Topology[network].Vpc;
        if (state.Dividers[vpc.Index].Contains(droplet))
        {
            DividerRows.WriteNetwork(row, network, vpc);
        }
        if (state.Bouncers[network.Index].Contains(droplet))
        {
            BouncerRows.WriteNetwork(row, network);
        }
        for (int i = 0; i < endpoints.MembersOf(network); i++)
        {
            EndpointId member = endpoints.MemberAt(network, i);
            if (endpoints.HostOf(member) == droplet)
            {
                HostedRows.WriteHosted(row, member);
            }
        }
    }

    /// <summary>Those that say whether a droplet is up: everybody else's row of its peer, and whether any is down.</summary>
    public void WriteAbout(DropletId droplet, DropletId peer, ITableWriter writer)
    {
        RowContext row = new(facts, state, endpoints, holders, droplet, writer);
        NicRows.Write(row);
        PeerRows.WriteAbout(row, peer);
    }

    /// <summary>Those about a VPC's dividers: on the dividers, and on its networks' bouncers.</summary>
    public void WriteAbout(DropletId droplet, VpcId vpc, ITableWriter writer)
    {
        RowContext row = new(facts, state, endpoints, holders, droplet, writer);
        foreach (int network in holders.NetworksOf(vpc))
        {
            if (state.Dividers[vpc.Index].Contains(droplet))
            {
                DividerRows.WriteNetwork(row, new NetworkId(network), vpc);
            }
            if (state.Bouncers[network].Contains(droplet))
            {
                BouncerRows.WriteDividers(row, vpc);
            }
        }
    }
}
