using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Workload.Sampling;
using MizarLab.Workload.Traffic;

namespace MizarLab.Scenarios.Language;

/// <summary>A kind of workload, and its law among so many members of a group.</summary>
/// <param name="Law">Members and what carries it; flows that TCP carries are not cut. Null of a capture, which is no law and has no groups (<see cref="CaptureKeys"/>).</param>
internal sealed record WorkloadForm(RecordShape Shape, Func<Fields, int, Transport, ITraffic>? Law)
{
    /// <summary>A packet of the law is a message of a known length, so TCP can carry it as a flow.</summary>
    public bool HasFlows { get; init; } = true;
}

/// <summary>The keys of workloads: who sends how much to whom, and when. Steps and studies have the same.</summary>
internal static class WorkloadKeys
{
    private const int MostBytes = 1 << 30, MostPayload = EndpointPackets.MostPayload, DefaultPacket = 1_000, MostFanIn = 65_536;

    private static readonly DurationShape Span = new(SimTime.FromNanoseconds(1), Limits.LongestTime);
    private static readonly SizeShape Bytes = new(1, MostBytes);

    /// <summary>Whom a workload's sources choose among.</summary>
    private enum Circle
    {
        Network,
        Vpc,
    }

    private static readonly Key<Circle> Within = Key.Has("within", new ChoiceShape<Circle>("a circle", ("network", Circle.Network), ("vpc", Circle.Vpc)), Circle.Network, "Whom endpoints talk to: others of their network, or of their VPC.");
    private static readonly Key<Transport> Carrier = Key.Has("transport", new ChoiceShape<Transport>("a transport", ("udp", Transport.Udp), ("tcp", Transport.Tcp)), Transport.Udp, "udp: a datagram a packet, whatever becomes of it; tcp: a connection a flow.");
    private static readonly Key<double> ZipfKey = Key.May("zipf", new NumberShape("an exponent", 0, 10), "Destinations by Zipf's law of this exponent, in one order of popularity for all; without it anybody else with equal chance, which is every cache's worst case.");
    private static readonly Key<DataRate> Rate = Key.Needs("rate", new LowRateShape(), "What each endpoint offers in the mean, in bits of payload a second.");
    private static readonly Key<int> Packet = Key.Has("packet", new SizeShape(1, MostPayload), DefaultPacket, "Payload of a datagram; the last of a flow has what is left.");
    private static readonly Key<DataRate> Pace = Key.Has("pace", new RateShape(), DataRate.Unlimited, "How fast a flow's datagrams follow each other; unlimited: all at once.");
    private static readonly Key<int> Replies = Key.May("replies", new SizeShape(1, MostBytes), "So many bytes come back for every flow; without it nothing does.");
    private static readonly Key<int> Flows = Key.May("flows", Standard.Count, "Flows of an endpoint at most.");

    private static readonly Key<int> Constant = Key.May("constant", Bytes, "All of this size.");
    private static readonly Key<int> MeanSize = Key.May("exponential", Bytes, "Exponential, of this mean.");
    private static readonly Key<CdfFile> FromFile = Key.May("file", FlowSizesShape.Instance, "As somebody measured them.");
    private static readonly RecordShape Sizes = new("flow_sizes", "How long flows are.", Constant, MeanSize, FromFile) { Shorthand = Constant, OneOf = [Constant, MeanSize, FromFile] };
    private static readonly Key<Fields> SizesKey = Key.Needs("sizes", Sizes, "How long flows are.");

    private static readonly Key<SimTime> On = Key.Needs("on", Span, "Mean time of talking; exponential.");
    private static readonly Key<SimTime> Off = Key.Needs("off", Span, "Mean time of silence; exponential.");
    private static readonly Key<DataRate> Talking = Key.Needs("rate", new LowRateShape(), "While talking, in bits of payload a second.");

    private static readonly Key<int> FanIn = Key.Needs("fan_in", new IntegerShape("a number of senders", 1, MostFanIn), "Senders a round.");
    private static readonly Key<int> Amount = Key.Needs("bytes", Bytes, "From each sender.");
    private static readonly Key<SimTime> Every = Key.Needs("every", Span, "From round to round; the first is after one.");
    private static readonly Key<int> Rounds = Key.Has("rounds", Standard.Count, Limits.Count, "How many at most.");

    private static readonly Key<double> Active = Key.Has("active", new NumberShape("a share", 0.000001, 1), 0.16, "Share of ordered pairs that talk at all.");
    private static readonly Key<DataRate> Median = Key.Has("median", new LowRateShape(), new DataRate(78), "Throughput that half of these pass.");
    private static readonly Key<double> Sigma = Key.Has("sigma", new NumberShape("a deviation", 0, 10), 4.82, "Of the logarithm of the throughput.");
    private static readonly Key<double> Scale = Key.Has("scale", new NumberShape("a factor", 0.000001, 1_000_000), 1, "All throughputs times this.");

