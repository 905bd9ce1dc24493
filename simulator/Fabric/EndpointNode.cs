using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload;
using MizarLab.Workload.Proxied;

namespace MizarLab.Fabric;

/// <summary>An endpoint's interface, and the stack behind it while the endpoint is on a droplet.</summary>
internal sealed class EndpointNode : INode, INetworkPort
{
    private readonly SimulatedNetwork network;
    private readonly EndpointId endpoint;
    private readonly TimerSet timers;
    private IUserSpaceFunction? function;
    private byte[] answer = [];
    private DropletId droplet;
    private int attachments;
    private readonly FlatTable<Ipv4Address, byte> spokenTo = new();

    public EndpointNode(SimulatedNetwork network, EndpointId endpoint)
    {
        this.network = network;
        this.endpoint = endpoint;
        Id = network.Simulation.Add(this);
        timers = new TimerSet(network.Simulation, Id);
    }

    public NodeId Id { get; }

    /// <summary>Null while the endpoint is on no droplet. A proxied endpoint's is given no frame: its function is.</summary>
    public EndpointStack? Stack { get; private set; }

    public void Attach(DropletId to)
    {
        if (Stack is not null)
        {
            throw new InvalidOperationException($"endpoint '{Name}' is on droplet '{network.Topology[droplet].Name}' already");
        }
        droplet = to;
        attachments++;
        Endpoint own = network.Topology[endpoint];
        StackSettings settings = StackSettings.Of(network.Topology, endpoint) with { Tcp = network.Tcp };
        function = own.IsProxied ? UserSpaceFunctions.Make(own.Function, settings, network.Topology[own.Network].GatewayMac) : null;
        Stack = new EndpointStack(settings, this, timers, network.Seed, $"stack/{Name}/{attachments}");
    }

    public void Detach()
    {
        EndpointStack gone = Stack ?? throw new InvalidOperationException($"endpoint '{Name}' is on no droplet");
        Stack = null;
        gone.Shutdown();
    }

    /// <summary>Which attachment this is, when the endpoint is on this droplet now; else null.</summary>
    public int? Attachment(DropletId at) => Stack is not null && droplet == at ? attachments : null;

    public void Transmit(ReadOnlySpan<byte> bytes)
    {
        if (Stack is null)
        {
            throw new InvalidOperationException($"endpoint '{Name}' is on no droplet");
        }
        int frame = network.Frames.Take(bytes);
        if (network.Measures is not null)
        {
            Label(ref network.Frames.Waybill(frame), bytes);
        }
        if (network.Recorder.Enabled)
        {
            network.Recorder.Saw(SightingKind.EndpointSent, droplet, endpoint, network.Frames.Evidence(frame));
        }
        int port = network.Ports.PortOf(endpoint, droplet).Value;
        network.Simulation.Schedule(network.Simulation.Now, network[droplet].Id, Id, FabricEvent.FromEndpoint, frame, port);
    }

    public void Handle(in SimEvent happening)
    {
        switch (happening.Kind)
        {
            case TimerSet.EventKind:
                timers.Handle(in happening);
                break;
            case FabricEvent.ToEndpoint:
                Receive(happening.Subject, happening.Argument);
                break;
            default:
                throw new InvalidOperationException($"an endpoint knows no event of kind {happening.Kind}");
        }
    }

    private string Name => network.Topology[endpoint].Name;

    private void Hand(IUserSpaceFunction to, ReadOnlySpan<byte> frame)
    {
        if (answer.Length < frame.Length)
        {
            answer = new byte[frame.Length];
        }
        int bytes = to.Answer(frame, answer);
        if (bytes > 0)
        {
            Transmit(answer.AsSpan(0, bytes));
        }
    }

    /// <summary>In a measured run: when an IPv4 packet set out, and whether it is the first to its destination from here. ARP and the like are not measured.</summary>
    private void Label(ref Waybill waybill, ReadOnlySpan<byte> bytes)
    {
        waybill.Born = SimTime.Never;
        if (EthernetView.TryRead(bytes, out EthernetView ethernet) && ethernet.Type == EtherType.Ipv4 && Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip))
        {
            waybill.Born = network.Simulation.Now;
            Ipv4Address to = ip.Destination;
            if (!spokenTo.Contains(in to))
            {
                spokenTo.Put(in to, default);
                waybill.Marks = PathMarks.First;
            }
        }
    }

    private void Receive(int frame, long attachment)
    {
        if (Stack is not { } stack || attachment != attachments)
        {
            network.Shard.Lose(frame, LossCause.NoEndpoint, FabricPlace.Of(endpoint));
            return;
        }
        if (network.Recorder.Enabled)
        {
            network.Recorder.Saw(SightingKind.EndpointReceived, droplet, endpoint, network.Frames.Evidence(frame));
        }
        if (network.IsSilent)
        {
            network.CountDelivered(frame);
            network.Frames.Release(frame);
            return;
        }
        int length = network.Frames[frame].Length;
        Span<byte> bytes = stack.ReceiveBuffer(length);
        network.Frames[frame].CopyTo(bytes);
        network.CountDelivered(frame);
        network.Frames.Release(frame);
        if (function is null)
        {
            stack.Receive(bytes);
        }
        else
        {
            Hand(function, bytes);
        }
    }
}
