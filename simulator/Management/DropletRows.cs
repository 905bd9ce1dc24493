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
}
