using System.Collections.Immutable;
using System.Text;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Steps in which endpoints send: stack traffic, and crafted frames.</summary>
internal static class ExchangeSteps
{
    /// <summary>The port spec §6.1 lets HTTP servers listen on.</summary>
    private const ushort HttpPort = 8_000;

    private const ushort UdpPortDefault = 5_001;
    private const ushort TcpPortDefault = 9_001;

    private const int MostConnections = 1_000;

    /// <summary>An Ethernet header; a kernel sends nothing shorter.</summary>
    private const int ShortestFrame = 14;

    private const int LongestFrame = Limits.LargestMtu + TimelineBuilder.EthernetWithTag;

    private static readonly Key<EndpointId> From = Key.Needs("from", References.Endpoint, "Endpoint that sends first.");
    private static readonly Key<Target> To = Key.Needs("to", TargetShape.Instance, "Endpoint of the same VPC, or an address, which nobody need have.");
    private static readonly Key<SimTime> Interval = Key.Has("interval", Standard.PositiveTime, SimTime.FromMilliseconds(10), "Time from one to the next.");
    private static readonly Key<SimTime> Timeout = Key.Has("timeout", Standard.PositiveTime, SimTime.FromSeconds(1), "How long the last answer or byte is waited for.");
    private static readonly Key<SimTime> TcpTimeout = Key.Has("timeout", Standard.PositiveTime, SimTime.FromSeconds(5), "How long the connection may take beyond its intervals.");
    private static readonly Key<bool> Reply = Key.Has("reply", BooleanShape.Instance, false, "Whether the receiver sends everything back.");

    private static readonly Key<int> PingCount = Key.Has("count", Standard.Count, 1, "Echo requests.");
    private static readonly Key<int> PingPayload = Key.Has("payload", new SizeShape(0, Limits.LargestMtu), 56, "ICMP data of each.");

    private static readonly Key<int> PingTtl = Key.Has("ttl", new IntegerShape("a TTL", 1, 255), 64, "TTL of the requests.");
    private static readonly Key<bool> PingWhole = Key.Has("dont_fragment", BooleanShape.Instance, false, "Whether they forbid being cut, and are not cut when the path is known to be narrower.");

    private static readonly Key<int> SourcePort = Key.May("from_port", Standard.Port, "The sender's port; without it the next from 40000 on, so that it is the same on every backend: it decides which backend of a service is asked.");
    private static readonly Key<int> Connections = Key.Has("connections", new IntegerShape("a count", 1, MostConnections), 1, "How many connections, one after the other, each from the next port; their steps are named with -1, -2, and so on.");

    private static readonly Key<int> UdpCount = Key.Has("count", Standard.Count, 1, "Datagrams.");
    private static readonly Key<int> UdpPort = Key.Has("port", Standard.Port, UdpPortDefault, "Port the receiver listens on.");
    private static readonly Key<Fields> UdpPayload = Key.May("payload", Payloads.Shape, "Data of each datagram; 100B of the pattern when not given.");

    private static readonly Key<int> TcpPort = Key.Has("port", Standard.Port, TcpPortDefault, "Port the server listens on.");
    private static readonly Key<int> Blocks = Key.Has("blocks", Standard.Count, 1, "How many blocks the client sends.");
    private static readonly Key<Fields> Block = Key.May("block", Payloads.Shape, "What a block is; 100B of the pattern when not given.");

    private static readonly Key<ImmutableArray<Placed<EndpointId>>> Between = Key.Needs("between", new ListShape<EndpointId>(References.Endpoint, 2), "The two endpoints.");

    private static readonly Key<byte[]> Packet = Key.May("packet", new PacketTextShape(ShortestFrame, LongestFrame), "The frame in the packet text form (docs/packet-text.md): eth … / ipv4 … / udp ….");
    private static readonly Key<byte[]> Hex = Key.May("hex", new HexShape(ShortestFrame, LongestFrame), "The frame's bytes, from the destination MAC on.");

    public static readonly StepKind Ping = new(
        new RecordShape("ping", "ICMP echo requests by the endpoint's own stack.", From, To, PingCount, Interval, PingPayload, PingTtl, PingWhole, Timeout, StepKinds.Name, StepKinds.At, StepKinds.Background),
        static (f, t) =>
        {
            Exchange e = t.Exchange(f, From, To, 0, default);
            t.FitsMtu(e, f.Get(PingPayload), f.PlaceOf(PingPayload));
            t.FitsTime(f, f.Get(PingCount), f.Get(Interval));
            t.Add(f, new PingStep(e.From, e.To, f.Get(PingCount), f.Get(Interval), f.Get(PingPayload), f.Get(Timeout)) { Name = "", Where = f.Where, Ttl = (byte)f.Get(PingTtl), DontFragment = f.Get(PingWhole) });
        });

    public static readonly StepKind Udp = new(
        new RecordShape("udp", "Datagrams by the endpoint's own stack.", From, To, UdpPort, SourcePort, UdpPayload, UdpCount, Interval, Reply, Timeout, StepKinds.Name, StepKinds.At, StepKinds.Background),
        static (f, t) =>
        {
            Exchange e = t.Exchange(f, From, To, f.Get(UdpPort), InnerProtocol.Udp);
            ImmutableArray<byte> payload = t.Payload(f, UdpPayload);
            t.FitsMtu(e, payload.Length, f.PlaceOf(UdpPayload));
            t.MustAnswer(e, f.Get(Reply), "reply: true", f.Where);
            t.FitsTime(f, f.Get(UdpCount), f.Get(Interval));
            t.Add(f, new UdpStep(e.From, e.To, (ushort)f.Get(UdpPort), payload, f.Get(UdpCount), f.Get(Interval), f.Get(Reply), f.Get(Timeout)) { Name = "", Where = f.Where, SourcePort = t.SourcePort(f, SourcePort) });
        });

