using System.Collections.Immutable;
using System.Text;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>A kind of expectation: its keys, and how its values become one. Another kind is one of these and a line in <see cref="ExpectationKinds.All"/>.</summary>
internal sealed record ExpectationKind(RecordShape Shape, Func<Fields, ExpectationBuilder, Expectation?> Build);

/// <summary>The registry of expectations.</summary>
internal static class ExpectationKinds
{
    /// <summary>From this number on a <see cref="Reason"/> ends a frame; below it are the ways on and what is handed to the host's stack.</summary>
    private const int FirstDropReason = 32;

    private const int MostHops = 255;

    private static readonly Key<EndpointId> From = Key.Needs("from", References.Endpoint, "Endpoint that sends.");
    private static readonly Key<Target> To = Key.Needs("to", TargetShape.Instance, "Endpoint or address it sends to.");
    private static readonly Key<string> Step = Key.May("step", NameShape.Step, "Only what belongs to this step; without it the whole run.");
    private static readonly Key<int> Nth = Key.May("nth", Standard.Count, "Only the nth IP frame that way, from 1; without it every one. ARP is not counted.");
    private static readonly Key<DropletId> Droplet = Key.Needs("droplet", References.Droplet, "On whose wire, either direction.");

    private static readonly Key<InnerProtocol> Protocol = Key.Needs(
        "protocol",
        new ChoiceShape<InnerProtocol>("a protocol", ("any", InnerProtocol.Any), ("arp", InnerProtocol.Arp), ("icmp", InnerProtocol.Icmp), ("udp", InnerProtocol.Udp), ("tcp", InnerProtocol.Tcp)),
        "What the inner frame carries.");

    private static readonly Key<ImmutableArray<Placed<DropletId>>> Droplets = Key.Needs("droplets", new ListShape<DropletId>(References.Droplet, MostHops), "Droplets visited in this order, not counting those that host the two ends.");
    private static readonly Key<bool> Exactly = Key.Has("exactly", BooleanShape.Instance, false, "These and no other.");
    private static readonly Key<int> Hops = Key.Needs("hops", new IntegerShape("a number of hops", 0, MostHops), "Underlay segments crossed.");
    private static readonly Key<ImmutableSortedDictionary<int, int>> Ttl = Key.Needs("ttl", new HistogramShape("a TTL", 255, "TTLs", "{ 64: 2, 63: 2 }"), "How often each outer TTL is seen, and no other: { 64: 2, 63: 2 }.");
    private static readonly Key<int> Count = Key.Needs("count", Standard.CountOrNone, "How many, exactly.");
    private static readonly Key<int> Frames = Key.Needs("frames", Standard.CountOrNone, "After so many IP frames that way.");

    private static readonly Key<DropletId> DroppedAt = Key.Needs("at", References.Droplet, "Droplet whose program drops.");
    private static readonly Key<Reason> DropReason = Key.Needs(
        "reason",
        new ChoiceShape<Reason>("a reason to drop", [.. Enum.GetValues<Reason>().Where(r => (int)r >= FirstDropReason).Select(r => (SnakeCase(r.ToString()), r))]),
        "Why: the program's own word for it.");
    private static readonly Key<int> MayCount = Key.May("count", Standard.CountOrNone, "How many, exactly; without it at least one.");

    private static readonly Key<DropletId> TableOn = Key.Needs("on", References.Droplet, "Droplet whose table it is.");
    private static readonly Key<TableForm> TableName = Key.Needs("name", new ChoiceShape<TableForm>("a table", [.. TableForms.All.Select(t => (t.Name, t))]), "Which table.");
    private static readonly Key<ImmutableArray<Placed<string>>> Contains = Key.Has("contains", new ListShape<string>(new TextShape(8_000), 1_000), [], "Rows that are there: with names (c = right), or as tables are printed.");
    private static readonly Key<ImmutableArray<Placed<string>>> Absent = Key.Has("absent", new ListShape<string>(new TextShape(8_000), 1_000), [], "Keys no row has: names, or as tables are printed.");
    private static readonly Key<int> Rows = Key.May("count", Standard.CountOrNone, "How many rows, exactly.");

    private static readonly Key<ImmutableArray<Placed<VpcId>>> VpcPair = Key.Needs("vpcs", new ListShape<VpcId>(References.Vpc, 2), "The two VPCs.");

