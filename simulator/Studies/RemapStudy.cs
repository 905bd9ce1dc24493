using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>Which hashes are asked.</summary>
public enum HashKeys : byte
{
    /// <summary>Every hash of a full residue system, one after the other: what is counted is exact, and nothing is drawn.</summary>
    Residues,

    /// <summary>Hashes of drawn pairs of addresses.</summary>
    Pairs,
}

/// <summary>
/// What a changed number of bouncers costs (spec 09 Q5, 12 §4): of all flows, which keep their bouncer when n become m, and which move although both the bouncer
/// they had and the one they get were there before and are there after. The last of the list leave, and new ones come last.
/// </summary>
/// <param name="before">Bouncers, 1 to <see cref="AddressList.Limit"/>.</param>
/// <param name="after">Bouncers then.</param>
/// <param name="keys">Which flows.</param>
/// <param name="count">Flows at least; of residues a whole number of systems.</param>
/// <param name="settings">Sharding, and whether a tier has a hash of its own.</param>
public sealed class RemapStudy(int before, int after, HashKeys keys, int count, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("kept", "", "Share of flows that keep their bouncer"),
        new("needless", "", "Share of flows that move from a bouncer that stays to another that was there before"),
        new("forced", "", "Share of flows that leave a bouncer that is gone, or move to a new one"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => keys == HashKeys.Residues;

    public StudyResult Run(in StudyRun run)
    {
        AddressList old = Members.Of(before), current = Members.Of(after);
        PacketPairs pairs = new(PairSet.Uniform, count, 0, run.Seed);
        long system = Members.LeastMultiple(before, after);
        long asked = keys == HashKeys.Residues ? (count + system - 1) / system * system : count;
        (long kept, long needless) = (0, 0);
        for (long key = 0; key < asked; key++)
        {
            if (key % 0x1_0000 == 0)
            {
                run.Cancel.ThrowIfCancellationRequested();
            }
            uint hash = keys == HashKeys.Residues ? (uint)key : HashOf(pairs[(int)key]);
            int had = Members.NumberOf(ListPick.Pick(settings, in old, ListTier.AgentBouncer, hash));
            int has = Members.NumberOf(ListPick.Pick(settings, in current, ListTier.AgentBouncer, hash));
            kept += had == has ? 1 : 0;
            needless += had != has && had < after && has < before ? 1 : 0;
        }
        return StudyResult.Of((double)kept / asked, (double)needless / asked, (double)(asked - kept - needless) / asked);
    }

    private static uint HashOf((Ipv4Address Source, Ipv4Address Destination) pair) => MizarHash.OfAddresses(pair.Source, pair.Destination);
}
