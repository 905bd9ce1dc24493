using System.Runtime.CompilerServices;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>A port with its queue and the link behind it: the direction away from the node that has the port.</summary>
public sealed class FabricPort : LinkDirection
{
    /// <summary>The object's header and all its fields.</summary>
    private const int HotBytes = 128;

    private readonly LinkPlace place;

    /// <summary>Of a port up to the top tier, whose switches are a node for each unit: by unit, the first such node.</summary>
    private int[]? parts;
    private int peer;

    internal FabricPort(LinkSpec spec, LinkPlace place, bool watched)
        : base(spec, watched)
    {
        this.place = place;
        Link = place.Link;
    }

    /// <summary>Its number in the fabric.</summary>
    public int Link { get; }

    /// <summary>Index in <see cref="FabricMap.Tiers"/>.</summary>
    public int Tier => place.Tier;

    /// <summary>Away from the droplets.</summary>
    public bool IsUp => place.IsUp;

    /// <summary>The switch at the link's lower end; null: a droplet.</summary>
    public FabricSwitch? Lower => place.Lower;

    /// <summary>The droplet at its lower end; −1: a switch.</summary>
    public int Droplet => place.Droplet;

    /// <summary>The switch at its upper end.</summary>
    public FabricSwitch? Upper => place.Upper;

    /// <summary>When it went down last, and how many failures hold it down now.</summary>
    internal ref (SimTime Since, int Count) Failures => ref place.Failures;

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

    /// <summary>Asks for what <see cref="Send(Shard, NodeId, int)"/> will touch of a port. No method of the port's own: calling one looks at it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Foresee(FabricPort? port) => Ahead.OfObject(port, HotBytes);

    /// <summary>Queues the frame, or loses it.</summary>
    public void Send(Shard shard, NodeId from, int frame) => Send(shard, from, frame, ref shard.Frames.Waybill(frame));

    internal void Send(Shard shard, NodeId from, int frame, ref Waybill waybill)
    {
        if (AsksQueue)
        {
            SendAsking(shard, from, frame, ref waybill);
        }
        else
        {
            Carry(shard, from, frame, ref waybill, Send(shard.Now, waybill.Length), waiting: 0);
        }
    }

    /// <summary>Past a queue that may refuse the frame, or mark it.</summary>
    private void SendAsking(Shard shard, NodeId from, int frame, ref Waybill waybill)
    {
        if (!TrySend(shard.Now, waybill.Length, out SimTime arrival, out int waiting, out bool mark))
        {
            shard.Lose(frame, IsDown ? LossCause.LinkDown : LossCause.QueueFull, FabricPlace.OfLink(Link));
            return;
        }
        if (mark && waybill.Congestion is (CongestionField.Capable0 or CongestionField.Capable1))
        {
            waybill.Congestion = CongestionField.Experienced;
            waybill.Marked = true;
        }
        Carry(shard, from, frame, ref waybill, arrival, waiting);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Carry(Shard shard, NodeId from, int frame, ref Waybill waybill, SimTime arrival, int waiting)
    {
        waybill.Link = Link;
        waybill.Hops++;
        waybill.Leg++;
        shard.Schedule(arrival, new NodeId(NodeFor(in waybill)), from, FabricEvent.FromLink, frame, new LinkArrival(Epoch, waiting).Packed);
    }
}

/// <summary>What of a port no frame needs: where it is, and what holds it down.</summary>
internal sealed class LinkPlace(int link, int tier, bool up, int droplet, FabricSwitch? lower, FabricSwitch? upper)
{
    private (SimTime Since, int Count) failures = (SimTime.Never, 0);

    public int Link => link;

    public int Tier => tier;

    public bool IsUp => up;

    public int Droplet => droplet;

    public FabricSwitch? Lower => lower;

    public FabricSwitch? Upper => upper;

    public ref (SimTime Since, int Count) Failures => ref failures;
}