    public static readonly StepKind Tcp = new(
        new RecordShape(
            "tcp", "One TCP connection by the endpoints' own stacks: the client sends its blocks, then closes.", From, To, TcpPort, SourcePort, Connections, Block, Blocks, Interval, Reply, TcpTimeout, StepKinds.Name, StepKinds.At, StepKinds.Background),
        static (f, t) =>
        {
            Exchange e = t.Exchange(f, From, To, f.Get(TcpPort), InnerProtocol.Tcp);
            ImmutableArray<byte> block = t.Payload(f, Block, least: 1);
            t.MustAnswer(e, replies: false, "no function of the lab speaks TCP: udp with reply: true", f.Where);
            t.FitsTime(f, f.Get(Blocks), f.Get(Interval));
            int connections = f.Get(Connections);
            int source = t.SourcePort(f, SourcePort, connections);
            for (int i = 0; i < connections; i++)
            {
                t.Add(
                    f,
                    new TcpStep(e.From, e.To, (ushort)f.Get(TcpPort), block, f.Get(Blocks), f.Get(Interval), f.Get(Reply), f.Get(TcpTimeout)) { Name = "", Where = f.Where, SourcePort = (ushort)(source + i) },
                    connections == 1 ? "" : $"-{i + 1}");
            }
        });

    public static readonly StepKind Common = new(
        new RecordShape(
            "common",
            "COMMON of spec §6.1 between two endpoints, eight steps: a ping, 100 bytes over UDP (5001), 100 bytes over TCP (9001) and a request with its answer over TCP (8000), each from the first to the second and then back. Their names are the step's own with -ping, -ping-back, -udp, -udp-back, -tcp, -tcp-back, -http, -http-back.",
            Between, StepKinds.Name, StepKinds.At)
        {
            Shorthand = Between,
        },
        static (f, t) => AddCommon(f, t));

    private static readonly Key<DropletId> AtDroplet = Key.Needs("to", References.Droplet, "Whose NIC it reaches.");

    public static readonly StepKind UnderlayFrame = new(
        new RecordShape("underlay_frame", "One crafted frame that reaches a droplet's NIC from the underlay, sent by nobody the overlay knows.", AtDroplet, Packet, Hex, StepKinds.Name, StepKinds.At) { OneOf = [Packet, Hex] },
        static (f, t) =>
        {
            byte[] bytes = f.Given(Packet) ? f.Get(Packet) : f.Get(Hex);
            t.Add(f, new UnderlayFrameStep(f.Get(AtDroplet), [.. bytes ?? []]) { Name = "", Where = f.Where });
        });

    public static readonly StepKind Frame = new(
        new RecordShape("frame", "One crafted frame, sent as it is at the endpoint's interface.", From, Packet, Hex, StepKinds.Name, StepKinds.At) { OneOf = [Packet, Hex] },
        static (f, t) =>
        {
            EndpointId from = t.Sender(f, From);
            byte[] bytes = (f.Given(Packet) ? f.Get(Packet) : f.Get(Hex)) ?? [];
            t.FrameFits(from, bytes, f.PlaceOf(f.Given(Packet) ? Packet : Hex));
            t.Add(f, new FrameStep(from, [.. bytes]) { Name = "", Where = f.Where });
        });

    private static void AddCommon(Fields f, TimelineBuilder t)
    {
        ImmutableArray<Placed<EndpointId>> pair = f.Get(Between);
        if (pair.Length != 2 || pair[0].Value == pair[1].Value)
        {
            t.Diagnostics.Report(f.PlaceOf(Between), "common is between two endpoints", "[a, c]");
            return;
        }
        SimTime interval = Interval.Standard;
        ImmutableArray<byte> data = t.Pattern(f.Where, Payloads.DefaultBytes);
        ImmutableArray<byte> request = [.. Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\n\r\n")];
        Exchange there = t.Exchange(pair[0], new Placed<Target>(new Target(pair[1].Value, default), pair[1].Where));
        Exchange back = t.Exchange(pair[1], new Placed<Target>(new Target(pair[0].Value, default), pair[0].Where));
        foreach ((string suffix, Func<Exchange, Step> make) in (ReadOnlySpan<(string, Func<Exchange, Step>)>)
            [
                ("-ping", e => new PingStep(e.From, e.To, 1, interval, PingPayload.Standard, Timeout.Standard) { Name = "", Where = f.Where }),
                ("-udp", e => new UdpStep(e.From, e.To, UdpPortDefault, data, 1, interval, false, Timeout.Standard) { Name = "", Where = f.Where, SourcePort = t.SourcePort(f, SourcePort) }),
                ("-tcp", e => new TcpStep(e.From, e.To, TcpPortDefault, data, 1, interval, false, TcpTimeout.Standard) { Name = "", Where = f.Where, SourcePort = t.SourcePort(f, SourcePort) }),
                ("-http", e => new TcpStep(e.From, e.To, HttpPort, request, 1, interval, true, TcpTimeout.Standard) { Name = "", Where = f.Where, SourcePort = t.SourcePort(f, SourcePort) }),
            ])
        {
            t.Add(f, make(there), suffix);
            t.Add(f, make(back), suffix + "-back");
        }
    }
}
