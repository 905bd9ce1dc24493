using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>A droplet of the bare relay workload: it sends frames that are nothing but a waybill, and turns what arrives for another towards that other.</summary>
internal sealed class RelayDroplet(DropletId droplet, Shard shard, FabricMap map, RelayWorkload workload) : IFabricHost, IRelayHost, IForesees
{
    /// <summary>On the wire: 64 bytes of headers and the payload.</summary>
    public const int FrameBytes = 64 + RelayWorkload.PayloadBytes;

    private FabricLinks links = null!;
    private int uplink;
    private NodeId id;
    private int sequence;
    private RelayCounts counts;

    public ref readonly RelayCounts Counts => ref counts;

    public void Connect(SwitchedFabric fabric, NodeId node, FabricPort port)
    {
        id = node;
        (links, uplink) = (fabric.AllLinks, port.Link);
    }

    public void Start() => shard.Schedule(workload.PhaseOf(droplet.Index), id, id, FabricEvent.Tick, 0, 0);

    public void Foresee(in SimEvent coming) => links.Foresee(uplink);

    public void Handle(in SimEvent happening)
    {
        if (happening.Kind == FabricEvent.FromLink)
        {
            Receive(happening.Subject);
        }
        else
        {
            Originate();
        }
    }

    private void Originate()
    {
        int flow = sequence & (RelayWorkload.FlowsPerDroplet - 1);
        int destination = workload.DestinationOf(droplet.Index, flow);
        int frame = shard.Frames.Take();
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        waybill.Length = FrameBytes;
        waybill.Congestion = CongestionField.NotCapable;
        waybill.Hops = 0;
        waybill.Born = shard.Now;
        waybill.Source = droplet.Index;
        waybill.Final = destination;
        waybill.Flow = flow;
        waybill.Sequence = sequence++;
        counts.Sent++;
        Send(frame, ref waybill, workload.RelayOf(droplet.Index, destination, flow));
        shard.Schedule(shard.Now + RelayWorkload.Interval, id, id, FabricEvent.Tick, 0, 0);
    }

    private void Receive(int frame)
    {
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        if (waybill.Final == droplet.Index)
        {
            counts.Arrive(shard.Now, in waybill);
            shard.Frames.Release(frame);
        }
        else
        {
            Send(frame, ref waybill, waybill.Final);
        }
    }

    private void Send(int frame, ref Waybill waybill, int to)
    {
        waybill.Sender = droplet.Index;
        waybill.Leg = 0;
        waybill.FlowHash = FlowHash.Of((uint)droplet.Index, (uint)to, (uint)waybill.Flow, 0);
        waybill.AddressTo(to, map);
        links.Send(uplink, shard, id, frame, ref waybill);
    }
}
