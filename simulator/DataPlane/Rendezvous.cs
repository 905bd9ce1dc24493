using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Rendezvous hashing (highest random weight): a flow goes to the member whose own hash with the flow's is highest. When a member leaves, only its own
/// flows move; when one comes, only those that move to it.
/// </summary>
public static class Rendezvous
{
    /// <summary>Place of the member picked; of equal hashes the earlier in the list.</summary>
    /// <param name="list">Not empty.</param>
    public static int Pick(in AddressList list, uint hash)
    {
        int best = 0;
        uint highest = MizarHash.OfWords(hash, list[0].WireWord);
        for (int i = 1; i < list.Count; i++)
        {
            uint weight = MizarHash.OfWords(hash, list[i].WireWord);
            if (weight > highest)
            {
                (best, highest) = (i, weight);
            }
        }
        return best;
    }
}
