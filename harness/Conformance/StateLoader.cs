using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance;

/// <summary>Writes droplets' state through the table seam, and takes it back afterwards: every row it wrote, and every row that was learned.</summary>
/// <param name="like">Rows of tables this one lacks are left out; null: none are.</param>
public sealed class StateLoader(IDataPlane dataPlane, IDataPlane? like = null)
{
    private readonly List<(DropletId Droplet, StateRow Row)> written = [];
    private readonly SortedSet<DropletId> droplets = [];

    /// <summary>Writes one droplet's state.</summary>
    public void Load(DropletId droplet, DropletState state)
    {
        droplets.Add(droplet);
        foreach (StateRow row in state.Rows)
        {
            if (Support.Has(dataPlane, row.Table) && (like is null || Support.Has(like, row.Table)))
            {
                row.Put(dataPlane, droplet);
                written.Add((droplet, row));
            }
        }
    }

    /// <summary>
    /// Leaves the data plane as it was before. Under corrections more decides than rows: what is used up of a limit, how often policy was written; so the data plane is
    /// made as new.
    /// </summary>
    public void Clear()
    {
        foreach ((DropletId droplet, StateRow row) in written)
        {
            row.Delete(dataPlane, droplet);
        }
        written.Clear();
        foreach (DropletId droplet in droplets)
        {
            foreach (StateRow row in LearnedTables.Rows(dataPlane, droplet))
            {
                row.Delete(dataPlane, droplet);
            }
        }
        droplets.Clear();
        if (dataPlane.Settings.On != Switches.None && dataPlane is IClearable clearable)
        {
            clearable.Clear();
        }
    }
}
