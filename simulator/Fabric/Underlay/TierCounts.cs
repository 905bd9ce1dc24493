using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;

namespace MizarLab.Fabric;

/// <summary>Adds up what links and losses count.</summary>
internal static class TierCounts
{
    /// <summary>Of every tier, from the droplets upwards, up and then down.</summary>
    public static ImmutableArray<TierTraffic> Of(FabricMap map, IReadOnlyList<FabricPort> links)
    {
        ImmutableArray<TierTraffic>.Builder all = ImmutableArray.CreateBuilder<TierTraffic>();
        for (int tier = 0; tier < map.Tiers.Count; tier++)
        {
            foreach (bool up in (ReadOnlySpan<bool>)[true, false])
            {
                TierTraffic sum = new(map.Tiers[tier], up, 0, 0, 0, 0, 0, 0, SimTime.Zero, 0);
                foreach (FabricPort link in links)
                {
                    if (link.Tier == tier && link.IsUp == up)
                    {
                        sum = Add(sum, link);
                    }
                }
                all.Add(sum);
            }
        }
        return all.ToImmutable();
    }

    /// <summary>The causes that lost any.</summary>
    public static ImmutableArray<UnderlayLoss> Of(Losses losses) =>
        [.. Enum.GetValues<LossCause>().Where(cause => losses[cause] > 0).Select(cause => new UnderlayLoss(TableText.Word(cause), losses[cause]))];

    private static TierTraffic Add(TierTraffic sum, FabricPort link) => sum with
    {
        Links = sum.Links + 1,
        Frames = sum.Frames + link.Frames,
        Bytes = sum.Bytes + link.Bytes,
        BusiestBytes = Math.Max(sum.BusiestBytes, link.Bytes),
        Dropped = sum.Dropped + link.Dropped,
        Marked = sum.Marked + link.Marked,
        Waited = sum.Waited + link.Waited,
        LongestQueue = Math.Max(sum.LongestQueue, link.LongestQueue),
    };
}
