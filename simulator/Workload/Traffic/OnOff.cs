using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Workload.Traffic;

/// <summary>
/// Sources that talk and are silent in turn. While on, packets of one size follow each other at a rate, all to the peer drawn for this time. With
/// heavy-tailed times many such sources together are self-similar.
/// </summary>
/// <param name="name">Of the random streams.</param>
/// <param name="peers">Whom.</param>
/// <param name="on">How long it talks, in picoseconds.</param>
/// <param name="off">How long it is silent, in picoseconds; every source begins with a silence.</param>
/// <param name="pacing">While on.</param>
public sealed class OnOff(string name, IPeers peers, IDistribution on, IDistribution off, Pacing pacing) : ITraffic
{
    public ITrafficStream StreamOf(int source, ulong seed) => new Stream(source, new RandomStream(seed, $"traffic/{name}/{source}"), peers, on, off, pacing);

    private sealed class Stream : ITrafficStream
    {
        private readonly int source;
        private readonly RandomStream random;
        private readonly IPeers peers;
        private readonly IDistribution on;
        private readonly IDistribution off;
        private readonly int bytes;
        private readonly SimTime gap;
        private SimTime next;
        private SimTime end = SimTime.Zero;
        private int destination;
        private int flow = -1;

        public Stream(int source, RandomStream random, IPeers peers, IDistribution on, IDistribution off, Pacing pacing)
        {
            (this.source, this.random, this.peers, this.on, this.off) = (source, random, peers, on, off);
            bytes = pacing.PacketBytes;
            gap = pacing.GapAfter(bytes);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(gap.Picoseconds, nameof(pacing));
            Begin();
        }

        public bool TryNext(out TrafficPacket packet)
        {
            SimTime following = next + gap;
            bool last = following >= end;
            packet = new TrafficPacket(next, source, destination, bytes, flow) { EndsFlow = last };
            next = following;
            if (last)
            {
                Begin();
            }
            return true;
        }

        /// <summary>The next time on that is long enough for a packet: one begins at its beginning, so any is.</summary>
        private void Begin()
        {
            next = end + off.NextTime(random);
            end = next + on.NextTime(random);
            destination = peers.Next(source, random);
            flow++;
        }
    }
}
