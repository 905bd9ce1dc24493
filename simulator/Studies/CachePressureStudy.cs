using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;
using MizarLab.Workload.Sampling;

namespace MizarLab.Studies;

/// <summary>
/// The direct-path table under more destinations than it has room for (spec 09 Q17, 12 §6.3): packets to destinations of Zipf's law through the real table, beside Che's approximation
/// of an exact LRU: Σ (1 − e^(−pᵢT)) = C, hit = Σ pᵢ (1 − e^(−pᵢT)).
/// </summary>
/// <param name="destinations">How many there are.</param>
/// <param name="capacity">C.</param>
/// <param name="exponent">Of Zipf's law; 0: all alike.</param>
/// <param name="packets">Measured, after as many that fill the table.</param>
public sealed class CachePressureStudy(int destinations, int capacity, double exponent, int packets) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("hit", "", "Packets that find their entry"),
        new("che", "", "The same by Che's approximation"),
        new("evicted", "", "Packets whose entry took another's place, over packets"),
        new("entries", "rows", "Rows of the table at the end"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        Zipf law = new(destinations, exponent);
        RandomStream random = new(run.Seed, "cache/destinations");
        LruTable<EndpointKey, CachedHost> table = new(capacity);
        long hits = 0, evicted = 0;
        for (long i = -packets; i < packets; i++)
        {
            EndpointKey key = new(new Vni(1), new Ipv4Address((uint)law.Next(random)));
            bool hit = table.TryUse(in key, out _);
            bool forAnother = !hit && table.Put(in key, default, out _) == LruChange.AddedForAnother;
            if (i >= 0)
            {
                hits += hit ? 1 : 0;
                evicted += forAnother ? 1 : 0;
            }
            if ((i & 0xFFFF) == 0)
            {
                run.Cancel.ThrowIfCancellationRequested();
            }
        }
        return StudyResult.Of((double)hits / packets, Che(law.Probabilities()), (double)evicted / packets, table.Count);
    }

    private double Che(double[] shares)
    {
        if (capacity >= destinations)
        {
            return 1;
        }
        double low = 0, high = 1;
        while (Filled(shares, high) < capacity)
        {
            high *= 2;
        }
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Filled(shares, middle) < capacity ? (middle, high) : (low, middle);
        }
        return shares.Sum(p => p * (1 - StableMath.Exp(-p * high)));
    }

    private static double Filled(double[] shares, double time) => shares.Sum(p => 1 - StableMath.Exp(-p * time));
}
