using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// The endpoints of one droplet under the relay workload, on the whole data plane: sixteen of them send, each one flow, in turn. What a droplet delivers is checked to be
/// at the port of the endpoint its flow is for.
/// </summary>
internal sealed class RelaySource : INode, IRelayHost, IForesees
{
    private readonly RelayOverlay overlay;
    private readonly Shard shard;
    private readonly DropletNode droplet;
    private readonly NodeId id;
    private readonly SimTime phase;
    private int sequence;
    private RelayCounts counts;
    private FlowPorts ports;

    public RelaySource(RelayOverlay overlay, Shard shard, DropletNode droplet, SimTime phase)
    {
        this.overlay = overlay;
        this.shard = shard;
        this.droplet = droplet;
        this.phase = phase;
        id = shard.Add(this);
        for (int flow = 0; flow < RelayWorkload.FlowsPerDroplet; flow++)
        {
            ports[flow] = overlay[droplet.Droplet.Index, flow].From;
        }
    }

    public ref readonly RelayCounts Counts => ref counts;

    public void Start() => shard.Schedule(phase, id, id, FabricEvent.Tick, 0, 0);

    public DropletId? Runs => droplet.Droplet;

    public void Foresee(in SimEvent coming)
    {
        int flow = sequence & (RelayWorkload.FlowsPerDroplet - 1);
        Ahead.Of(in overlay[droplet.Droplet.Index, flow]);
        droplet.ForeseeTransmit(ports[flow]);
    }

    public void Handle(in SimEvent happening)
    {
        int flow = sequence & (RelayWorkload.FlowsPerDroplet - 1);
        int frame = shard.Frames.Take();
        ref readonly RelayFlow sent = ref overlay[droplet.Droplet.Index, flow];
        shard.Frames[frame].LoadVirtual(sent.Headers, RelayWorkload.PayloadBytes, RelayOverlay.Content);
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        waybill.Hops = 0;
        waybill.Marks = (sequence < RelayWorkload.FlowsPerDroplet ? PathMarks.First : PathMarks.None) | droplet.SampleMark(droplet.Droplet.Index, flow, sequence);
        waybill.Born = shard.Now;
        waybill.Source = droplet.Droplet.Index;
        waybill.Flow = flow;
        waybill.Final = sent.Droplet.Index;
        waybill.FinalPort = sent.To.Value;
        waybill.Sequence = sequence++;
        counts.Sent++;
        droplet.Transmit(sent.From, frame);
        shard.Schedule(shard.Now + RelayWorkload.Interval, id, id, FabricEvent.Tick, 0, 0);
    }

    /// <summary>The droplet has delivered a frame.</summary>
    public void Deliver(PortId port, int frame)
    {
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        if (waybill.Final == droplet.Droplet.Index && waybill.FinalPort == port.Value)
        {
            counts.Arrive(shard.Now, in waybill);
            droplet.Measures?.Delivered(waybill.Marks, shard.Now - waybill.Born, waybill.Hops);
            shard.Frames.Release(frame);
        }
        else
        {
            shard.Lose(frame, LossCause.NoEndpoint, FabricPlace.Of(droplet.Droplet));
        }
    }

    /// <summary>Of every flow the port it begins at, where the next packet's is known without a look elsewhere.</summary>
    [InlineArray(RelayWorkload.FlowsPerDroplet)]
    private struct FlowPorts
    {
        private PortId first;
    }
}

/// <summary>Behind the ports of one partition's droplets: the workload's sinks.</summary>
internal sealed class RelaySinks(RelaySource?[] sources) : IEndpointSide
{
    public void Deliver(DropletNode from, PortId port, int frame) => sources[from.Droplet.Index]!.Deliver(port, frame);
}

/// <summary>
/// Who sends to whom in the relay workload on the data plane: each endpoint that sends has one flow, to another of its network on another droplet.
/// One way only, to any, nobody learns a direct path it could use, and every packet goes through a bouncer; both ways, between neighbours, everybody does.
/// </summary>
internal sealed class RelayOverlay
{
    /// <summary>What an endpoint sends.</summary>
    public const int SentBytes = HeaderBytes + RelayWorkload.PayloadBytes;

    public const int HeaderBytes = 14 + 20 + 8;
    public const ushort DestinationPort = 9_000;

    private const ushort FirstEphemeral = 32_768;

    /// <summary>Of every packet's payload, which is not kept.</summary>
    public const ulong Content = 1;

