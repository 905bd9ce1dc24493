using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>What the study <c>traffic</c> measures of a run.</summary>
internal static class TrafficMeasures
{
    private const double PicosecondsPerNanosecond = 1_000;

    private static readonly ImmutableArray<(StudyMeasure Measure, Func<Ended, double> Of)> Table =
    [
        (new("sent", "packets", "IPv4 packets that endpoints sent after the warm-up"), e => e.Tally.Sent),
        (new("arrived", "packets", "of these, those that came to the endpoint they were for"), e => e.Tally.Arrived),
        (new("arrived_share", "", "arrived over sent"), e => Share(e.Tally.Arrived, e.Tally.Sent)),
        (new("arrived_bytes", "B", "of payload that arrived"), e => e.Tally.ArrivedBytes),
        (new("local_share", "", "of arrived packets: never left the droplet"), e => e.Share(PacketWay.Local)),
        (new("direct_share", "", "of arrived packets: from droplet to droplet"), e => e.Share(PacketWay.Direct)),
        (new("bouncer_share", "", "of arrived packets: by bouncers, no divider"), e => e.Share(PacketWay.Bouncer)),
        (new("divider_share", "", "of arrived packets: through a divider"), e => e.Share(PacketWay.Divider)),
        (new("relayed_bytes_share", "", "of arrived payload: by bouncers or dividers"), e => Share(e.Tally.Bytes(PacketWay.Bouncer) + e.Tally.Bytes(PacketWay.Divider), e.Tally.ArrivedBytes)),
        (new("first_share", "", "of arrived packets: the first of their pair of endpoints"), e => Share(e.Tally.Classes.Latency(FlowClass.FirstPacket).Count, e.Tally.Arrived)),
        (new("latency_mean", "ns", "from the sender's interface to the receiver's"), e => e.Tally.Latency.Mean / PicosecondsPerNanosecond),
        (new("latency_p50", "ns", "half of all packets take no longer"), e => e.Latency(0.5)),
        (new("latency_p99", "ns", "99 of 100 take no longer"), e => e.Latency(0.99)),
        (new("latency_p999", "ns", "999 of 1 000 take no longer"), e => e.Latency(0.999)),
        (new("first_latency", "ns", "mean of the first packet of a pair, ARP included"), e => e.Latency(FlowClass.FirstPacket)),
        (new("direct_latency", "ns", "mean of later packets from droplet to droplet, or on one droplet"), e => e.Latency(FlowClass.DirectPath)),
        (new("bouncer_latency", "ns", "mean of later packets by bouncers"), e => e.Latency(FlowClass.BouncerPath)),
        (new("divider_latency", "ns", "mean of later packets through a divider"), e => e.Latency(FlowClass.ThroughDivider)),
        (new("first_hops", "links", "mean of the first packet of a pair"), e => e.Hops(FlowClass.FirstPacket)),
        (new("direct_hops", "links", "mean of later packets from droplet to droplet, or on one droplet"), e => e.Hops(FlowClass.DirectPath)),
        (new("bouncer_hops", "links", "mean of later packets by bouncers"), e => e.Hops(FlowClass.BouncerPath)),
        (new("divider_hops", "links", "mean of later packets through a divider"), e => e.Hops(FlowClass.ThroughDivider)),
        (new("most_hops", "links", "of the packet that took the longest way"), e => Enum.GetValues<FlowClass>().Max(c => e.Tally.Classes.Hops(c).Most)),
        (new("peak_bouncer_share", "", "of all packets bounced: those of the busiest droplet"), e => e.PeakShare(RunRole.Bouncer, s => s.Frames)),
        (new("peak_bouncer_bytes_share", "", "of all bytes bounced: those of the busiest droplet"), e => e.PeakShare(RunRole.Bouncer, s => s.Bytes)),
        (new("peak_divider_share", "", "of all packets divided: those of the busiest droplet"), e => e.PeakShare(RunRole.Divider, s => s.Frames)),
        (new("bounced", "packets", "frames that bouncers switched, from the wire, warm-up included"), e => e.Loads(RunRole.Bouncer).Sum(s => s.Frames)),
        (new("bounced_rate", "1/s", "frames a second that bouncers switched, from the wire, warm-up included"), e => e.Loads(RunRole.Bouncer).Sum(s => s.Frames) / (e.Network.Setup.Until.Picoseconds / 1e12)),
        (new("lost_queue", "frames", "found a port's queue full"), e => e.Network.LostBy(LossCause.QueueFull)),
        (new("lost_sending", "frames", "of these, at a droplet's own port"), e => e.Network.Tiers[0].Dropped),
        (new("lost_ring", "frames", "found a NIC's receive queue full"), e => e.Network.LostBy(LossCause.RingFull)),
        (new("lost_link", "frames", "were on a link that failed, or behind a NIC that is silent"), e => e.Network.LostBy(LossCause.LinkDown)),
        (new("lost_mtu", "frames", "were longer than the underlay carries"), e => e.Network.LostBy(LossCause.TooLong)),
        (new("lost_endpoint", "frames", "came to a port whose endpoint is not there"), e => e.Network.LostBy(LossCause.NoEndpoint)),
        (new("ended_ttl", "frames", "programs ended because a TTL was spent"), e => e.Ends(Reason.TtlZero, Reason.TtlExpired, Reason.InnerTtlExpired)),
        (new("ended", "frames", "programs ended, for any reason"), e => e.Network.Frames.Ended),
        (new("refused", "packets", "came back to their sender as an ICMP error"), e => e.Tally.Refused),
        (new("unresolved", "packets", "found no neighbour"), e => e.Tally.Unresolved),
        (new("arp_sent", "frames", "ARP requests and replies of endpoints"), e => e.Tally.ArpSent),
        (new("host_link_bytes", "B", "carried by the droplets' links, both ways"), e => e.LinkBytes(host: true)),
        (new("peak_link", "", "bytes of the busiest droplet's port over the mean of all droplets'"), e => e.Network.Tiers[0].BusiestBytes / ((double)e.Network.Tiers[0].Bytes / e.Network.Tiers[0].Links)),
        (new("fabric_bytes", "B", "carried by links between switches, both ways"), e => e.LinkBytes(host: false)),
        (new("longest_queue", "frames", "that any frame found before it; queues without limit are not watched"), e => e.Network.Tiers.Max(t => t.LongestQueue)),
        (new("updates", "rows", "the management plane wrote and deleted because of failures and churn"), e => e.Network.Updates),
        (new("left_out", "packets", "of captures that were not played: of others, no IPv4, or later than the end"), e => e.LeftOut),
        (new("flows", "flows", "TCP flows begun after the warm-up"), e => e.Flows.Length),
        (new("flows_ended", "flows", "of these, those that were through by the end"), e => e.Flows.Count(f => f.Ended != SimTime.Never)),
        (new("retransmissions", "segments", "that flows' sources sent again"), e => e.Flows.Sum(f => f.Retransmissions)),
        (new("timed_out", "flows", "whose source waited for a time-out at least once"), e => e.Flows.Count(f => f.Timeouts > 0)),
        (new("fct_mean", "ns", "mean time a flow took, handshake and close included"), e => e.FlowTimes.Length == 0 ? double.NaN : e.FlowTimes.Average()),
        (new("fct_p99", "ns", "99 of 100 flows took no longer"), e => Quantile(e.FlowTimes, 0.99)),
        (new("slowdown_least", "", "least slowdown: a flow's time over its time alone"), e => Quantile(e.Slowdowns, 0)),
        (new("slowdown_mean", "", "mean slowdown"), e => e.Slowdowns.Length == 0 ? double.NaN : e.Slowdowns.Average()),
        (new("slowdown_without_timeout", "", "mean slowdown of flows without a time-out"), e => e.Prompt.Length == 0 ? double.NaN : e.Prompt.Average()),
        (new("slowdown_p50", "", "median slowdown"), e => Quantile(e.Slowdowns, 0.5)),
        (new("slowdown_p99", "", "99th percentile of slowdowns"), e => Quantile(e.Slowdowns, 0.99)),
        (new("slowdown_p99_short", "", "99th percentile of slowdowns of the shorter half of flows, by bytes"), e => Quantile(e.BySize(0, 0.5), 0.99)),
        (new("slowdown_p99_long", "", "99th percentile of slowdowns of the longest tenth of flows"), e => Quantile(e.BySize(0.9, 1), 0.99)),
    ];

