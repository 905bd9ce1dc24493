using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload;
using MizarLab.Workload.Tcp;

namespace MizarLab.Fabric;

/// <summary>A TCP flow of a workload: bytes from one endpoint to another by a connection of their own.</summary>
/// <param name="Source">Who opens the connection, sends and closes.</param>
/// <param name="Destination">Who receives, and closes when it has all.</param>
/// <param name="Bytes">Of the application.</param>
/// <param name="Began">When the application wanted to.</param>
/// <param name="Ended">When its connection was closed from both sides, all octets and the FIN acknowledged; <see cref="SimTime.Never"/>: not, or it failed.</param>
public readonly record struct FlowRecord(EndpointId Source, EndpointId Destination, int Bytes, SimTime Began, SimTime Ended)
{
    /// <summary>Reset, timed out, or its endpoint went away.</summary>
    public bool Failed { get; init; }

    /// <summary>Segments its source sent again.</summary>
    public int Retransmissions { get; init; }

    /// <summary>Time-outs of its source, of the handshake too.</summary>
    public int Timeouts { get; init; }
}

/// <summary>
/// The TCP of one droplet's endpoints: a stack is made for an endpoint when it first opens a connection or gets a segment. Octets are zeros that no buffer keeps.
/// </summary>
internal sealed class TcpEndpoints
{
    /// <summary>Of a stack's frames, in their waybills.</summary>
    public const int Flow = -1;

    private const ushort Port = 5_001;

    private readonly TrafficContext context;
    private readonly TrafficSource source;
    private readonly TimerSet timers;
    private readonly SortedDictionary<int, TcpEndpoint> endpoints = [];
    private readonly List<FlowRecord> flows = [];
    private int made;

    public TcpEndpoints(TrafficContext context, TrafficSource source, NodeId node)
    {
        this.context = context;
        this.source = source;
        timers = new TimerSet(context.Shard.Of, node);
    }

    /// <summary>Flows begun here, in order.</summary>
    public IReadOnlyList<FlowRecord> Flows => flows;

    public int Stacks => endpoints.Count;

    public void Handle(in SimEvent happening) => timers.Handle(in happening);

    /// <returns>The flow's number in <see cref="Flows"/>.</returns>
    public int Open(EndpointId from, PortId port, EndpointId to, int bytes)
    {
        int number = flows.Count;
        flows.Add(new FlowRecord(from, to, bytes, timers.Now, SimTime.Never));
        StackOf(from, port).Tcp.Connect(context.Places.Topology.AddressOf(to), Port, new Sending(this, number));
        return number;
    }

    public void Receive(EndpointId here, PortId port, in Frame frame) => Hand(StackOf(here, port), in frame);

    /// <summary>Hands a frame to the endpoint's stack if it has one.</summary>
    public void ReceiveIfAny(EndpointId here, in Frame frame)
    {
        if (endpoints.TryGetValue(here.Index, out TcpEndpoint? endpoint))
        {
            Hand(endpoint.Stack, in frame);
        }
    }

    public void Leave(EndpointId endpoint)
    {
        if (endpoints.Remove(endpoint.Index, out TcpEndpoint? gone))
        {
            gone.Stack.Shutdown();
        }
    }

    private static void Hand(EndpointStack stack, in Frame frame)
    {
        Span<byte> buffer = stack.ReceiveBuffer(frame.Length)[..frame.Length];
        frame.CopyTo(buffer);
        stack.Receive(buffer);
    }

    private EndpointStack StackOf(EndpointId id, PortId port)
    {
        if (!endpoints.TryGetValue(id.Index, out TcpEndpoint? endpoint))
        {
            GeneratedTopology topology = context.Places.Topology;
            Endpoint own = topology[id];
            Network network = topology.Roles[own.Network];
            StackSettings settings = new(own.Mac, own.Address, network.Cidr, network.Gateway, own.MtuBytes) 
            {
                Tcp = context.Setup.Tcp,
                Neighbours = context.Setup.StaticNeighbours
                    ? address => address == network.Gateway ? network.GatewayMac : network.Cidr.Contains(address) ? topology.MacOf(topology.EndpointAt(topology.VniOf(id), address)) : null
                    : null,
            };
            endpoint = new TcpEndpoint(source, id, port);
            endpoint.Stack = new EndpointStack(settings, endpoint, timers, context.Setup.Seed, $"stack/{id.Index}/{source.Droplet.Index}/{made++}");
            endpoint.Stack.Tcp.TryListen(Port, Receiving.One);
            endpoints.Add(id.Index, endpoint);
        }
        return endpoint.Stack;
    }

    private void End(int number, TcpConnection connection, TcpEnd end)
    {
        FlowRecord flow = flows[number] with { Retransmissions = connection.Retransmissions, Timeouts = connection.Expiries };
        flows[number] = end == TcpEnd.Closed ? flow with { Ended = timers.Now } : flow with { Failed = true };
    }

    private sealed class TcpEndpoint(TrafficSource source, EndpointId id, PortId port) : INetworkPort
    {
        public EndpointStack Stack { get; set; } = null!;

        public void Transmit(ReadOnlySpan<byte> frame) => source.Transmit(id, port, frame);
    }

    /// <summary>The sender's application: all octets, then the close.</summary>
    private sealed class Sending(TcpEndpoints owner, int number) : ITcpHandler
    {
        public void Connected(TcpConnection connection)
        {
            connection.SendZeros(owner.flows[number].Bytes);
            connection.Close();
        }

        public void Received(TcpConnection connection, ReadOnlySpan<byte> octets)
        {
        }

        public void PeerClosed(TcpConnection connection)
        {
        }

        public void Ended(TcpConnection connection, TcpEnd end)
        {
            owner.End(number, connection, end);

            // TIME-WAIT of sixty seconds would keep every connection of a run; a late segment is answered by RST, which hurts nobody any more.
            connection.Abort();
        }
    }

    /// <summary>The receiver's: closes when the sender has.</summary>
    private sealed class Receiving : ITcpHandler
    {
        public static readonly Receiving One = new();

        public void Connected(TcpConnection connection)
        {
        }

        public void Received(TcpConnection connection, ReadOnlySpan<byte> octets)
        {
        }

        public void PeerClosed(TcpConnection connection) => connection.Close();

        public void Ended(TcpConnection connection, TcpEnd end)
        {
        }
    }
}
