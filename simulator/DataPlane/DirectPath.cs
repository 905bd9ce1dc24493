using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The life of a direct-path entry (§3.7). Upstream's has none: it is learned from the RTS option, and leaves only when it is the least recently
/// used (§8.1 P4). Ours is renewed by every frame that says the same, ends when none does for a while, is not used while its host is
/// unhealthy, and is deleted when the host sends a frame back (<see cref="ReturnedFrame"/>).
/// </summary>
internal static class DirectPath
{
    /// <summary>The host to send to without a bouncer or divider: an agent's first choice (§3.4 row 1), a divider's too (§3.6 router 3).</summary>
    public static bool TryUse(DropletTables tables, in EndpointKey endpoint, out CachedHost host)
    {
        if (!tables.DirectPath.TryUse(in endpoint, out host))
        {
            return false;
        }
        DataPlaneSettings settings = tables.Settings;
        if (settings.Has(Switches.DirectPathLifetime) && LabClock.Age(tables.Now, host.Seen) > tables.DirectPathLifetime)
        {
            return false;
        }

        // Nobody looks at peers while none of them is unhealthy.
        return !settings.Has(Switches.HostHealth)
            || !tables.Interface.Value.HasUnhealthyPeers
            || !tables.Peers.TryGet(host.Host.Address, out PeerState state)
            || state != PeerState.Unhealthy;
    }

    /// <summary>
    /// Remembers the host the frame names for this source, unless the option was reset or the source is in our endpoint table: a bouncer of
    /// the source's network, and its host, learn nothing.
    /// </summary>
    public static void Learn(ref TransitFrame transit, Ipv4Address source)
    {
        DropletTables tables = transit.Tables;
        DataPlaneSettings settings = tables.Settings;
        if (!RtsOption.TryRead(transit.Head, settings, out HostAddress host))
        {
            return;
        }

        // Upstream's divider learns itself as a host when a frame it has sent on comes back to it (§8.1 P31).
        if (settings.Has(Switches.LoopGuard) && host.Address == tables.Interface.Value.Address)
        {
            return;
        }
        CachedHost learned = new(host)
        {
            Crosses = settings.Has(Switches.InnerTtl) && (RtsOption.Flags(transit.Head) & RtsFlags.Substituted) == 0,
            Seen = settings.Has(Switches.DirectPathLifetime) ? tables.Now : 0,
        };
        EndpointKey key = new(transit.Vni, source);

        // An entry that says so already is only renewed, whoever the source is: one lookup, where upstream has two and a write.
        if (tables.DirectPath.TryUse(in key, out CachedHost known) && known.Says(in learned))
        {
            tables.Renew(in key, in learned);
        }
        else if (!tables.Endpoints.Contains(in key))
        {
            tables.Learn(in key, in learned);
        }
    }
}