    public static readonly ImmutableArray<StudyMeasure> All = [.. Table.Select(row => row.Measure)];

    /// <param name="network">After its run.</param>
    /// <param name="flows">Those that count.</param>
    /// <param name="together">All flows, when they were also played alone.</param>
    /// <param name="alone">The same, alone.</param>
    /// <param name="leftOut">Packets of captures that were not played.</param>
    public static ImmutableArray<double> Of(TrafficNetwork network, ImmutableArray<FlowRecord> flows, ImmutableArray<FlowRecord> together, ImmutableArray<FlowRecord> alone, int leftOut)
    {
        ImmutableArray<(FlowRecord First, FlowRecord Second)> pairs =
            [.. together.Zip(alone).Where(f => f.First.Began >= network.Setup.WarmUp && f.First.Ended != SimTime.Never && f.Second.Ended != SimTime.Never)];
        Ended ended = new(network, network.Tally, flows)
        {
            LeftOut = leftOut,
            FlowTimes = [.. flows.Where(f => f.Ended != SimTime.Never).Select(NanosecondsOf).Order()],
            Slowdowns = [.. pairs.Select(Slowdown).Order()],
            OfLength = [.. pairs.OrderBy(f => f.First.Bytes).Select(Slowdown)],
            Prompt = [.. pairs.Where(f => f.First.Timeouts == 0).Select(Slowdown)],
        };
        return [.. Table.Select(row => row.Of(ended))];
    }

