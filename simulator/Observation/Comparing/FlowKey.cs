using MizarLab.Observation.Reading;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Comparing;

/// <summary>What part a TCP segment plays; kinds that a kernel's acknowledgement timing cannot change in number come first.</summary>
internal enum SegmentKind : byte
{
    None,
    Syn,
    SynAck,
    Fin,
    Reset,

    /// <summary>Data and acknowledgements.</summary>
    Other,
}

/// <summary>
/// Frames of this key come in one order on every backend: one step, one sender, one pair of addresses, one kind. Ports are those of the
/// service; the other side's is ephemeral and differs from kernel to kernel.
/// </summary>
internal readonly record struct FlowKey : IComparable<FlowKey>
{
    public int Step { get; private init; }

    /// <summary>Index of the endpoint; −1 for a frame that began elsewhere.</summary>
    public int Origin { get; private init; }

    /// <summary>Of a frame that began elsewhere: the droplet that saw it first; else −1.</summary>
    public int Droplet { get; private init; }

    public InnerProtocol Protocol { get; private init; }

    public Ipv4Address Source { get; private init; }

    public Ipv4Address Destination { get; private init; }

    /// <summary>ICMP type, ARP operation, or the service's port; −1 for none.</summary>
    public int Kind { get; private init; }

    /// <summary>Whether a UDP or TCP frame goes to the service, not from it.</summary>
    public bool ToService { get; private init; }

    public SegmentKind Segment { get; private init; }

    public static FlowKey Of(Journey journey, Scenario scenario)
    {
        FrameFacts facts = FrameFacts.ReadFirst(journey);
        FlowKey key = new()
        {
            Step = journey.Origin is null ? -1 : journey.Step,
            Origin = journey.Origin?.Index ?? -1,
            Droplet = journey.Origin is null && !journey.Sightings.IsEmpty ? journey.Sightings[0].Droplet.Index : -1,
            Protocol = facts.Protocol,
            Source = facts.Source,
            Destination = facts.Destination,
            Kind = facts.Kind,
        };
        if (facts.Protocol is not (InnerProtocol.Udp or InnerProtocol.Tcp) || facts.SourcePort < 0)
        {
            return key;
        }
        int service = ServicePort(journey, scenario) ?? Math.Min(facts.SourcePort, facts.DestinationPort);
        return key with
        {
            Kind = service,
            ToService = facts.DestinationPort == service,
            Segment = facts.Protocol == InnerProtocol.Tcp ? SegmentOf((TcpFlags)facts.Kind) : SegmentKind.None,
        };
    }

    public int CompareTo(FlowKey other)
    {
        int order = Step.CompareTo(other.Step);
        order = order != 0 ? order : Origin.CompareTo(other.Origin);
        order = order != 0 ? order : Droplet.CompareTo(other.Droplet);
        order = order != 0 ? order : Protocol.CompareTo(other.Protocol);
        order = order != 0 ? order : Source.CompareTo(other.Source);
        order = order != 0 ? order : Destination.CompareTo(other.Destination);
        order = order != 0 ? order : Kind.CompareTo(other.Kind);
        order = order != 0 ? order : ToService.CompareTo(other.ToService);
        return order != 0 ? order : Segment.CompareTo(other.Segment);
    }

    /// <summary><c>icmp echo request</c>, <c>tcp to port 9001 SYN</c>.</summary>
    public string KindText => Protocol switch
    {
        InnerProtocol.Icmp => Kind switch { 8 => "icmp echo request", 0 => "icmp echo reply", _ => $"icmp type {Kind}" },
        InnerProtocol.Arp => Kind switch { 1 => "arp request", 2 => "arp reply", _ => $"arp operation {Kind}" },
        InnerProtocol.Udp or InnerProtocol.Tcp => $"{Protocol.ToString().ToLowerInvariant()} {(ToService ? "to" : "from")} port {Kind}{SegmentText}",
        _ => "frame",
    };

    private string SegmentText => Segment switch
    {
        SegmentKind.Syn => " SYN",
        SegmentKind.SynAck => " SYN-ACK",
        SegmentKind.Fin => " FIN",
        SegmentKind.Reset => " RST",
        SegmentKind.Other => " segment",
        _ => "",
    };

    private static int? ServicePort(Journey journey, Scenario scenario) =>
        journey.Step < 0 || journey.Step >= scenario.Timeline.Length
            ? null
            : scenario.Timeline[journey.Step] switch
            {
                UdpStep udp => udp.Port,
                TcpStep tcp => tcp.Port,
                _ => null,
            };

    private static SegmentKind SegmentOf(TcpFlags flags) => flags switch
    {
        _ when (flags & TcpFlags.Reset) != 0 => SegmentKind.Reset,
        _ when (flags & TcpFlags.Syn) != 0 => (flags & TcpFlags.Ack) != 0 ? SegmentKind.SynAck : SegmentKind.Syn,
        _ when (flags & TcpFlags.Fin) != 0 => SegmentKind.Fin,
        _ => SegmentKind.Other,
    };
}
