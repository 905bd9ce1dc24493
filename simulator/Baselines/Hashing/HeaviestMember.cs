using MizarLab.Packets;

namespace MizarLab.Baselines;

/// <summary>
/// Keys given to members one after another by rendezvous hashing, to the one of highest weight; with bounded loads (Mirrokni and others, 2018; spec 12 §4.3) to the one of highest weight that has room. For many more members than a
/// list of the data plane has (<see cref="DataPlane.Rendezvous"/>, whose weights these are).
/// </summary>
public static class HeaviestMember
{
    /// <summary>What a member may hold at most with a slack ε: ⌈(1 + ε) m / n⌉ of m keys.</summary>
    public static int RoomOf(int keys, int members, double slack) => (int)Math.Ceiling((1 + slack) * keys / members);

    /// <summary>Each key's member, by place.</summary>
    /// <param name="members">Not empty.</param>
    /// <param name="keys">So many; together no more than there is room for.</param>
    /// <param name="salt">Tells one set of keys from another.</param>
    /// <param name="room">Of each member.</param>
    /// <param name="cancel">Looked at every key.</param>
    public static int[] Assign(ReadOnlySpan<uint> members, int keys, uint salt, int room, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys, (long)members.Length * room, nameof(keys));
        int[] owners = new int[keys], load = new int[members.Length];
        for (int key = 0; key < keys; key++)
        {
            cancel.ThrowIfCancellationRequested();
            uint hash = MizarHash.OfWords((uint)key, salt);
            int best = -1;
            uint highest = 0;
            for (int i = 0; i < members.Length; i++)
            {
                uint weight = MizarHash.OfWords(hash, members[i]);
                if ((weight > highest || best < 0) && load[i] < room)
                {
                    (best, highest) = (i, weight);
                }
            }
            load[best]++;
            owners[key] = best;
        }
        return owners;
    }
}
