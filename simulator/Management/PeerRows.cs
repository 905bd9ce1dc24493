using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>Whom a droplet takes tunnelled frames from, and who of them is down (dialect <c>lab</c>): all droplets of the topology but itself.</summary>
internal static class PeerRows
{
    public static void Write(in RowContext row)
    {
        if (!row.Has(Switches.TrustedPeers) && !row.Has(Switches.HostHealth))
        {
            return;
        }
        if (row.Writer is ISharesPeers writer)
        {
            writer.PutPeers(row.Droplet, row.Holders.AllDroplets, row.Self.Address);
            foreach (DropletId down in row.Has(Switches.HostHealth) ? row.State.Unhealthy : [])
            {
                if (down != row.Droplet)
                {
                    row.Put(Tables.Peers, row.Topology[down].Address, PeerState.Unhealthy);
                }
            }
            return;
        }
        for (int i = 0; i < row.Topology.Droplets.Length; i++)
        {
            if (i != row.Droplet.Index)
            {
                bool down = row.Has(Switches.HostHealth) && row.State.Unhealthy.Contains(new DropletId(i));
                row.Put(Tables.Peers, row.Topology.Droplets[i].Address, down ? PeerState.Unhealthy : PeerState.Healthy);
            }
        }
    }

    /// <summary>Of these rows the one about a single droplet.</summary>
    public static void WriteAbout(in RowContext row, DropletId peer)
    {
        if (peer != row.Droplet && (row.Has(Switches.TrustedPeers) || row.Has(Switches.HostHealth)))
        {
            bool down = row.Has(Switches.HostHealth) && row.State.Unhealthy.Contains(peer);
            row.Put(Tables.Peers, row.Topology[peer].Address, down ? PeerState.Unhealthy : PeerState.Healthy);
        }
    }

    public static bool AnyUnhealthy(in RowContext row)
    {
        DropletId self = row.Droplet;
        return row.Has(Switches.HostHealth) && row.State.Unhealthy.Any(d => d != self);
    }
}
