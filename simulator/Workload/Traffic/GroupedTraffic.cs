using MizarLab.Engine;

namespace MizarLab.Workload.Traffic;

/// <summary>
/// A workload within each of many groups of sources that follow one another: the endpoints of a network, or of a VPC, talk among themselves. Each group plays the
/// law of its size, under a seed of its own.
/// </summary>
/// <example><code>ITraffic traffic = new GroupedTraffic(sources: 1_000_000, groupSize: 250, members => new SparseMatrix(members, Pacing.AtOnce(1_000)));</code></example>
public sealed class GroupedTraffic : ITraffic
{
    private readonly int sources;
    private readonly int groupSize;
    private readonly ITraffic? whole;
    private readonly ITraffic? last;

    /// <param name="sources">Of all groups together.</param>
    /// <param name="groupSize">The last group may be smaller; one of a single member is silent.</param>
    /// <param name="lawOf">The law of a group of so many, at least two.</param>
    public GroupedTraffic(int sources, int groupSize, Func<int, ITraffic> lawOf)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sources);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groupSize);
        (this.sources, this.groupSize) = (sources, groupSize);
        whole = groupSize >= 2 && sources >= groupSize ? lawOf(groupSize) : null;
        last = sources % groupSize >= 2 ? lawOf(sources % groupSize) : null;
    }

    public ITrafficStream StreamOf(int source, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)source, (uint)sources, nameof(source));
        int group = source / groupSize;
        ITraffic? law = group < sources / groupSize ? whole : last;
        if (law is null)
        {
            return new Silence();
        }
        StableHash hash = new(seed);
        hash.Add(group);
        return new Stream(law.StreamOf(source % groupSize, (ulong)hash.Finish()), group * groupSize);
    }

    private sealed class Stream(ITrafficStream members, int first) : ITrafficStream
    {
        public bool TryNext(out TrafficPacket packet)
        {
            bool any = members.TryNext(out packet);
            packet = any ? packet with { Source = packet.Source + first, Destination = packet.Destination + first } : default;
            return any;
        }
    }

    private sealed class Silence : ITrafficStream
    {
        public bool TryNext(out TrafficPacket packet)
        {
            packet = default;
            return false;
        }
    }
}
