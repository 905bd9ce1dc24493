using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// The rows one droplet holds in one state of roles: a generator that hands them to a writer one by one. A row may be handed
/// over more than once (two roles need the same substrate entry), always with the same value. Another noun is a line here.
/// </summary>
internal static class DropletRows
{
    public static void Write(PlanFacts facts, RoleState state, DropletId droplet, ITableWriter writer)
    {
        RowContext row = new(facts, state, droplet, writer);
        NicRows.Write(row);
        PeerRows.Write(row);
        DividerRows.Write(row);
        BouncerRows.Write(row);
        StageRows.Write(row);
        HostedRows.Write(row);
        PolicyRows.Write(row);
    }
}
