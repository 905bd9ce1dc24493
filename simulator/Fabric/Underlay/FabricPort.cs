using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>A port with its queue and the link behind it: the direction away from the node that has the port.</summary>
public sealed class FabricPort : LinkDirection
{
    private readonly LinkPlace place;
    private readonly FabricLinks links;

    internal FabricPort(LinkSpec spec, LinkPlace place, bool watched, FabricLinks links)
        : base(spec, watched, links.Lines, place.Link)
    {
        this.place = place;
        this.links = links;
    }

    /// <summary>Its number in the fabric.</summary>
    public int Link => place.Link;

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
    public int NodeFor(in Waybill waybill) => links.NodeFor(in Line, in waybill);

    /// <summary>The other end is this node.</summary>
    public void Connect(NodeId node) => Line.Peer = node.Index;

    /// <summary>The other end is the top tier's switch of this number, which is a node for each unit.</summary>
    internal void ConnectTop(int number) => (Line.Peer, Line.IsCut) = (number, true);

    /// <summary>Queues the frame, or loses it.</summary>
    public void Send(Shard shard, NodeId from, int frame) => links.Send(Link, shard, from, frame, ref shard.Frames.Waybill(frame));
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
