using MizarLab.Engine;

namespace MizarLab.Workload.Traffic;

/// <summary>
/// A shuffle: everybody sends as much to everybody else, in turn beginning with the next after itself, so that in each turn every endpoint is sent to by one.
/// </summary>
/// <param name="count">Endpoints.</param>
/// <param name="bytes">From each to each.</param>
/// <param name="start">When the first turn begins.</param>
/// <param name="pacing">Of packets; a turn begins when the one before is through at this rate.</param>
public sealed class AllToAll(int count, long bytes, SimTime start, Pacing pacing) : ITraffic
{
    public ITrafficStream StreamOf(int source, ulong seed) => new Stream(this, source);

    private int Turns => count - 1;

    private int PeerOf(int source, int turn) => (source + 1 + turn) % count;

    private long BytesOfTurn => bytes;

    private SimTime Start => start;

    private Pacing Paced => pacing;

    private sealed class Stream(AllToAll law, int source) : ITrafficStream
    {
        private SimTime next = law.Start;
        private int turn;
        private long sent;

        public bool TryNext(out TrafficPacket packet)
        {
            if (turn >= law.Turns)
            {
                packet = default;
                return false;
            }
            int size = (int)Math.Min(law.BytesOfTurn - sent, law.Paced.PacketBytes);
            sent += size;
            bool ends = sent == law.BytesOfTurn;
            packet = new TrafficPacket(next, source, law.PeerOf(source, turn), size, turn) { EndsFlow = ends };
            next += law.Paced.GapAfter(size);
            if (ends)
            {
                turn++;
                sent = 0;
            }
            return true;
        }
    }
}