    private static readonly Key<ImmutableSortedDictionary<int, int>> Dscp = Key.Needs("dscp", new HistogramShape("a DSCP", 63, "DSCPs", "{ 10: 2, 46: 2 }"), "How often each DSCP is seen, and no other: { 10: 2, 46: 2 }.");

    private static readonly Key<int> LeastPort = Key.Has("least", Standard.Port, 1, "No port is less.");
    private static readonly Key<int> MostPort = Key.Has("most", Standard.Port, 65_535, "No port is more.");
    private static readonly Key<int> Distinct = Key.May("distinct", Standard.Count, "How many different ones, exactly.");

    private static readonly Key<string> ErrorStep = Key.Needs("step", NameShape.Step, "Which step's packets.");
    private static readonly Key<(byte Type, byte Code)> Error = Key.Needs(
        "error", new ChoiceShape<(byte Type, byte Code)>("an ICMP error", ("time_exceeded", (11, 0)), ("fragmentation_needed", (3, 4))), "What they say.");
    private static readonly Key<Ipv4Address> ErrorFrom = Key.Needs("from", AddressShape.Instance, "Who says so: the network's gateway.");
    private static readonly Key<int> ErrorMtu = Key.May("mtu", new SizeShape(Limits.SmallestMtu, Limits.LargestMtu), "The MTU they tell.");
    private static readonly Key<int> ErrorCount = Key.May("count", Standard.Count, "How many, exactly; without it at least one.");

    private static readonly Key<string> CarriedStep = Key.Needs("step", NameShape.Step, "The traffic step.");
    private static readonly Key<int> LostPackets = Key.Has("lost", Standard.CountOrNone, 0, "How many did not arrive, exactly.");

    private static readonly Key<EndpointId> FunctionAt = Key.Needs("at", References.Endpoint, "The proxied endpoint.");

    private static readonly Key<int> Redirected = Key.May("redirect", Standard.CountOrNone, "Packets sent by redirect.");
    private static readonly Key<int> Expedited = Key.May("expedited", Standard.CountOrNone, "Of those passed, of class expedited.");
    private static readonly Key<int> Passed = Key.May("pass", Standard.CountOrNone, "Packets passed to the host's bridge.");
    private static readonly Key<int> DroppedPackets = Key.May("drop", Standard.CountOrNone, "Packets dropped.");

