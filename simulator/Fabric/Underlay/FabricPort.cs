using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>A port with its queue and the link behind it: the direction away from the node that has the port.</summary>
public sealed class FabricPort : LinkDirection
{
    private int peer;

    /// <summary>Of a port up to the top tier, whose switches are a node for each unit: by unit, the first such node.</summary>
    private int[]? parts;

    /// <param name="spec">What the link is like.</param>
    /// <param name="link">Its number in the fabric.</param>
    /// <param name="tier">Index in <see cref="FabricMap.Tiers"/>.</param>
    /// <param name="up">Away from the droplets.</param>
    /// <param name="watched">See <see cref="LinkDirection"/>.</param>
    public FabricPort(LinkSpec spec, int link, int tier, bool up, bool watched)
        : base(spec, watched)
    {
        Link = link;
        Tier = tier;
        IsUp = up;
    }

    public int Link { get; }

    public int Tier { get; }

    public bool IsUp { get; }

    /// <summary>When it went down last.</summary>
    public SimTime DownSince { get; set; } = SimTime.Never;

    /// <summary>How many failures hold it down now.</summary>
    public int Failures { get; set; }

    /// <summary>The switch at the link's lower end; null: a droplet.</summary>
    public FabricSwitch? Lower { get; init; }

    /// <summary>The switch at its upper end.</summary>
    public FabricSwitch? Upper { get; init; }

    /// <summary>The node a frame that is sent now arrives at.</summary>
    public int NodeFor(in Waybill waybill) => parts is null ? peer : parts[waybill.Unit] + peer;

    /// <summary>The other end is this node.</summary>
    public void Connect(NodeId node) => peer = node.Index;

    /// <summary>The other end is the top tier's switch of this number.</summary>
    public void ConnectTop(int number, int[] firstParts)
    {
        peer = number;
        parts = firstParts;
    }

    /// <summary>Queues the frame, or loses it.</summary>
    public void Send(Shard shard, NodeId from, int frame)
    {
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        if (!TrySend(shard.Now, waybill.Length, out SimTime arrival, out int waiting, out bool mark))
        {
            shard.Lose(frame, IsDown ? LossCause.LinkDown : LossCause.QueueFull);
            return;
        }
        if (mark && waybill.Congestion is (CongestionField.Capable0 or CongestionField.Capable1))
        {
            waybill.Congestion = CongestionField.Experienced;
            waybill.Marked = true;
        }
        waybill.Link = Link;
        waybill.Hops++;
        waybill.Leg++;
        shard.Schedule(arrival, new NodeId(NodeFor(in waybill)), from, FabricEvent.FromLink, frame, new LinkArrival(Epoch, waiting).Packed);
    }
}
