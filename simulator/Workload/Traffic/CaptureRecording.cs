using System.Buffers.Binary;
using System.Collections.Immutable;
using MizarLab.Packets;

namespace MizarLab.Workload.Traffic;

/// <summary>One IPv4 packet of a capture: what is needed to send its like again.</summary>
/// <param name="Nanoseconds">After the capture's first packet, of whatever kind that was.</param>
/// <param name="Ports">Both ports as they stand in the packet; 0 of a packet without, of a fragment beyond the first, and where the capture cut them off.</param>
/// <param name="PayloadBytes">Of IP payload on the wire, also where the capture kept less.</param>
public readonly record struct RecordedPacket(long Nanoseconds, Ipv4Address Source, Ipv4Address Destination, IpProtocol Protocol, uint Ports, int PayloadBytes);

/// <summary>
/// The IPv4 packets of an Ethernet capture, in order of time, those of one time as they came. Of each packet some thirty bytes are kept, none of its own.
/// </summary>
/// <example><c>CaptureRecording recording = CaptureRecording.Read(stream);</c></example>
public sealed class CaptureRecording
{
    /// <summary>Packets read at most: what a run plays must fit in memory.</summary>
    public const int MostPackets = 2_000_000;

    private const int Ethernet = 1;

    private CaptureRecording(ImmutableArray<RecordedPacket> packets, int notIpv4)
    {
        Packets = packets;
        NotIpv4 = notIpv4;
    }

    public ImmutableArray<RecordedPacket> Packets { get; }

    /// <summary>Packets left out because they are no IPv4, or their IPv4 header contradicts itself or the packet's length. What has a VLAN tag is among them.</summary>
    public int NotIpv4 { get; }

    /// <summary>All addresses that send or are sent to, in ascending order.</summary>
    public ImmutableArray<Ipv4Address> Addresses()
    {
        uint[] all = [.. Packets.Select(packet => packet.Source.Value), .. Packets.Select(packet => packet.Destination.Value)];
        Array.Sort(all);
        ImmutableArray<Ipv4Address>.Builder distinct = ImmutableArray.CreateBuilder<Ipv4Address>();
        foreach (uint address in all)
        {
            if (distinct.Count == 0 || distinct[^1].Value != address)
            {
                distinct.Add(new Ipv4Address(address));
            }
        }
        return distinct.ToImmutable();
    }

    /// <summary>Reads a pcapng or a classic pcap capture to its end, and passes over nothing in it that contradicts itself.</summary>
    /// <exception cref="CaptureException">It is no capture, torn, empty, of another link type than Ethernet, without times, too long, or its lengths contradict each other.</exception>
    public static CaptureRecording Read(Stream stream)
    {
        RecordingBuilder builder = new();
        foreach (PcapngPacket packet in CaptureFile.ReadAll(stream, strict: true))
        {
            if (packet.Interface.LinkType != Ethernet)
            {
                throw builder.Refused($"is of link type {packet.Interface.LinkType}; only Ethernet (1) can be played");
            }
            if (!packet.HasTime)
            {
                throw builder.Refused("has no time (a simple packet block)");
            }
            if (builder.Count == MostPackets)
            {
                throw builder.Refused($"is beyond the {MostPackets} that can be played");
            }
            builder.Add(packet);
        }
        return builder.Count > 0 ? builder.Build() : throw new CaptureException("capture", "it holds no packet", 0);
    }

    /// <summary>Of packets in any order, as they are; what is no IPv4 in Ethernet is counted.</summary>
    public static CaptureRecording Of(IEnumerable<PcapngPacket> capture)
    {
        RecordingBuilder builder = new();
        foreach (PcapngPacket packet in capture)
        {
            builder.Add(packet);
        }
        return builder.Build();
    }

    private sealed class RecordingBuilder
    {
        private readonly List<RecordedPacket> packets = [];
        private long first = long.MaxValue;
        private int notIpv4;

        public int Count { get; private set; }

        public CaptureException Refused(string problem) => new("capture", $"packet {Count + 1} {problem}", 0);

        public void Add(PcapngPacket packet)
        {
            Count++;
            first = Math.Min(first, packet.Nanoseconds);
            if (packet.Interface.LinkType == Ethernet && Read(packet) is { } recorded)
            {
                packets.Add(recorded);
            }
            else
            {
                notIpv4++;
            }
        }

        public CaptureRecording Build() => new([.. packets.OrderBy(packet => packet.Nanoseconds).Select(packet => packet with { Nanoseconds = packet.Nanoseconds - first })], notIpv4);

        private static RecordedPacket? Read(PcapngPacket packet)
        {
            if (!EthernetView.TryRead(packet.Bytes, out EthernetView ethernet) || ethernet.Type != EtherType.Ipv4
                || !Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip) || !ip.IsWellFormed || ip.TotalLength > packet.OriginalLength - (packet.Bytes.Length - ethernet.Payload.Length))
            {
                return null;
            }
            ReadOnlySpan<byte> payload = ip.Payload;
            bool hasPorts = ip.Protocol is IpProtocol.Tcp or IpProtocol.Udp && ip.FragmentUnits == 0 && payload.Length >= sizeof(uint);
            uint ports = hasPorts ? BinaryPrimitives.ReadUInt32BigEndian(payload) : 0;
            return new RecordedPacket(packet.Nanoseconds, ip.Source, ip.Destination, ip.Protocol, ports, ip.TotalLength - ip.HeaderLength);
        }
    }
}