    private static double NanosecondsOf(FlowRecord flow) => (flow.Ended - flow.Began).Picoseconds / PicosecondsPerNanosecond;

    /// <summary>A flow on one droplet takes no time where programs take none, and is not slowed down.</summary>
    private static double Slowdown((FlowRecord Together, FlowRecord Alone) flow)
    {
        double together = NanosecondsOf(flow.Together), alone = NanosecondsOf(flow.Alone);
        return alone == 0 && together == 0 ? 1 : together / alone;
    }

    private static double Share(long part, long whole) => whole == 0 ? double.NaN : (double)part / whole;

    /// <summary>The least value that so many are not above; NaN of nothing.</summary>
    private static double Quantile(ImmutableArray<double> sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];

    private sealed record Ended(TrafficNetwork Network, TrafficTally Tally, ImmutableArray<FlowRecord> Flows)
    {
        public required ImmutableArray<double> FlowTimes { get; init; }

        public required ImmutableArray<double> Slowdowns { get; init; }

        /// <summary>Those of flows that saw no time-out.</summary>
        public required ImmutableArray<double> Prompt { get; init; }

        /// <summary>Slowdowns in the order of flows' lengths.</summary>
        public required ImmutableArray<double> OfLength { get; init; }

        public required int LeftOut { get; init; }

        /// <summary>Slowdowns, sorted, of the flows whose place by length is between these shares.</summary>
        public ImmutableArray<double> BySize(double from, double to) =>
            [.. OfLength.AsSpan()[(int)(from * OfLength.Length)..(int)(to * OfLength.Length)].ToArray().Order()];

        public double Share(PacketWay way) => TrafficMeasures.Share(Tally.Packets(way), Tally.Arrived);

        public double Latency(double share) => Tally.Latency.Count == 0 ? double.NaN : Tally.Latency.Quantile(share) / PicosecondsPerNanosecond;

        public double Latency(FlowClass of) => Mean(Tally.Classes.Latency(of)) / PicosecondsPerNanosecond;

        public double Hops(FlowClass of) => Mean(Tally.Classes.Hops(of));

        public IEnumerable<RoleSum> Loads(RunRole role) => Enumerable.Range(0, Network.Plan.Topology.DropletCount).Select(d => Network.LoadOf(new DropletId(d), role));

        public double PeakShare(RunRole role, Func<RoleSum, long> of) => TrafficMeasures.Share(Loads(role).Max(of), Loads(role).Sum(of));

        public double Ends(params Reason[] reasons) => Network.Ends.Where(end => reasons.Contains(end.Key.Reason)).Sum(end => end.Value);

        public double LinkBytes(bool host)
        {
            string lowest = Network.Tiers[0].Tier;
            return Network.Tiers.Where(tier => (tier.Tier == lowest) == host).Sum(tier => tier.Bytes);
        }

        private static double Mean(Histogram histogram) => histogram.Count == 0 ? double.NaN : histogram.Mean;
    }
}
