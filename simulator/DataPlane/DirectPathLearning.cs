using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Learning the direct path from the RTS option (§3.7).</summary>
internal static class DirectPathLearning
{
    /// <summary>
    /// Remembers the host the frame names for this source, unless the option was reset or the source is in our endpoint table: a bouncer of
    /// the source's network, and its host, learn nothing.
    /// </summary>
    /// <param name="head">The frame from the outer Ethernet header on.</param>
    public static void Learn(DropletTables tables, ReadOnlySpan<byte> head, Vni vni, Ipv4Address source)
    {
        DataPlaneSettings settings = tables.Settings;
        if (!RtsOption.TryRead(head, settings, out HostAddress host))
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
            Crosses = settings.Has(Switches.InnerTtl) && (RtsOption.Flags(head) & RtsFlags.Substituted) == 0,
            Seen = settings.Has(Switches.DirectPathLifetime) ? tables.Now : 0,
        };
        EndpointKey key = new(vni, source);

        // An entry that says so already is renewed, whoever the source is: one lookup, where upstream has one more and a write.
        ref CachedHost known = ref tables.DirectPath.Use(in key);
        if (!Unsafe.IsNullRef(in known) && known.Says(in learned))
        {
            known.Seen = learned.Seen;
        }
        else if (!tables.Endpoints.Contains(in key))
        {
            tables.Learn(in key, in learned);
        }
    }
}
