using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload.Traffic;

/// <summary>
/// Traffic as somebody captured it: every packet whose two addresses are endpoints here, at its time after the capture's first. Flows are what 5-tuples tell apart, numbered
/// per source as they appear; what has no ports makes a flow of its own a protocol.
/// </summary>
public sealed class CaptureTraffic : ITraffic
{
    private readonly SortedDictionary<int, ImmutableArray<TrafficPacket>.Builder> bySource = [];

    /// <param name="recording">What was captured.</param>
    /// <param name="endpointOf">The endpoint that has, or stands for, an address; null: none of ours.</param>
    /// <param name="speed">Recorded time that passes in a simulated second, in seconds.</param>
    /// <param name="headerBytes">What whoever sends the packets puts between IP and payload: with a datagram's 8 it is as long as the packet that was captured, but for one shorter than that.</param>
    public CaptureTraffic(CaptureRecording recording, Func<Ipv4Address, int?> endpointOf, double speed = 1, int headerBytes = 0)
    {
        SortedDictionary<(uint Source, uint Destination, int Endpoint, IpProtocol Protocol, uint Ports), int> flows = [];
        SortedDictionary<int, int> flowCounts = [];
        NotIpv4 = recording.NotIpv4;
        foreach (RecordedPacket packet in recording.Packets)
        {
            if (TimeOf(packet.Nanoseconds, speed) is not { } time)
            {
                TooLate++;
                continue;
            }
            if (endpointOf(packet.Source) is not { } source || endpointOf(packet.Destination) is not { } destination || source == destination)
            {
                NotOurs++;
                continue;
            }
            var tuple = (packet.Source.Value, packet.Destination.Value, source, packet.Protocol, packet.Ports);
            if (!flows.TryGetValue(tuple, out int flow))
            {
                flow = flowCounts.GetValueOrDefault(source);
                flowCounts[source] = flow + 1;
                flows.Add(tuple, flow);
            }
            if (!bySource.TryGetValue(source, out ImmutableArray<TrafficPacket>.Builder? list))
            {
                bySource.Add(source, list = ImmutableArray.CreateBuilder<TrafficPacket>());
            }
            list.Add(new TrafficPacket(time, source, destination, Math.Max(0, packet.PayloadBytes - headerBytes), flow));
            Count++;
        }
    }

    /// <summary>Packets that can be sent.</summary>
    public int Count { get; private set; }

    /// <summary>Packets left out because they are no IPv4 in Ethernet.</summary>
    public int NotIpv4 { get; }

    /// <summary>Packets left out because an address is no endpoint's, or both are one's.</summary>
    public int NotOurs { get; private set; }

    /// <summary>Packets left out because they come more than 106 days after the first, which is as long as a run can be.</summary>
    public int TooLate { get; private set; }

    /// <summary>Who sends anything, in ascending order.</summary>
    public IEnumerable<int> Sources => bySource.Keys;

    /// <summary>All that are left out.</summary>
    public int LeftOut => NotIpv4 + NotOurs + TooLate;

    public ITrafficStream StreamOf(int source, ulong seed) =>
        new Replay(bySource.TryGetValue(source, out ImmutableArray<TrafficPacket>.Builder? list) ? list : []);

    /// <summary>Of packets that can be sent, those later than this.</summary>
    public int After(SimTime end) => bySource.Values.Sum(list => list.Count(packet => packet.Time > end));

    private static SimTime? TimeOf(long nanoseconds, double speed)
    {
        // Exact at the speed of its own; otherwise to the picosecond in the first hours, and the same on every machine: one multiplication and one division.
        Int128 picoseconds = speed == 1 ? (Int128)nanoseconds * 1_000 : (Int128)(nanoseconds * 1_000.0 / speed);
        return picoseconds < SimTime.Never.Picoseconds ? new SimTime((long)picoseconds) : null;
    }

    private sealed class Replay(IReadOnlyList<TrafficPacket> packets) : ITrafficStream
    {
        private int next;

        public bool TryNext(out TrafficPacket packet)
        {
            bool any = next < packets.Count;
            packet = any ? packets[next++] : default;
            return any;
        }
    }
}
