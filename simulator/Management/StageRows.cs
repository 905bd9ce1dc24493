using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// The stages of a droplet's transit: those the topology and the timeline load, and on a bouncer of a network with services the scaled-endpoint stage
/// (spec §5.4, BouncerCreate), unless a step took it out.
/// </summary>
internal static class StageRows
{
    public static void Write(in RowContext row)
    {
        if (BouncesServices(row) && !row.State.Stages.ContainsKey((row.Droplet, StageSlot.ScaledEndpoint)))
        {
            row.Put(Tables.Stages, StageSlot.ScaledEndpoint, StageProgram.ScaledEndpoint);
        }
        foreach (((DropletId droplet, int slot), StageProgram? program) in row.State.Stages)
        {
            if (droplet == row.Droplet && program is { } loaded)
            {
                row.Put(Tables.Stages, slot, loaded);
            }
        }
    }

    private static bool BouncesServices(in RowContext row)
    {
        foreach (Service service in row.Topology.Services)
        {
            if (row.State.Bouncers[service.Network.Index].Contains(row.Droplet))
            {
                return true;
            }
        }
        return false;
    }
}
