using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Workload.Traffic;

/// <summary>
/// Flows that begin whatever became of the ones before: gaps between beginnings by one law (exponential: Poisson), sizes by another, peers by a third. With
/// replies it is request and response: the last packet of a request asks for so many bytes back.
/// </summary>
/// <param name="name">Of the random streams: two workloads of one name send alike.</param>
/// <param name="peers">Whom.</param>
/// <param name="gaps">Between flows of one source, in picoseconds.</param>
/// <param name="sizes">Of flows, in bytes.</param>
/// <param name="pacing">Of a flow's packets.</param>
public sealed class OpenLoop(string name, IPeers peers, IDistribution gaps, IDistribution sizes, Pacing pacing) : ITraffic
{
    /// <summary>Sizes of responses in bytes; null: nothing is asked for.</summary>
    public IDistribution? Replies { get; init; }

    /// <summary>Flows of a source at most.</summary>
    public long FlowLimit { get; init; } = long.MaxValue;

    /// <summary>Poisson flows of which a source offers so many bits a second in the mean.</summary>
    public static OpenLoop Poisson(string name, IPeers peers, DataRate offered, IDistribution sizes, Pacing pacing) =>
        new(name, peers, new Exponential(sizes.Mean * 8 * 1e12 / offered.BitsPerSecond), sizes, pacing);

    public ITrafficStream StreamOf(int source, ulong seed) => new Stream(this, source, new RandomStream(seed, $"traffic/{name}/{source}"));

    private sealed class Stream : ITrafficStream
    {
        private readonly OpenLoop law;
        private readonly int source;
        private readonly RandomStream random;
        private readonly FlowCutter cutter;
        private SimTime nextFlow;
        private long left;

        public Stream(OpenLoop law, int source, RandomStream random)
        {
            (this.law, this.source, this.random) = (law, source, random);
            cutter = new FlowCutter(source, law.PacingOfFlows);
            left = law.FlowLimit;
            Draw(SimTime.Zero);
        }

        public bool TryNext(out TrafficPacket packet)
        {
            while (nextFlow <= cutter.Due && nextFlow != SimTime.Never)
            {
                int replies = law.Replies is { } sizes ? (int)Math.Min(int.MaxValue, sizes.NextSize(random)) : 0;
                cutter.Begin(nextFlow, law.PeersOfFlows.Next(source, random), law.SizesOfFlows.NextSize(random), replies);
                Draw(nextFlow);
            }
            bool any = cutter.Due != SimTime.Never;
            packet = any ? cutter.Take() : default;
            return any;
        }

        private void Draw(SimTime from) => nextFlow = left-- > 0 ? from + law.GapsOfFlows.NextTime(random) : SimTime.Never;
    }

    private IPeers PeersOfFlows => peers;

    private IDistribution GapsOfFlows => gaps;

    private IDistribution SizesOfFlows => sizes;

    private Pacing PacingOfFlows => pacing;
}
