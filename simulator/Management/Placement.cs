using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>How roles find their droplets when a scenario says only how many.</summary>
public enum PlacementStrategy : byte
{
    /// <summary>One after the other in the topology's order, over all roles.</summary>
    RoundRobin,

    /// <summary>Each on the droplet with least on it (roles and endpoints), the first such; never two of one list on one droplet.</summary>
    Spread,

    /// <summary>Each on a droplet drawn uniformly, independently, with replacement, as upstream does (spec §4.5): two of one list may meet.</summary>
    UpstreamRandom,
}

/// <summary>Chooses droplets for bouncers and dividers; a pure function of its arguments.</summary>
public static class Placement
{
    /// <summary>
    /// The droplets of each request, in the order of the requests.
    /// </summary>
    /// <param name="load">For each droplet what lies on it already: named roles and endpoints. Only <see cref="PlacementStrategy.Spread"/> asks.</param>
    /// <param name="counts">How many droplets each role list wants.</param>
    /// <exception cref="ArgumentException">There is no droplet, or a list of distinct droplets wants more than there are.</exception>
    public static ImmutableArray<ImmutableArray<DropletId>> Choose(
        PlacementStrategy strategy, ulong seed, ReadOnlySpan<int> load, ReadOnlySpan<int> counts)
    {
        if (load.IsEmpty)
        {
            throw new ArgumentException("there is no droplet to place a role on", nameof(load));
        }
        int[] used = load.ToArray();
        ulong state = seed;
        int next = 0;
        ImmutableArray<ImmutableArray<DropletId>>.Builder lists = ImmutableArray.CreateBuilder<ImmutableArray<DropletId>>(counts.Length);
        foreach (int count in counts)
        {
            if (strategy != PlacementStrategy.UpstreamRandom && count > used.Length)
            {
                throw new ArgumentException($"{count} droplets are wanted and there are {used.Length}", nameof(counts));
            }
            ImmutableArray<DropletId>.Builder list = ImmutableArray.CreateBuilder<DropletId>(count);
            for (int i = 0; i < count; i++)
            {
                int droplet = strategy switch
                {
                    PlacementStrategy.RoundRobin => next++ % used.Length,
                    PlacementStrategy.Spread => LeastUsed(used, list),
                    _ => Draw(ref state, used.Length),
                };
                used[droplet]++;
                list.Add(new DropletId(droplet));
            }
            lists.Add(list.MoveToImmutable());
        }
        return lists.MoveToImmutable();
    }

    private static int LeastUsed(ReadOnlySpan<int> used, ImmutableArray<DropletId>.Builder taken)
    {
        int best = -1;
        for (int i = 0; i < used.Length; i++)
        {
            if ((best < 0 || used[i] < used[best]) && !taken.Contains(new DropletId(i)))
            {
                best = i;
            }
        }
        return best;
    }

    /// <summary>SplitMix64, and the high half of a product to reach the range: the same on every machine, bias below 2⁻⁴⁰ here.</summary>
    private static int Draw(ref ulong state, int range)
    {
        state += 0x9E37_79B9_7F4A_7C15;
        ulong z = state;
        z = (z ^ z >> 30) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ z >> 27) * 0x94D0_49BB_1331_11EB;
        z ^= z >> 31;
        return (int)Math.BigMul(z, (ulong)range, out _);
    }
}
