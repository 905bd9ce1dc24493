using MizarLab.Engine;

namespace MizarLab.Workload.Traffic;

/// <summary>The flows a source has begun and not ended, as the packets they are cut into, in order of time. Allocates only while more flows are open than ever before.</summary>
internal sealed class FlowCutter(int source, Pacing pacing)
{
    private readonly PriorityQueue<OpenFlow, (SimTime Time, int Flow)> open = new();
    private int flows;

    /// <summary>When the next packet is due; <see cref="SimTime.Never"/>: no flow is open.</summary>
    public SimTime Due => open.TryPeek(out _, out (SimTime Time, int) first) ? first.Time : SimTime.Never;

    public void Begin(SimTime time, int destination, long bytes, int replyBytes = 0)
    {
        open.Enqueue(new OpenFlow(destination, bytes, replyBytes), (time, flows++));
    }

    /// <summary>Takes the next packet of the flow that is due first.</summary>
    public TrafficPacket Take()
    {
        open.TryDequeue(out OpenFlow flow, out (SimTime Time, int Number) first);
        int bytes = (int)Math.Min(flow.Left, pacing.PacketBytes);
        bool ends = bytes == flow.Left;
        if (!ends)
        {
            open.Enqueue(flow with { Left = flow.Left - bytes }, (first.Time + pacing.GapAfter(bytes), first.Number));
        }
        return new TrafficPacket(first.Time, source, flow.Destination, bytes, first.Number) { EndsFlow = ends, ReplyBytes = ends ? flow.ReplyBytes : 0 };
    }

    private readonly record struct OpenFlow(int Destination, long Left, int ReplyBytes);
}