    private readonly GeneratedPlan plan;
    private readonly bool bothWays;

    private readonly LineArray<RelayFlow> flows;

    public RelayOverlay(GeneratedPlan plan, bool bothWays)
    {
        this.plan = plan;
        this.bothWays = bothWays;
        flows = new LineArray<RelayFlow>(plan.Topology.DropletCount * RelayWorkload.FlowsPerDroplet);
        byte[] payload = new byte[RelayWorkload.PayloadBytes];
        VirtualPayload.Write(Content, payload);
        for (int i = 0; i < flows.Length; i++)
        {
            EndpointId source = SourceOf(i / RelayWorkload.FlowsPerDroplet, i % RelayWorkload.FlowsPerDroplet);
            EndpointId destination = DestinationOf(source);
            Endpoint from = plan.Topology[source];
            Endpoint to = plan.Topology[destination];
            byte[] frame = new PacketBuilder().Ethernet(to.Mac, from.Mac).Ipv4(from.Address, to.Address).Udp(SourcePortOf(i), DestinationPort).Bytes(payload).ToBytes();
            flows[i] = new RelayFlow(
                frame.AsSpan(0, HeaderBytes),
                new(plan.Topology.PortOf(source)),
                destination,
                plan.Topology.HostOf(destination),
                new(plan.Topology.PortOf(destination)));
        }
    }

    /// <summary>A droplet's flow.</summary>
    public ref readonly RelayFlow this[int droplet, int flow] => ref flows[RelayWorkload.IndexOf(droplet, flow)];

    public (EndpointId From, EndpointId To) EndsOf(int droplet, int flow) => (SourceOf(droplet, flow), this[droplet, flow].Destination);

    /// <summary>As mixed as stacks choose them: bouncers and ways are picked by the flow.</summary>
    private static ushort SourcePortOf(int flow) => (ushort)(FirstEphemeral + (FlowHash.Of((uint)flow, 0, 0, 0) >> 17));

    /// <summary>
    /// Senders are spread over the droplet's endpoints; each droplet begins with another, for endpoints of one number are of few networks, whose bouncers
    /// would have all to do. Both ways they must be of one number, so that neighbours answer each other.
    /// </summary>
    private EndpointId SourceOf(int droplet, int flow)
    {
        DropletId at = new(droplet);
        int hosted = plan.Topology.HostedOn(at);
        int first = bothWays ? 0 : (int)(FlowHash.Of((uint)droplet, 0, 0, 0) % (uint)hosted);
        return plan.Topology.HostedAt(at, (first + (flow * hosted / RelayWorkload.FlowsPerDroplet)) % hosted);
    }

    private EndpointId DestinationOf(EndpointId source)
    {
        NetworkId network = plan.Topology.NetworkOf(source);
        int members = plan.Topology.MembersOf(network);
        int number = source.Index - plan.Topology.MemberAt(network, 0).Index;
        if (bothWays)
        {
            return plan.Topology.MemberAt(network, number ^ 1);
        }

        // Bouncers are picked by a hash of the two addresses, which neighbours would spread badly.
        int other = (int)(FlowHash.Of((uint)source.Index, 0, 0, 0) % (uint)members);
        EndpointId found;
        do
        {
            found = plan.Topology.MemberAt(network, other++ % members);
        }
        while (plan.Topology.HostOf(found) == plan.Topology.HostOf(source));
        return found;
    }
}

/// <summary>One flow of the relay workload, a line of the cache: what its endpoint sends, and where it begins and ends.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal readonly struct RelayFlow
{
    private readonly HeaderBytes headers;

    /// <param name="headers">Of every packet: <see cref="RelayOverlay.HeaderBytes"/>.</param>
    public RelayFlow(ReadOnlySpan<byte> headers, PortId from, EndpointId destination, DropletId droplet, PortId to)
    {
        headers.CopyTo(this.headers);
        From = from;
        Destination = destination;
        Droplet = droplet;
        To = to;
    }

    /// <summary>The port it begins at.</summary>
    public readonly PortId From;

    public readonly EndpointId Destination;

    /// <summary>Where that lives.</summary>
    public readonly DropletId Droplet;

    /// <summary>The port it ends at.</summary>
    public readonly PortId To;

    [UnscopedRef]
    public ReadOnlySpan<byte> Headers => headers;

    [InlineArray(RelayOverlay.HeaderBytes)]
    private struct HeaderBytes
    {
        private byte first;
    }
}
