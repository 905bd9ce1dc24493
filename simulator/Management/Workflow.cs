using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// The updates that lead from one state of roles to the next: the difference of the two states' rows, put in order. The order is
/// all there is to a workflow, and it is a table: a phase for every kind of row, so a new table is one line here.
/// </summary>
/// <remarks>
/// Safe: a droplet that takes a role is programmed whole before anybody is told of it, agents last; then what nobody uses any more is
/// removed, agents first (the test controller's order, spec §4.6). Upstream: VPC rows, then network rows, then endpoint rows, then
/// agents, so that a new bouncer is hashed to before it knows an endpoint, and a new divider before it knows a network (§4.6).
/// </remarks>
internal static class Workflow
{
    public static ImmutableArray<TableUpdate> Updates(PlanFacts facts, RoleState before, RoleState after, ProgrammingOrder order)
    {
        DropletRows rowsBefore = new(facts, before);
        DropletRows rowsAfter = new(facts, after);
        return Updates(
            before, after, order, Enumerable.Range(0, before.Topology.Droplets.Length).Select(i => new DropletId(i)).Select(d => (d, RowSet.Of(rowsBefore, d), RowSet.Of(rowsAfter, d))), isWhole: true);
    }

    /// <summary>The same of some droplets, and of the rows about what changes alone.</summary>
    public static ImmutableArray<TableUpdate> Updates(
        RoleState before, RoleState after, ProgrammingOrder order, IEnumerable<(DropletId Droplet, RowSet Old, RowSet Current)> droplets, bool isWhole = false)
    {
        List<(int Phase, TableUpdate Update)> updates = [];
        foreach ((DropletId droplet, RowSet old, RowSet current) in droplets)
        {
            bool takesRole = TakesRole(before, after, droplet);
            foreach (RowSet.Row row in current.NotIn(old))
            {
                if (order == ProgrammingOrder.Safe || !UpstreamForgets(before, after, droplet, row))
                {
                    updates.Add((PutPhase(row, takesRole, order), row.Put(droplet)));
                }
            }
            foreach (RowSet.Row row in old.KeysNotIn(current))
            {
                // Of some rows nobody can tell whether others still need the substrate's.
                bool mayGo = isWhole || row.Kind is not (RowKind.Substrate or RowKind.AgentSubstrate);
                if (mayGo && (order == ProgrammingOrder.Safe || !UpstreamLeaves(before, after)))
                {
                    updates.Add((DeletePhase(row, order), row.Delete(droplet)));
                }
            }
        }
        return [.. updates.OrderBy(u => u.Phase).Select(u => u.Update)];
    }

    /// <summary>Puts come before deletes in the safe order; upstream deletes first (−divider, endpoint deletion).</summary>
    private static int PutPhase(RowSet.Row row, bool takesRole, ProgrammingOrder order)
    {
        int kind = order == ProgrammingOrder.Upstream
            ? row.Kind switch
            {
                RowKind.Slot or RowKind.Own => 0,
                RowKind.Hosted => 1,
                RowKind.Substrate => 2,
                RowKind.Vpc => 3,
                RowKind.Network => 4,
                RowKind.Endpoint => 5,
                RowKind.AgentSubstrate => 6,
                RowKind.Agent => 7,
                RowKind.Detail => 8,
                _ => 9,
            }
            : row.Kind switch
            {
                RowKind.Slot or RowKind.Own => 0,
                RowKind.Substrate => 1,
                RowKind.AgentSubstrate or RowKind.Detail => 2,
                RowKind.Hosted => 3,
                RowKind.Endpoint => 4,
                RowKind.Vpc or RowKind.Network => takesRole ? 5 : 6,
                RowKind.Agent => 7,
                _ => 8,
            };
        return order == ProgrammingOrder.Upstream ? 20 + kind : kind;
    }

    private static int DeletePhase(RowSet.Row row, ProgrammingOrder order) => 10 + (order == ProgrammingOrder.Upstream
        ? row.Kind switch
        {
            RowKind.Network or RowKind.Detail => 0,
            RowKind.Vpc => 1,
            RowKind.Endpoint => 2,
            RowKind.Substrate => 3,
            RowKind.Hosted => 4,
            _ => 5,
        }
        : row.Kind switch
        {
            RowKind.Agent or RowKind.Enforcement => 0,
            RowKind.Vpc or RowKind.Network => 1,
            RowKind.Endpoint => 2,
            RowKind.Hosted => 3,
            RowKind.AgentSubstrate => 4,
            RowKind.Substrate => 5,
            _ => 6,
        });

    private static bool TakesRole(RoleState before, RoleState after, DropletId droplet) =>
        Gains(before.Bouncers, after.Bouncers, droplet) || Gains(before.Dividers, after.Dividers, droplet);

    /// <summary>At HEAD a removed divider stays in the bouncers' lists (§4.6 − divider), and a removed bouncer in the dividers' (− bouncer).</summary>
    private static bool UpstreamForgets(RoleState before, RoleState after, DropletId droplet, RowSet.Row row) =>
        (row.Kind == RowKind.Vpc && Loses(before.Dividers, after.Dividers) && !Gains(before.Bouncers, after.Bouncers, droplet))
        || (row.Kind == RowKind.Network && Loses(before.Bouncers, after.Bouncers));

    /// <summary>At HEAD the workflow that removes a bouncer ends after the agents were told: nothing is deleted (§4.6 − bouncer).</summary>
    private static bool UpstreamLeaves(RoleState before, RoleState after) =>
        Loses(before.Bouncers, after.Bouncers);

    private static bool Gains(ImmutableArray<ImmutableArray<DropletId>> before, ImmutableArray<ImmutableArray<DropletId>> after, DropletId droplet)
    {
        for (int i = 0; i < before.Length; i++)
        {
            if (after[i].Contains(droplet) && !before[i].Contains(droplet))
            {
                return true;
            }
        }
        return false;
    }

    private static bool Loses(ImmutableArray<ImmutableArray<DropletId>> before, ImmutableArray<ImmutableArray<DropletId>> after)
    {
        for (int i = 0; i < before.Length; i++)
        {
            if (after[i].Length < before[i].Length)
            {
                return true;
            }
        }
        return false;
    }
}
