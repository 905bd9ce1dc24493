using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Fabric;

/// <summary>Which way a packet came, first of its pair or not.</summary>
public enum PacketWay : byte
{
    /// <summary>To another endpoint of its own droplet, over no link.</summary>
    Local,

    /// <summary>From droplet to droplet.</summary>
    Direct,

    /// <summary>Bouncers had it, no divider.</summary>
    Bouncer,

    /// <summary>A divider had it.</summary>
    Divider,
}

/// <summary>What endpoints of one partition sent and got, of packets sent after the warm-up. IPv4 only; ARP is counted apart.</summary>
public sealed class TrafficTally
{
    private const int Ways = (int)PacketWay.Divider + 1;
    private readonly long[] packets = new long[Ways];
    private readonly long[] bytes = new long[Ways];

    /// <summary>Datagrams and TCP segments that endpoints sent.</summary>
    public long Sent { get; internal set; }

    /// <summary>Of IP payload (datagrams: behind the UDP header).</summary>
    public long SentBytes { get; internal set; }

    public long Arrived { get; private set; }

    public long ArrivedBytes { get; private set; }

    /// <summary>ICMP errors about a packet that came back to its sender.</summary>
    public long Refused { get; internal set; }

    /// <summary>Datagrams given up because nobody answered for their next hop, or more than 64 waited for one.</summary>
    public long Unresolved { get; internal set; }

    /// <summary>ARP frames that endpoints sent.</summary>
    public long ArpSent { get; internal set; }

    /// <summary>Latency and hops of what arrived, by class.</summary>
    public FlowClassMeasures Classes { get; } = new();

    /// <summary>In picoseconds, of all classes.</summary>
    public Histogram Latency { get; } = new(SimTime.FromSeconds(1).Picoseconds);

    public long Packets(PacketWay way) => packets[(int)way];

    public long Bytes(PacketWay way) => bytes[(int)way];

    internal void Arrive(in Waybill waybill, SimTime took, int payload)
    {
        PacketWay way = WayOf(waybill.Marks, waybill.Hops);
        packets[(int)way]++;
        bytes[(int)way] += payload;
        Arrived++;
        ArrivedBytes += payload;
        Classes.Delivered(waybill.Marks, took, waybill.Hops);
        Latency.Record(took.Picoseconds);
    }

    internal void Merge(TrafficTally other)
    {
        for (int i = 0; i < Ways; i++)
        {
            packets[i] += other.packets[i];
            bytes[i] += other.bytes[i];
        }
        (Sent, SentBytes) = (Sent + other.Sent, SentBytes + other.SentBytes);
        (Arrived, ArrivedBytes) = (Arrived + other.Arrived, ArrivedBytes + other.ArrivedBytes);
        (Refused, Unresolved, ArpSent) = (Refused + other.Refused, Unresolved + other.Unresolved, ArpSent + other.ArpSent);
        Classes.Merge(other.Classes);
        Latency.Merge(other.Latency);
    }

    private static PacketWay WayOf(PathMarks marks, int hops) => marks switch
    {
        _ when (marks & PathMarks.Divider) != 0 => PacketWay.Divider,
        _ when (marks & PathMarks.Bouncer) != 0 => PacketWay.Bouncer,
        _ => hops == 0 ? PacketWay.Local : PacketWay.Direct,
    };
}
