using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Workload.Traffic;

namespace MizarLab.Fabric;

/// <summary>A droplet that plays one source of a workload on the bare fabric: its packets go straight to their destinations, and it answers what asks for an answer.</summary>
/// <remarks>An answer goes back at once, in packets of 1 000 bytes. Measures are of the partition's droplets together.</remarks>
internal sealed class TrafficDroplet(DropletId droplet, Shard shard, FabricMap map, ITrafficStream stream, FlowClassMeasures measures) : IFabricHost, IRelayHost
{
    /// <summary>Headers of a packet on the wire.</summary>
    public const int HeaderBytes = 64;

    private const int AnswerBytes = 1_000;

    private FabricLinks links = null!;
    private int uplink;
    private NodeId id;
    private TrafficPacket next;
    private int sequence;
    private RelayCounts counts;

    public ref readonly RelayCounts Counts => ref counts;

    public void Connect(SwitchedFabric fabric, NodeId node, FabricPort port)
    {
        id = node;
        (links, uplink) = (fabric.AllLinks, port.Link);
    }

    public void Start() => Await();

    public void Handle(in SimEvent happening)
    {
        if (happening.Kind == FabricEvent.FromLink)
        {
            Receive(happening.Subject);
            return;
        }
        Send(next.Destination, next.Bytes, next.Flow, next.ReplyBytes);
        Await();
    }

    private void Await()
    {
        if (stream.TryNext(out next))
        {
            shard.Schedule(next.Time, id, id, FabricEvent.Tick, 0, 0);
        }
    }

    private void Receive(int frame)
    {
        Waybill waybill = shard.Frames.Waybill(frame);
        counts.Arrive(shard.Now, in waybill);
        measures.Delivered(PathMarks.None, shard.Now - waybill.Born, waybill.Hops);
        shard.Frames.Release(frame);
        // A request names in its place for a relay how much it asks for.
        for (int left = waybill.Final; left > 0; left -= AnswerBytes)
        {
            Send(waybill.Source, Math.Min(left, AnswerBytes), waybill.Flow, replyBytes: 0);
        }
    }

    private void Send(int to, int bytes, int flow, int replyBytes)
    {
        int frame = shard.Frames.Take();
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        waybill = new Waybill
        {
            Length = HeaderBytes + bytes,
            Born = shard.Now,
            Source = droplet.Index,
            Sender = droplet.Index,
            Final = replyBytes,
            Flow = flow,
            Sequence = sequence++,
            FlowHash = FlowHash.Of((uint)droplet.Index, (uint)to, (uint)flow, 0),
        };
        waybill.AddressTo(to, map);
        counts.Sent++;
        links.Send(uplink, shard, id, frame, ref waybill);
    }
}
