using MizarLab.Engine;

namespace MizarLab.Workload.Traffic;

/// <summary>
/// Many to one: at every period one endpoint is sent to by the next <paramref name="fanIn"/> after it at once, as the workers of a query answer together. Which is the
/// sink of a round, the seed decides; a source finds its own rounds, so nobody keeps a list.
/// </summary>
/// <param name="count">Endpoints.</param>
/// <param name="fanIn">Senders a round, fewer than endpoints.</param>
/// <param name="bytes">Of each sender.</param>
/// <param name="period">From round to round; the first is after one.</param>
/// <param name="rounds">How many.</param>
/// <param name="pacing">Of a sender's packets.</param>
public sealed class Incast(int count, int fanIn, int bytes, SimTime period, int rounds, Pacing pacing) : ITraffic
{
    /// <summary>Whom round number <paramref name="round"/>, from 0, is sent to.</summary>
    public int SinkOf(int round, ulong seed)
    {
        StableHash hash = new(seed);
        hash.Add("traffic/incast");
        hash.Add(round);
        return (int)((UInt128)(ulong)hash.Finish() * (uint)count >> 64);
    }

    public ITrafficStream StreamOf(int source, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fanIn, count);
        return new Stream(this, source, seed);
    }

    /// <summary>Whether a source sends when this is the sink.</summary>
    private bool Sends(int source, int sink)
    {
        int after = source - sink + (source < sink ? count : 0);
        return after >= 1 && after <= fanIn;
    }

    private sealed class Stream(Incast law, int source, ulong seed) : ITrafficStream
    {
        private readonly FlowCutter cutter = new(source, law.Paced);
        private int round;

        public bool TryNext(out TrafficPacket packet)
        {
            while (round < law.Rounds && law.TimeOf(round) <= cutter.Due)
            {
                int sink = law.SinkOf(round, seed);
                if (law.Sends(source, sink))
                {
                    cutter.Begin(law.TimeOf(round), sink, law.Bytes);
                }
                round++;
            }
            bool any = cutter.Due != SimTime.Never;
            packet = any ? cutter.Take() : default;
            return any;
        }
    }

    private int Rounds => rounds;

    private int Bytes => bytes;

    private Pacing Paced => pacing;

    private SimTime TimeOf(int round) => new(period.Picoseconds * (round + 1));
}
