using System.Collections.Immutable;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>
/// Bouncers that meet on one droplet (spec 09 Q4, 04 §4.5). Upstream draws a droplet for each with replacement, so that of k over D droplets all are apart with Π(1 − i/D); whoever has two places
/// in the list has twice the share of its network's flows, for agents take the list as it is.
/// </summary>
/// <param name="droplets">To choose from.</param>
/// <param name="roles">Bouncers of a network.</param>
/// <param name="strategy">How droplets are chosen.</param>
/// <param name="networks">Placed, one after the other.</param>
public sealed class PlacementStudy(int droplets, int roles, PlacementStrategy strategy, int networks) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("collided", "", "Share of networks two of whose bouncers are one droplet"),
        new("distinct", "droplets", "Droplets a network's bouncers are, mean"),
        new("heaviest", "", "Share of its network's list that the droplet with most places has, over 1/bouncers, mean"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    /// <summary>Whether the strategy draws.</summary>
    public bool IsExact => strategy != PlacementStrategy.UpstreamRandom;

    public StudyResult Run(in StudyRun run)
    {
        int[] counts = new int[networks];
        Array.Fill(counts, roles);
        long collided = 0, distinct = 0, heaviest = 0;
        int[] places = new int[droplets];
        foreach (ImmutableArray<DropletId> list in Placement.Choose(strategy, run.Seed, new int[droplets], counts))
        {
            (int apart, int most) = (0, 0);
            foreach (DropletId droplet in list)
            {
                int there = ++places[droplet.Index];
                apart += there == 1 ? 1 : 0;
                most = Math.Max(most, there);
            }
            foreach (DropletId droplet in list)
            {
                places[droplet.Index] = 0;
            }
            collided += apart < roles ? 1 : 0;
            distinct += apart;
            heaviest += most;
        }
        return StudyResult.Of((double)collided / networks, (double)distinct / networks, (double)heaviest / networks);
    }
}
