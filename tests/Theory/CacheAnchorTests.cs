using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Theory;

/// <summary>Hits of caches (spec 12 §6.3), by the data plane's own table and clock.</summary>
public sealed class CacheAnchorTests
{
    private const int Requests = 60_000;

    /// <summary>Che: a cache of C behaves as if every item stayed for one time T with Σ(1 − e^(−pᵢT)) = C.</summary>
    [Theory]
    [InlineData(0.8, 1_000, 1472.5, 0.43666)]
    [InlineData(1.0, 1_000, 2352.2, 0.67560)]
    [InlineData(0.8, 100, 110.8, 0.15662)]
    public void An_LRU_table_hits_as_Che_says(double exponent, int capacity, double time, double hit)
    {
        Zipf items = new(10_000, exponent);
        double[] shares = items.Probabilities();
        double lives = CharacteristicTime(shares, capacity);
        double byFormula = shares.Sum(p => p * (1 - Math.Exp(-p * lives)));
        Assert.Equal(time, lives, 0.1);
        Assert.Equal(hit, byFormula, 1e-5);
        Replications.AssertNear(byFormula, 0.005, Replications.Of(seed =>
        {
            LruTable<int, int> cache = new(capacity);
            RandomStream random = new(seed, "che");
            int hits = 0;
            for (int i = -10_000; i < Requests; i++)
            {
                int item = items.Next(random);
                if (cache.TryUse(in item, out _))
                {
                    hits += i >= 0 ? 1 : 0;
                }
                else
                {
                    cache.Put(in item, in item);
                }
            }
            return (double)hits / Requests;
        }));
    }

    /// <summary>
    /// One item asked for λ times a lifetime T: kept for T from when it was learned, it is there for λT/(1+λT) of the requests; kept for T from when it was last used, for
    /// 1 − e^(−λT). Ages are told by the data plane's clock, in ticks, so a lifetime of n ticks lasts n + 1 less a random part of one.
    /// </summary>
    [Theory]
    [InlineData(false, 1.0, 0.5)]
    [InlineData(true, 1.0, 0.632121)]
    [InlineData(false, 3.0, 0.75)]
    [InlineData(true, 0.2, 0.181269)]
    public void A_lifetime_hits_as_its_law_says(bool renewed, double requestsALifetime, double hit)
    {
        const uint lifetimeTicks = 10_000;
        const double tick = 1_048_576_000;
        double lifetime = (lifetimeTicks + 0.5) * tick;
        Exponential gaps = new(lifetime / requestsALifetime);
        Replications.AssertNear(hit, 0.01, Replications.Of(seed =>
        {
            LruTable<int, uint> cache = new(4);
            RandomStream random = new(seed, "ttl");
            SimTime now = SimTime.Zero;
            int hits = 0;
            int key = 1;
            for (int i = 0; i < Requests / 4; i++)
            {
                now += gaps.NextTime(random);
                uint ticks = LabClock.Ticks(now);
                bool there = cache.TryUse(in key, out uint seen) && LabClock.Age(ticks, seen) <= lifetimeTicks;
                hits += there ? 1 : 0;
                if (!there || renewed)
                {
                    cache.Put(in key, in ticks);
                }
            }
            return hits / (Requests / 4.0);
        }));
    }

    /// <summary>With a cache that never forgets, k packets miss Σ(1 − (1 − pᵢ)^k) times: once for every pair that talks at all.</summary>
    [Fact]
    public void First_packets_are_as_many_as_pairs_that_talk()
    {
        const int packets = 5_000;
        Zipf pairs = new(2_000, 0.9);
        double expected = pairs.Probabilities().Sum(p => 1 - Math.Pow(1 - p, packets));
        Replications.AssertNear(expected, 0.005, Replications.Of(seed =>
        {
            LruTable<int, int> cache = new(2_000);
            RandomStream random = new(seed, "first packets");
            int misses = 0;
            for (int i = 0; i < packets; i++)
            {
                int pair = pairs.Next(random);
                if (!cache.TryUse(in pair, out _))
                {
                    misses++;
                    cache.Put(in pair, in pair);
                }
            }
            return misses;
        }));
    }

    private static double CharacteristicTime(double[] shares, int capacity)
    {
        (double low, double high) = (0, 1e9);
        for (int i = 0; i < 200; i++)
        {
            double middle = (low + high) / 2;
            if (shares.Sum(p => 1 - Math.Exp(-p * middle)) < capacity)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}
