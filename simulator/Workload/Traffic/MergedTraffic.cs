using System.Collections.Immutable;

namespace MizarLab.Workload.Traffic;

/// <summary>
/// Several workloads at once: incast over a background, say. A source's packets come in order of time, those of one time in the order of the workloads.
/// Flow numbers of the n-th of k workloads are n, n + k, n + 2k, …
/// </summary>
public sealed class MergedTraffic(params ImmutableArray<ITraffic> parts) : ITraffic
{
    public ITrafficStream StreamOf(int source, ulong seed) => new Stream([.. parts.Select(part => part.StreamOf(source, seed))]);

    private sealed class Stream : ITrafficStream
    {
        private readonly ITrafficStream[] streams;
        private readonly TrafficPacket?[] heads;

        public Stream(ITrafficStream[] streams)
        {
            this.streams = streams;
            heads = [.. streams.Select(Draw)];
        }

        public bool TryNext(out TrafficPacket packet)
        {
            int first = -1;
            for (int i = 0; i < heads.Length; i++)
            {
                if (heads[i] is { } head && (first < 0 || head.Time < heads[first]!.Value.Time))
                {
                    first = i;
                }
            }
            packet = default;
            if (first < 0)
            {
                return false;
            }
            packet = heads[first]!.Value;
            packet = packet with { Flow = (packet.Flow * heads.Length) + first };
            heads[first] = Draw(streams[first]);
            return true;
        }

        private static TrafficPacket? Draw(ITrafficStream stream) => stream.TryNext(out TrafficPacket packet) ? packet : null;
    }
}
