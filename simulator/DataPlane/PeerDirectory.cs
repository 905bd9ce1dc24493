using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The underlay addresses of all droplets of a topology, once for all of them: each trusts all others, which as rows of its own would be the square of their
/// number. Never changes. Addresses that follow one another, as in large topologies, are a range and cost no look at memory.
/// </summary>
public sealed class PeerDirectory
{
    private readonly Ipv4Address[] sorted;
    private readonly bool isRange;

    public PeerDirectory(IEnumerable<Ipv4Address> addresses)
    {
        sorted = [.. addresses];
        Array.Sort(sorted);
        isRange = sorted.Length > 0 && sorted[^1].Value - sorted[0].Value == (uint)sorted.Length - 1;
        First = sorted.Length > 0 ? sorted[0].Value : 0;
    }

    /// <summary>All of them, ascending.</summary>
    public ReadOnlySpan<Ipv4Address> Addresses => sorted;

    private uint First { get; }

    public bool Contains(Ipv4Address address) => isRange ? address.Value - First < (uint)sorted.Length : Array.BinarySearch(sorted, address) >= 0;
}

/// <summary>A data plane that can be told a droplet's peers in one go. What is read back is the same as of a row for each.</summary>
public interface ISharesPeers
{
    /// <summary>All of <paramref name="all"/> but <paramref name="self"/> are healthy peers of the droplet; what rows it had before are gone.</summary>
    void PutPeers(DropletId droplet, PeerDirectory all, Ipv4Address self);
}
