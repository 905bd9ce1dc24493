using System.Numerics;
using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Workload.Traffic;

/// <summary>Whom a source talks to. Immutable.</summary>
public interface IPeers
{
    /// <summary>A destination for the source's next flow, never itself.</summary>
    int Next(int source, RandomStream random);
}

/// <summary>Anybody else with equal chance: the worst case of every cache, so a report says so.</summary>
public sealed class UniformPeers : IPeers
{
    private readonly int count;

    public UniformPeers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        this.count = count;
    }

    public int Next(int source, RandomStream random) => random.NextOther(source, count);
}

/// <summary>
/// Destinations by Zipf's law: some are popular with everybody. Which, the seed decides: rank r is endpoint (a r + b) mod n, so that popular ones do not
/// lie side by side on one droplet.
/// </summary>
public sealed class ZipfPeers : IPeers
{
    private readonly Zipf ranks;
    private readonly long multiplier;
    private readonly long offset;

    public ZipfPeers(int count, double exponent, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ranks = new Zipf(count, exponent);
        RandomStream random = new(seed, "traffic/popularity");
        offset = random.NextBelow((uint)count);
        do
        {
            multiplier = 1 + random.NextBelow((uint)count);
        }
        while (BigInteger.GreatestCommonDivisor(multiplier, count) != 1);
    }

    /// <summary>The endpoint of a rank from 1.</summary>
    public int EndpointOf(int rank) => (int)(((multiplier * (rank - 1)) + offset) % ranks.Count);

    /// <summary>By the law without the source itself.</summary>
    public int Next(int source, RandomStream random)
    {
        int other;
        do
        {
            other = EndpointOf(ranks.Next(random));
        }
        while (other == source);
        return other;
    }
}
