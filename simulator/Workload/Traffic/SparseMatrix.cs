using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Workload.Traffic;

/// <summary>One ordered pair of endpoints that talk, and how much in the mean.</summary>
public readonly record struct TalkingPair(int Destination, double BitsPerSecond);

/// <summary>
/// Who talks to whom in a cloud: most ordered pairs never do, and those that do differ by orders of magnitude. A pair is active with a probability,
/// and its throughput is lognormal. The defaults (spec 12 §1.3: 16 %, median 78 b/s, σ 4.82) reproduce what Andromeda reports of its network: 84 % of pairs silent, 98 %
/// below 20 kb/s, a thousandth of all carrying 99 % of the bytes. The shape is fitted, not measured; a report that uses it says so.
/// </summary>
/// <remarks>
/// Whether a pair talks is a hash of seed, source and destination: nothing of the matrix is kept, any row can be asked for alone, and a row takes time in
/// proportion to the endpoints. Take it per network, not per cloud.
/// </remarks>
public sealed class SparseMatrix : ITraffic
{
    private readonly int count;
    private readonly double active;
    private readonly Lognormal throughput;
    private readonly double scale;
    private readonly Pacing pacing;

    /// <param name="count">Endpoints.</param>
    /// <param name="pacing">Packets; each is sent by itself, in Poisson order.</param>
    /// <param name="active">Share of ordered pairs that talk.</param>
    /// <param name="median">Throughput that half of these pass, in bits a second.</param>
    /// <param name="sigma">Of the logarithm of the throughput.</param>
    /// <param name="scale">All throughputs times this, for a load of one's own.</param>
    public SparseMatrix(int count, Pacing pacing, double active = 0.16, double median = 78, double sigma = 4.82, double scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        (this.count, this.pacing, this.active, this.scale) = (count, pacing, active, scale);
        throughput = Lognormal.OfMedian(median, sigma);
    }

    /// <summary>All that a source talks to.</summary>
    public ImmutableArray<TalkingPair> RowOf(int source, ulong seed)
    {
        ImmutableArray<TalkingPair>.Builder row = ImmutableArray.CreateBuilder<TalkingPair>();
        RandomStream rates = new(seed, $"traffic/matrix/{source}");
        for (int destination = 0; destination < count; destination++)
        {
            if (destination != source && IsActive(source, destination, seed))
            {
                row.Add(new TalkingPair(destination, throughput.Next(rates) * scale));
            }
        }
        return row.DrainToImmutable();
    }

    public ITrafficStream StreamOf(int source, ulong seed) => new Stream(RowOf(source, seed), source, pacing.PacketBytes, new RandomStream(seed, $"traffic/matrix/{source}/packets"));

    private bool IsActive(int source, int destination, ulong seed)
    {
        StableHash hash = new(seed);
        hash.Add(((long)source << 32) | (uint)destination);
        return ((ulong)hash.Finish() >> 11) < active * (1L << 53);
    }

    private sealed class Stream : ITrafficStream
    {
        private readonly ImmutableArray<TalkingPair> row;
        private readonly int source;
        private readonly int bytes;
        private readonly RandomStream random;
        private readonly AliasTable? pairs;
        private readonly Exponential? gaps;
        private SimTime now = SimTime.Zero;

        public Stream(ImmutableArray<TalkingPair> row, int source, int bytes, RandomStream random)
        {
            (this.row, this.source, this.bytes, this.random) = (row, source, bytes, random);
            if (row.Length > 0)
            {
                double[] rates = [.. row.Select(pair => pair.BitsPerSecond)];
                pairs = new AliasTable(rates);
                gaps = new Exponential(bytes * 8e12 / rates.Sum());
            }
        }

        /// <summary>The sum of the pairs' Poisson streams is one, in which each packet is a pair's with the pair's share.</summary>
        public bool TryNext(out TrafficPacket packet)
        {
            if (pairs is null || gaps is null)
            {
                packet = default;
                return false;
            }
            now += gaps.NextTime(random);
            int pair = pairs.Next(random);
            packet = new TrafficPacket(now, source, row[pair].Destination, bytes, pair);
            return true;
        }
    }
}
