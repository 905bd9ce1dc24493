using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Packets;
using MizarLab.Workload.Tcp;

namespace MizarLab.Workload;

/// <summary>
/// The network stack of one endpoint: neighbours by ARP, IPv4 with one interface and a default route, ICMP echo, UDP and TCP. It
/// behaves as the kernel's does in the ways the data plane can see: what it sends for what it gets.
/// </summary>
/// <example><code>
/// EndpointStack stack = new(settings, port, timers, seed, "stack/a");
/// stack.Udp.Bind(5001, handler);
/// stack.Icmp.SendEcho(peer, id: 7, sequence: 1, payload);
/// </code></example>
public sealed class EndpointStack
{
    /// <summary>The ECN field of the type-of-service byte; all ones: congestion experienced.</summary>
    private const int CongestionMask = 3;

    private byte[] receiveBuffer = new byte[2048];

    /// <param name="settings">The interface.</param>
    /// <param name="port">Where frames go.</param>
    /// <param name="timers">Of the node the stack lives on.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="name">Under which its random streams are: IP ids, ports, initial sequence numbers.</param>
    public EndpointStack(StackSettings settings, INetworkPort port, TimerSet timers, ulong seed, string name)
    {
        Neighbours = new NeighbourTable(settings, port, timers);
        Ip = new Ipv4Layer(settings, port, Neighbours, timers, new RandomStream(seed, $"{name}/ip-id"));
        Icmp = new IcmpLayer(Ip);
        Udp = new UdpLayer(Ip, Icmp, new RandomStream(seed, $"{name}/udp-port"));
        Tcp = new TcpLayer(Ip, timers, new RandomStream(seed, $"{name}/tcp"));
        Ip.Received += Dispatch;
        Icmp.Failed += TakeError;
    }

    public NeighbourTable Neighbours { get; }

    public Ipv4Layer Ip { get; }

    public IcmpLayer Icmp { get; }

    public UdpLayer Udp { get; }

    public TcpLayer Tcp { get; }

    /// <summary>The endpoint went away; the stack is no longer to be used.</summary>
    public bool IsDown { get; private set; }

    /// <summary>The stack's own buffer for a frame about to be received; at least <paramref name="length"/> bytes are given.</summary>
    public Span<byte> ReceiveBuffer(int length)
    {
        if (receiveBuffer.Length < length)
        {
            receiveBuffer = new byte[length];
        }
        return receiveBuffer.AsSpan(0, length);
    }

    /// <summary>Takes a frame that came in by the interface.</summary>
    public void Receive(ReadOnlySpan<byte> frame)
    {
        if (!EthernetView.TryRead(frame, out EthernetView ethernet)
            || (ethernet.Destination != Ip.Settings.Mac && !ethernet.Destination.IsGroup))
        {
            return;
        }
        switch (ethernet.Type)
        {
            case EtherType.Arp:
                Neighbours.Receive(ethernet.Payload);
                break;
            case EtherType.Ipv4:
                Ip.Receive(ethernet.Payload, toAll: ethernet.Destination.IsGroup);
                break;
        }
    }

    /// <summary>The endpoint goes away: every connection ends, nothing more is sent.</summary>
    public void Shutdown()
    {
        IsDown = true;
        Tcp.Shutdown();
        Ip.Shutdown();
        Neighbours.Shutdown();
    }

    private void TakeError(IpProtocol protocol, Ipv4Address destination, ushort localPort, ushort port, IcmpErrorSeen error)
    {
        if (protocol == IpProtocol.Tcp && error.MtuBytes > 0)
        {
            Tcp.PathNarrowed(new TcpEnds(localPort, destination, port), error.MtuBytes);
        }
    }

    private void Dispatch(in Ipv4View datagram, ReadOnlySpan<byte> payload, bool toAll)
    {
        switch (datagram.Protocol)
        {
            case IpProtocol.Icmp:
                Icmp.Receive(datagram, payload);
                break;
            case IpProtocol.Udp:
                Udp.Receive(datagram, payload);
                break;
            case IpProtocol.Tcp when toAll:
                break; // As Linux: no connection by broadcast.
            case IpProtocol.Tcp:
                Tcp.Receive(datagram.Source, datagram.Destination, isMarked: (datagram.Tos & CongestionMask) == CongestionMask, payload);
                break;
            default:
                Icmp.SendUnreachable(IcmpLayer.ProtocolUnreachable, datagram, payload);
                break;
        }
    }
}