    private static readonly ImmutableArray<WorkloadForm> Forms =
    [
        new(new RecordShape("open_loop", "Flows that begin whatever became of the ones before, Poisson in time.", Rate, SizesKey, ZipfKey, Packet, Pace, Replies, Flows, Within, Carrier), OpenLoopOf),
        new(new RecordShape("on_off", "Endpoints that talk at a rate and are silent in turn, each time to somebody else.", On, Off, Talking, ZipfKey, Packet, Within, Carrier), OnOffOf) { HasFlows = false },
        new(
            new RecordShape("incast", "Many to one: in every round the next ones after a sink send to it at once; whose turn it is, the seed says.", FanIn, Amount, Every, Rounds, Packet, Pace, Within, Carrier),
            (f, members, carrier) => new Incast(members, Math.Min(f.Get(FanIn), members - 1), f.Get(Amount), f.Get(Every), f.Get(Rounds), PacingOf(f, carrier))),
        new(
            new RecordShape("all_to_all", "A shuffle: as much from each to each, in turns.", Amount, Packet, Pace, Within, Carrier),
            (f, members, carrier) => new AllToAll(members, f.Get(Amount), SimTime.Zero, PacingOf(f, carrier))),
        new(
            new RecordShape("cloud_matrix", "A cloud's sparse matrix (fitted to what Andromeda reports, not measured): some ordered pairs talk, with lognormal throughputs.", Active, Median, Sigma, Scale, Packet, Within, Carrier),
            (f, members, _) => new SparseMatrix(members, Pacing.AtOnce(f.Get(Packet)), f.Get(Active), f.Get(Median).BitsPerSecond, f.Get(Sigma), f.Get(Scale))),
        new(CaptureKeys.Shape, null) { HasFlows = false },
    ];

    public static readonly VariantShape<WorkloadForm> Shape = new("a workload", Forms, form => form.Shape);

    /// <summary>The workload on a topology by rule.</summary>
    /// <returns>Null after something was reported.</returns>
    public static PlayedTraffic? Of(Variant<WorkloadForm> workload, GeneratedTopology topology, StudyContext context)
    {
        if (CarrierOf(workload, context.Diagnostics) is not { } carrier)
        {
            return null;
        }
        if (workload.Kind.Law is not { } law)
        {
            return CaptureKeys.Of(workload.Fields, [.. topology.Roles.Vpcs.Select(vpc => vpc.Name)], vpc => VpcOf(topology, vpc), context.Inputs, context.Diagnostics) is { } capture
                ? new PlayedTraffic(capture, carrier)
                : null;
        }
        int group = IsWithinVpc(workload) ? topology.Shape.EndpointsPerNetwork * topology.Shape.NetworksPerVpc : topology.Shape.EndpointsPerNetwork;
        return new PlayedTraffic(new GroupedTraffic(topology.EndpointCount, group, members => law(workload.Fields, members, carrier)), carrier);
    }

    /// <summary>A VPC's endpoints follow one another.</summary>
    private static CaptureVpc VpcOf(GeneratedTopology topology, int number)
    {
        Vpc vpc = topology.Roles.Vpcs[number];
        int group = topology.Shape.EndpointsPerNetwork * topology.Shape.NetworksPerVpc, first = number * group;
        int count = Math.Min(group, topology.EndpointCount - first);
        return new CaptureVpc(vpc.Name, count, n => first + n, Find);

        int? Find(Ipv4Address address)
        {
            if (!vpc.Cidr.Contains(address))
            {
                return null;
            }
            EndpointId found = topology.EndpointAt(vpc.Vni, address);
            return found.Index >= first && found.Index < first + count && topology.AddressOf(found) == address ? found.Index : null;
        }
    }

    /// <summary>What carries it; null after something was reported.</summary>
    public static Transport? CarrierOf(Variant<WorkloadForm> workload, Diagnostics diagnostics)
    {
        Transport carrier = workload.Fields.Get(Carrier);
        if (carrier == Transport.Udp || workload.Kind.HasFlows)
        {
            return carrier;
        }
        diagnostics.Report(workload.Fields.PlaceOf(Carrier), $"{workload.Kind.Shape.Name} has no flows that TCP could carry", "open_loop has");
        return null;
    }

    /// <summary>Whether endpoints talk to others of their VPC; else of their network.</summary>
    public static bool IsWithinVpc(Variant<WorkloadForm> workload) => workload.Fields.Get(Within) == Circle.Vpc;

    private static OpenLoop OpenLoopOf(Fields f, int members, Transport carrier)
    {
        IDistribution sizes = SizesOf(f.Get(SizesKey));
        return new OpenLoop("open", PeersOf(f, members), new Exponential(sizes.Mean * 8 * 1e12 / f.Get(Rate).BitsPerSecond), sizes, PacingOf(f, carrier))
        {
            Replies = f.Given(Replies) ? new Constant(f.Get(Replies)) : null,
            FlowLimit = f.Given(Flows) ? f.Get(Flows) : long.MaxValue,
        };
    }

    private static OnOff OnOffOf(Fields f, int members, Transport carrier) => new(
        "on-off", PeersOf(f, members), Exponential.Spans(f.Get(On)), Exponential.Spans(f.Get(Off)), new Pacing(f.Get(Packet), f.Get(Talking)));

    private static IPeers PeersOf(Fields f, int members) => f.Given(ZipfKey) ? new ZipfPeers(members, f.Get(ZipfKey), seed: 1) : new UniformPeers(members);

    private static IDistribution SizesOf(Fields f) =>
        f.Given(Constant) ? new Constant(f.Get(Constant)) : f.Given(MeanSize) ? new Exponential(f.Get(MeanSize)) : f.Get(FromFile).Law;

    private static Pacing PacingOf(Fields f, Transport carrier) => carrier == Transport.Tcp ? Pacing.AtOnce(MostBytes) : new Pacing(f.Get(Packet), f.Get(Pace));
}
