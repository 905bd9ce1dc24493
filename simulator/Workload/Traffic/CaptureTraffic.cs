using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload.Traffic;

/// <summary>
/// Traffic as somebody captured it: every IPv4 packet of an Ethernet capture whose two addresses are endpoints here, at its time after the first, with as many bytes of
/// IP payload as it had on the wire. Flows are what 5-tuples tell apart, numbered per source as they appear. Fragments beyond the first have no
/// ports and make a flow of their own.
/// </summary>
public sealed class CaptureTraffic : ITraffic
{
    private readonly SortedDictionary<int, ImmutableArray<TrafficPacket>.Builder> bySource = [];

    /// <summary>Time a run can have: a capture of years is cut off there.</summary>
    private const long LastNanosecond = long.MaxValue / 1_000;

    /// <param name="capture">Of either format (<see cref="CaptureFile.ReadAll"/>), in any order; sorted by time here, packets of one time as they come.</param>
    /// <param name="endpointOf">The endpoint that has an address; null: none of ours.</param>
    public CaptureTraffic(IEnumerable<PcapngPacket> capture, Func<Ipv4Address, int?> endpointOf)
    {
        PcapngPacket[] packets = [.. capture.OrderBy(packet => packet.Nanoseconds)];
        SortedDictionary<(int, Ipv4Tuple), int> flows = [];
        SortedDictionary<int, int> flowCounts = [];
        foreach (PcapngPacket packet in packets)
        {
            long time = packet.Nanoseconds - packets[0].Nanoseconds;
            if (time is < 0 or > LastNanosecond)
            {
                TooLate++;
                continue;
            }
            if (packet.Interface.LinkType != 1 || Ipv4Tuple.Of(packet.Bytes, out int payloadBytes) is not { } tuple)
            {
                NotIpv4++;
                continue;
            }
            if (endpointOf(tuple.Source) is not { } source || endpointOf(tuple.Destination) is not { } destination || source == destination)
            {
                NotOurs++;
                continue;
            }
            if (!flows.TryGetValue((source, tuple), out int flow))
            {
                flow = flowCounts.GetValueOrDefault(source);
                flowCounts[source] = flow + 1;
                flows.Add((source, tuple), flow);
            }
            if (!bySource.TryGetValue(source, out ImmutableArray<TrafficPacket>.Builder? list))
            {
                bySource.Add(source, list = ImmutableArray.CreateBuilder<TrafficPacket>());
            }
            list.Add(new TrafficPacket(SimTime.FromNanoseconds(time), source, destination, payloadBytes, flow));
            Count++;
        }
    }

    /// <summary>Packets that will be sent.</summary>
    public int Count { get; private set; }

    /// <summary>Packets left out because they are no IPv4 in Ethernet.</summary>
    public int NotIpv4 { get; private set; }

    /// <summary>Packets left out because an address is no endpoint's, or both are one's.</summary>
    public int NotOurs { get; private set; }

    /// <summary>Packets left out because they come more than 106 days after the first, which is as long as a run can be.</summary>
    public int TooLate { get; private set; }

    public ITrafficStream StreamOf(int source, ulong seed) =>
        new Replay(bySource.TryGetValue(source, out ImmutableArray<TrafficPacket>.Builder? list) ? list : []);

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

    /// <summary>What tells flows apart.</summary>
    private readonly record struct Ipv4Tuple(Ipv4Address Source, Ipv4Address Destination, IpProtocol Protocol, uint Ports) : IComparable<Ipv4Tuple>
    {
        /// <summary>Of a frame; null when it holds no IPv4 packet. The length is the wire's, also when the capture cut the packet off.</summary>
        public static Ipv4Tuple? Of(ReadOnlySpan<byte> frame, out int payloadBytes)
        {
            payloadBytes = 0;
            if (!EthernetView.TryRead(frame, out EthernetView ethernet) || ethernet.Type != EtherType.Ipv4
                || !Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip) || !ip.IsWellFormed)
            {
                return null;
            }
            payloadBytes = ip.TotalLength - ip.HeaderLength;
            ReadOnlySpan<byte> payload = ip.Payload;
            bool hasPorts = ip.Protocol is IpProtocol.Tcp or IpProtocol.Udp && ip.FragmentUnits == 0 && payload.Length >= 4;
            uint ports = hasPorts ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(payload) : 0;
            return new Ipv4Tuple(ip.Source, ip.Destination, ip.Protocol, ports);
        }

        public int CompareTo(Ipv4Tuple other) =>
            (Source.Value, Destination.Value, Protocol, Ports).CompareTo((other.Source.Value, other.Destination.Value, other.Protocol, other.Ports));
    }
}
