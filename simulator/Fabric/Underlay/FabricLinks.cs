using System.Runtime.CompilerServices;
using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>
/// All links of a fabric by number, and how a frame is sent by one: nodes know their ports by these numbers. What a frame touches of a link is a line, and those of a switch's ports lie side by side;
/// ports as objects, found by arrays of references, were four lines a hop.
/// </summary>
internal sealed class FabricLinks
{
    private readonly LineArray<LinkLine> lines;
    private readonly FabricPort[] ports;

    /// <summary>By unit, the node of the top tier's first switch.</summary>
    private readonly int[] firstTops;

    /// <param name="count">How many there will be.</param>
    /// <param name="units">Of the fabric.</param>
    public FabricLinks(int count, int units)
    {
        lines = new LineArray<LinkLine>(count);
        ports = new FabricPort[count];
        firstTops = new int[units];
    }

    public LineArray<LinkLine> Lines => lines;

    /// <summary>All, by number; null where none was added yet.</summary>
    public FabricPort[] Ports => ports;

    public FabricPort this[int link] => ports[link];

    /// <summary>Where the parts of the top tier's switches begin that lead down to a unit.</summary>
    public void BeginTops(int unit, NodeId first) => firstTops[unit] = first.Index;

    /// <summary>The node a frame that is sent now arrives at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NodeFor(in LinkLine line, in Waybill waybill) => line.IsCut ? firstTops[waybill.Unit] + line.Peer : line.Peer;

    /// <summary>Asks for what <see cref="Send"/> will touch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Foresee(int link) => Ahead.Of(in lines[link]);

    /// <summary>Queues the frame, or loses it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Send(int link, Shard shard, NodeId from, int frame, ref Waybill waybill)
    {
        ref LinkLine line = ref lines[link];
        if (line.Takes(waybill.Length))
        {
            Carry(link, in line, shard, from, frame, ref waybill, line.Send(shard.Now), waiting: 0);
        }
        else
        {
            SendAsking(link, shard, from, frame, ref waybill);
        }
    }

    /// <summary>Past a queue that may refuse the frame, or mark it; or a frame longer or shorter than the one before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SendAsking(int link, Shard shard, NodeId from, int frame, ref Waybill waybill)
    {
        FabricPort port = ports[link];
        if (!port.TrySend(shard.Now, waybill.Length, out SimTime arrival, out int waiting, out bool mark))
        {
            shard.Lose(frame, port.IsDown ? LossCause.LinkDown : LossCause.QueueFull, FabricPlace.OfLink(link));
            return;
        }
        if (mark && waybill.Congestion is (CongestionField.Capable0 or CongestionField.Capable1))
        {
            waybill.Congestion = CongestionField.Experienced;
            waybill.Marked = true;
        }
        Carry(link, in port.Line, shard, from, frame, ref waybill, arrival, waiting);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Carry(int link, in LinkLine line, Shard shard, NodeId from, int frame, ref Waybill waybill, SimTime arrival, int waiting)
    {
        waybill.Link = link;
        waybill.Hops++;
        waybill.Leg++;
        shard.Schedule(arrival, new NodeId(NodeFor(in line, in waybill)), from, FabricEvent.FromLink, frame, new LinkArrival(line.Epoch, waiting).Packed);
    }
}
