using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>How one of a list is chosen by the hash of the inner addresses (§4.1): the agent's bouncer, the divider, the destination's bouncer.</summary>
internal static class ListPick
{
    /// <summary>
    /// The element at hash mod length. An empty list is not guarded upstream: BPF's modulo by zero leaves the hash itself, and only an index
    /// above 127 is refused; one that is not reads a zero of the 128-element array.
    /// </summary>
    public static bool TryPick(in AddressList list, uint hash, out Ipv4Address picked)
    {
        if (list.Count == 0)
        {
            picked = Ipv4Address.Any;
            return hash < AddressList.Limit;
        }
        picked = list[(int)(hash % (uint)list.Count)];
        return true;
    }
}
