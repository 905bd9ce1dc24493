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

    public RelaySource(RelayOverlay overlay, Shard shard, DropletNode droplet, SimTime phase)
    {
        this.overlay = overlay;
        this.shard = shard;
        this.droplet = droplet;
        this.phase = phase;
        id = shard.Add(this);
    }

    public ref readonly RelayCounts Counts => ref counts;

    public void Start() => shard.Schedule(phase, id, id, FabricEvent.Tick, 0, 0);

    public DropletId? Runs => droplet.Droplet;

    public void Foresee(in SimEvent coming)
    {
        int flow = sequence & (RelayWorkload.FlowsPerDroplet - 1);
        overlay.Foresee(droplet.Droplet.Index, flow);
        droplet.ForeseeTransmit(overlay.PortOf(droplet.Droplet.Index, flow));
    }

    public void Handle(in SimEvent happening)
    {
        int flow = sequence & (RelayWorkload.FlowsPerDroplet - 1);
        int frame = shard.Frames.Take();
        overlay.Write(droplet.Droplet.Index, flow, ref shard.Frames[frame]);
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        waybill.Hops = 0;
        waybill.Marks = (sequence < RelayWorkload.FlowsPerDroplet ? PathMarks.First : PathMarks.None) | droplet.SampleMark(droplet.Droplet.Index, flow, sequence);
        waybill.Born = shard.Now;
        waybill.Source = droplet.Droplet.Index;
        waybill.Flow = flow;
        waybill.Sequence = sequence++;
        counts.Sent++;
        droplet.Transmit(overlay.PortOf(droplet.Droplet.Index, flow), frame);
        shard.Schedule(shard.Now + RelayWorkload.Interval, id, id, FabricEvent.Tick, 0, 0);
    }

    /// <summary>The droplet has delivered a frame.</summary>
    public void Deliver(PortId port, int frame)
    {
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        if (overlay.EndsAt(waybill.Source, waybill.Flow, droplet.Droplet, port))
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

    private const int HeaderBytes = 14 + 20 + 8;
    public const ushort DestinationPort = 9_000;

    private const ushort FirstEphemeral = 32_768;

    /// <summary>Of every packet's payload, which is not kept.</summary>
    private const ulong Content = 1;

    private readonly GeneratedPlan plan;
    private readonly bool bothWays;

    /// <summary>Of every flow the headers its endpoint sends, one behind the other.</summary>
    private readonly byte[] headers;
    private readonly EndpointId[] destinations;

    /// <summary>Of every flow the port it begins at, and droplet and port where it ends.</summary>
    private readonly FlowPlace[] places;

    public RelayOverlay(GeneratedPlan plan, bool bothWays)
    {
        this.plan = plan;
        this.bothWays = bothWays;
        int flows = plan.Topology.DropletCount * RelayWorkload.FlowsPerDroplet;
        headers = new byte[flows * HeaderBytes];
        destinations = new EndpointId[flows];
        places = new FlowPlace[flows];
        byte[] payload = new byte[RelayWorkload.PayloadBytes];
        VirtualPayload.Write(Content, payload);
        for (int i = 0; i < flows; i++)
        {
            EndpointId source = SourceOf(i / RelayWorkload.FlowsPerDroplet, i % RelayWorkload.FlowsPerDroplet);
            destinations[i] = DestinationOf(source);
            places[i] = new FlowPlace(new(plan.Topology.PortOf(source)), plan.Topology.HostOf(destinations[i]), new(plan.Topology.PortOf(destinations[i])));
            Endpoint from = plan.Topology[source];
            Endpoint to = plan.Topology[destinations[i]];
            byte[] frame = new PacketBuilder().Ethernet(to.Mac, from.Mac).Ipv4(from.Address, to.Address).Udp(SourcePortOf(i), DestinationPort).Bytes(payload).ToBytes();
            frame.AsSpan(0, HeaderBytes).CopyTo(headers.AsSpan(i * HeaderBytes));
        }
    }

    /// <summary>The frame of a flow, as its endpoint sends it.</summary>
    public void Write(int droplet, int flow, ref Frame frame) =>
        frame.LoadVirtual(headers.AsSpan(RelayWorkload.IndexOf(droplet, flow) * HeaderBytes, HeaderBytes), RelayWorkload.PayloadBytes, Content);

    public (EndpointId From, EndpointId To) EndsOf(int droplet, int flow) => (SourceOf(droplet, flow), destinations[RelayWorkload.IndexOf(droplet, flow)]);

    /// <summary>Asks for a flow's headers.</summary>
    public void Foresee(int droplet, int flow) => Ahead.Of(in headers[RelayWorkload.IndexOf(droplet, flow) * HeaderBytes]);

    public PortId PortOf(int droplet, int flow) => places[RelayWorkload.IndexOf(droplet, flow)].From;

    public bool EndsAt(int source, int flow, DropletId droplet, PortId port)
    {
        ref readonly FlowPlace place = ref places[RelayWorkload.IndexOf(source, flow)];
        return place.Droplet == droplet && place.To == port;
    }

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

    private readonly record struct FlowPlace(PortId From, DropletId Droplet, PortId To);
}