    public static ImmutableArray<ExpectationKind> All { get; } =
    [
        new(
            new RecordShape("reachable", "Every exchange from one to the other succeeded, and there was one.", From, To, Step),
            static (f, b) => b.Exchanged(f, From, To, Step) is { } p ? new ReachableExpectation(p.From, p.To, b.StepName(f, Step)) { Where = f.Where } : null),
        new(
            new RecordShape("unreachable", "Exchanges were tried and nothing of any arrived.", From, To, Step),
            static (f, b) => b.Exchanged(f, From, To, Step) is { } p ? new UnreachableExpectation(p.From, p.To, b.StepName(f, Step)) { Where = f.Where } : null),
        new(
            new RecordShape("passes_through", "Frames from one to the other visited these droplets.", From, To, Droplets, Exactly, Nth, Step),
            static (f, b) => b.Sent(f, From, To, Step) is { } p
                ? new PassesThroughExpectation(p.From, p.To, [.. f.Get(Droplets).Select(d => d.Value)], f.Get(Exactly), f.Get(Nth), b.StepName(f, Step)) { Where = f.Where }
                : null),
        new(
            new RecordShape("hops", "Frames from one to the other crossed so many underlay segments: 1 on the direct path, 4 the first time across networks (spec §3.14).", From, To, Hops, Nth, Step),
            static (f, b) => b.Sent(f, From, To, Step) is { } p ? new HopsExpectation(p.From, p.To, f.Get(Hops), f.Get(Nth), b.StepName(f, Step)) { Where = f.Where } : null),
        new(
            new RecordShape("ttl_at", "Outer TTLs of the Geneve frames on a droplet's wire, exactly (spec §6.4).", Droplet, Protocol, Ttl, Step),
            static (f, b) => new TtlAtExpectation(f.Get(Droplet), f.Get(Protocol), f.Get(Ttl), b.StepName(f, Step)) { Where = f.Where }),
        new(
            new RecordShape("packet_count", "Number of Geneve frames on a droplet's wire, exactly.", Droplet, Protocol, Count, Step),
            static (f, b) => new PacketCountExpectation(f.Get(Droplet), f.Get(Protocol), f.Get(Count), b.StepName(f, Step)) { Where = f.Where }),
        new(
            new RecordShape("direct_path_after", "Later frames go host to host, or host, divider, host across networks.", From, To, Frames, Step),
            static (f, b) => b.Sent(f, From, To, Step) is { } p ? new DirectPathAfterExpectation(p.From, p.To, f.Get(Frames), b.StepName(f, Step)) { Where = f.Where } : null),
        new(
            new RecordShape("dropped", "Frames were dropped here for this reason.", DroppedAt, DropReason, MayCount, Step),
            static (f, b) => new DroppedExpectation(f.Get(DroppedAt), f.Get(DropReason), f.Given(MayCount) ? f.Get(MayCount) : null, b.StepName(f, Step)) { Where = f.Where }),
        new(
            new RecordShape("no_unexpected_drops", "Nothing was dropped or lost that no dropped expectation names."),
            static (f, _) => new NoUnexpectedDropsExpectation { Where = f.Where }),
        new(
            new RecordShape("table", "Rows of a table at the end of the run.", TableOn, TableName, Contains, Absent, Rows),
            static (f, b) => b.Table(f, f.Get(TableOn), f.Get(TableName), f.Get(Contains), f.Get(Absent), f.Given(Rows) ? f.Get(Rows) : null)),
        new(
            new RecordShape("isolated", "No frame of one VPC's endpoints was received by the other's, though both sent.", VpcPair) { Shorthand = VpcPair },
            static (f, b) => b.Pair(f, VpcPair) is var (a, c) ? new IsolatedExpectation(a, c) { Where = f.Where } : null),
        .. ServiceExpectations.All,
        new(
            new RecordShape("dscp_at", "DSCP of the Geneve frames on a droplet's wire, exactly (spec §2.2: 10 is premium and high).", Droplet, Protocol, Dscp, Step),
            static (f, b) => new DscpAtExpectation(f.Get(Droplet), f.Get(Protocol), f.Get(Dscp), b.StepName(f, Step)) { Where = f.Where }),
        new(
            new RecordShape("source_ports_at", "Outer UDP source ports of the Geneve frames on a droplet's wire (spec §2.3).", Droplet, Protocol, LeastPort, MostPort, Distinct, Step),
            static (f, b) => new SourcePortsAtExpectation(f.Get(Droplet), f.Get(Protocol), f.Get(LeastPort), f.Get(MostPort), f.Given(Distinct) ? f.Get(Distinct) : null, b.StepName(f, Step)) { Where = f.Where }),
        new(
            new RecordShape("icmp_error", "What a step sent was answered by ICMP errors, and by no others.", ErrorStep, Error, ErrorFrom, ErrorMtu, ErrorCount),
            static (f, b) => new IcmpErrorExpectation(
                b.StepName(f, ErrorStep)!, f.Get(Error).Type, f.Get(Error).Code, f.Get(ErrorFrom), f.Given(ErrorMtu) ? f.Get(ErrorMtu) : null, f.Given(ErrorCount) ? f.Get(ErrorCount) : null) { Where = f.Where }),
        new(
            new RecordShape("function_sees", "What reached a proxied endpoint's interface came in its tunnel, under its own VPC's VNI, its outer headers as they came off the wire.", FunctionAt, Protocol, MayCount, Step),
            static (f, b) => new FunctionSeesExpectation(f.Get(FunctionAt), f.Get(Protocol), f.Given(MayCount) ? f.Get(MayCount) : null, b.StepName(f, Step)) { Where = f.Where }),
        new(
            new RecordShape("carried", "What a traffic step sent arrived, and what it asked for came back.", CarriedStep, LostPackets),
            static (f, b) => new CarriedExpectation(b.StepName(f, CarriedStep)!, f.Get(LostPackets)) { Where = f.Where }),
        new(
            new RecordShape("statistics", "Packets a droplet's agents counted, by verdict, at the end of the run.", TableOn, Redirected, Expedited, Passed, DroppedPackets),
            static (f, b) => b.Statistics(f, f.Get(TableOn), Redirected, Expedited, Passed, DroppedPackets)),
    ];

    /// <summary><c>NoVpc</c> → <c>no_vpc</c>.</summary>
    public static string SnakeCase(string name)
    {
        StringBuilder text = new();
        foreach (char c in name)
        {
            text.Append(char.IsUpper(c) && text.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
