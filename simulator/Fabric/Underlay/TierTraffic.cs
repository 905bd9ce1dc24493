using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>What links of one tier carried in one direction.</summary>
/// <param name="Tier">What they join, from below: <c>host-leaf</c>, <c>leaf-spine</c>.</param>
/// <param name="IsUp">Away from the droplets.</param>
/// <param name="Links">How many there are.</param>
/// <param name="Bytes">Of all together.</param>
/// <param name="BusiestBytes">Of the one that carried most.</param>
/// <param name="Dropped">Frames that found a queue full.</param>
/// <param name="Marked">Frames that found a queue long enough to be marked.</param>
/// <param name="Waited">Times of all frames in queues together: over a span of time the integral of the queues' lengths (Little).</param>
/// <param name="LongestQueue">Most frames that one found before it; 0 where queues are not watched.</param>
public sealed record TierTraffic(
    string Tier, bool IsUp, int Links, long Frames, long Bytes, long BusiestBytes, long Dropped, long Marked, SimTime Waited, int LongestQueue)
{
    /// <summary>Of every tier, from the droplets upwards, up and then down.</summary>
    public static IReadOnlyList<TierTraffic> Of(FabricMap map, IReadOnlyList<FabricPort> links)
    {
        List<TierTraffic> all = [];
        for (int tier = 0; tier < map.Tiers.Count; tier++)
        {
            foreach (bool up in (ReadOnlySpan<bool>)[true, false])
            {
                TierTraffic sum = new(map.Tiers[tier], up, 0, 0, 0, 0, 0, 0, SimTime.Zero, 0);
                foreach (FabricPort link in links)
                {
                    if (link.Tier == tier && link.IsUp == up)
                    {
                        sum = sum.With(link);
                    }
                }
                all.Add(sum);
            }
        }
        return all;
    }

    private TierTraffic With(FabricPort link) => this with
    {
        Links = Links + 1,
        Frames = Frames + link.Frames,
        Bytes = Bytes + link.Bytes,
        BusiestBytes = Math.Max(BusiestBytes, link.Bytes),
        Dropped = Dropped + link.Dropped,
        Marked = Marked + link.Marked,
        Waited = Waited + link.Waited,
        LongestQueue = Math.Max(LongestQueue, link.LongestQueue),
    };
}
