using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The life of a direct-path entry (§3.7). Upstream's has none: it is learned from the RTS option, and leaves only when it is the least recently
/// used (§8.1 P4). Ours is renewed by every frame that says the same (<see cref="DirectPathLearning"/>), ends when none does for a while, is not
/// used while its host is unhealthy, and is deleted when the host sends a frame back (<see cref="ReturnedFrame"/>).
/// </summary>
internal static class DirectPathUse
{
    /// <summary>The host to send to without a bouncer or divider: an agent's first choice (§3.4 row 1), a divider's too (§3.6 router 3).</summary>
    public static bool TryFind(DropletTables tables, in EndpointKey endpoint, out CachedHost host)
    {
        bool found = Finds(tables, in endpoint, out host);
        tables.Counters?.Asked(CacheTable.DirectPath, found);
        return found;
    }

    private static bool Finds(DropletTables tables, in EndpointKey endpoint, out CachedHost host)
    {
        if (!tables.DirectPath.TryUse(in endpoint, out host))
        {
            return false;
        }
        DataPlaneSettings settings = tables.Settings;
        if (settings.Has(Switches.DirectPathLifetime) && LabClock.Age(tables.Now, host.Seen) > tables.Lifetimes.DirectPath)
        {
            return false;
        }

        // Nobody looks at peers while none of them is unhealthy.
        return !settings.Has(Switches.HostHealth)
            || !tables.Interface.Value.HasUnhealthyPeers
            || !tables.Peers.TryGet(host.Host.Address, out PeerState state)
            || state != PeerState.Unhealthy;
    }
}
