using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Learning the direct path from the RTS option (§3.7).</summary>
internal static class DirectPathLearning
{
    /// <summary>
    /// Remembers the host the frame names for this source, unless the option was reset or the source is in our endpoint table: a bouncer of
    /// the source's network, and its host, learn nothing.
    /// </summary>
    public static void Learn(ref TransitFrame transit, Ipv4Address source)
    {
        EndpointKey key = new(transit.Vni, source);
        if (RtsOption.TryRead(transit.Head, out HostAddress host) && !transit.Tables.Endpoints.Contains(in key))
        {
            transit.Tables.Learn(in key, host);
        }
    }
}
