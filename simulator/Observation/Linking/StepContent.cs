using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Linking;

/// <summary>What frames of one timeline step look like.</summary>
internal sealed record StepContent
{
    private readonly Step step;
    private readonly InnerProtocol protocol;
    private readonly Ipv4Address near;
    private readonly Ipv4Address far;
    private readonly int port;
    private readonly EndpointId? from;
    private readonly EndpointId? to;
    private readonly ImmutableArray<Ipv4Address> behind = [];
    private readonly int portBehind;

    /// <summary>What the far end knows the near one by, when a gateway is between them.</summary>
    private readonly Ipv4Address? nearOutside;

    private StepContent(Step step, Scenario scenario, EndpointId? from, Ipv4Address near, Ipv4Address far, InnerProtocol protocol, int port)
    {
        this.step = step;
        this.protocol = protocol;
        this.near = near;
        this.far = far;
        this.port = port;
        this.from = from;
        Topology topology = scenario.Topology;
        to = from is EndpointId sender ? topology.EndpointWith(sender, far) : null;
        if (from is EndpointId inside && to is EndpointId outside && topology.IsOutside(outside))
        {
            nearOutside = topology.GatewayOf(topology.VpcOf(inside))?.Address;
        }
        if (from is EndpointId client && to is null && (topology.ServiceAt(topology.VpcOf(client), far) is not null || topology.IsPublic(topology.VpcOf(client), far)))
        {
            (ImmutableArray<EndpointId> backends, portBehind) = topology.Behind(
                scenario, topology.VpcOf(client), far, (ushort)Math.Max(port, 0), protocol switch { InnerProtocol.Udp => IpProtocol.Udp, InnerProtocol.Tcp => IpProtocol.Tcp, _ => IpProtocol.Icmp });
            behind = [.. backends.Select(b => topology[b].Address)];
        }
    }

    public bool Background => step.Background;

    public static StepContent Of(Scenario scenario, Step step)
    {
        Topology topology = scenario.Topology;
        switch (step)
        {
            case PingStep ping:
                return new StepContent(step, scenario, ping.From, topology[ping.From].Address, ping.To, InnerProtocol.Icmp, -1);
            case UdpStep udp:
                return new StepContent(step, scenario, udp.From, topology[udp.From].Address, udp.To, InnerProtocol.Udp, udp.Port);
            case TcpStep tcp:
                return new StepContent(step, scenario, tcp.From, topology[tcp.From].Address, tcp.To, InnerProtocol.Tcp, tcp.Port);
            case FrameStep frame:
                // What a stack answers to a crafted frame is of the frame's step too.
                FrameFacts facts = FrameFacts.Read(frame.Bytes.AsSpan());
                return new StepContent(step, scenario, frame.From, facts.Source, facts.Destination, facts.Protocol, -1);
            default:
                return new StepContent(step, scenario, null, default, default, InnerProtocol.Any, -1);
        }
    }

    public bool IsCrafted(EndpointId origin, ReadOnlySpan<byte> bytes) =>
        step is FrameStep frame && frame.From == origin && frame.Bytes.AsSpan().SequenceEqual(bytes);

    public bool Carries(EndpointId? origin, in FrameFacts facts)
    {
        if (from is null)
        {
            return false;
        }
        if (facts.Protocol == InnerProtocol.Arp)
        {
            return origin is EndpointId asker && (asker == from || asker == to || behind.Contains(facts.Source));
        }
        bool forth = facts.Source == near && facts.Destination == far && (port < 0 || facts.DestinationPort == port);
        bool back = facts.Source == far && facts.Destination == near && (port < 0 || facts.SourcePort == port);
        back |= facts.Source == far && facts.Destination == nearOutside && (port < 0 || facts.SourcePort == port);
        // A service's backends answer under their own address: it is put right at the client's host.
        back |= behind.Contains(facts.Source) && facts.Destination == near && (port < 0 || facts.SourcePort == portBehind);
        return facts.IsIpv4 && (forth || back) && (facts.Protocol == protocol || (step is FrameStep && facts.Protocol == InnerProtocol.Icmp));
    }
}
