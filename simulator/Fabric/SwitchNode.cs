using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>
/// A switch, or of a switch of the top tier the part that leads down to one unit. It forwards by the destination in the waybill: down where that hangs
/// below it, else up by one of its ports, which the flow's hash chooses. It floods nothing, and no frame comes back by the port it came from.
/// </summary>
internal sealed class SwitchNode : INode, IForesees
{
    private readonly SwitchedFabric fabric;
    private readonly FabricLinks links;
    private readonly Shard shard;
    private readonly int first;
    private readonly int count;
    private readonly PortRange down;
    private readonly PortRange up;
    private readonly DownBy downBy;
    private readonly uint salt;

    /// <param name="fabric">The whole.</param>
    /// <param name="shard">Of its partition.</param>
    /// <param name="below">The droplets below it.</param>
    /// <param name="downBy">How <paramref name="down"/> is indexed.</param>
    /// <param name="down">Ports towards the droplets.</param>
    /// <param name="up">Ports away from them.</param>
    /// <param name="salt">Of the choice among them.</param>
    public SwitchNode(SwitchedFabric fabric, Shard shard, (int First, int Count) below, DownBy downBy, PortRange down, PortRange up, uint salt)
    {
        this.fabric = fabric;
        links = fabric.AllLinks;
        this.shard = shard;
        (first, count) = below;
        this.downBy = downBy;
        this.down = down;
        this.up = up;
        this.salt = salt;
    }

    public NodeId Id { get; set; }

    public int FirstDroplet => first;

    /// <summary>Ports towards the droplets.</summary>
    public PortRange Down => down;

    /// <summary>Ports away from them.</summary>
    public PortRange Up => up;

    public void Handle(in SimEvent happening)
    {
        int frame = happening.Subject;
        ref Waybill waybill = ref shard.Frames.Waybill(frame);
        if (fabric.HasFailed && fabric.IsLost(in waybill, happening.Argument))
        {
            shard.Lose(frame, LossCause.LinkDown, FabricPlace.OfLink(waybill.Link));
            return;
        }
        if (waybill.Leg == 1)
        {
            shard.Watch?.Sent(frame, LinkArrival.Unpack(happening.Argument));
        }
        if (waybill.Destination < 0)
        {
            shard.Lose(frame, waybill.LossOf, fabric.FirstSwitchOf(in waybill));
            return;
        }
        links.Send(PortFor(in waybill), shard, Id, frame, ref waybill);
    }

    public void Foresee(in SimEvent coming)
    {
        ref Waybill waybill = ref shard.Frames.Waybill(coming.Subject);
        int port = DownPort(in waybill);
        if (port >= 0 || up.Count > 0)
        {
            links.Foresee(port >= 0 ? port : UpPort(in waybill));
        }
    }

    /// <summary>Whether a frame that is here comes to its destination, as far as routing knows.</summary>
    public bool Reaches(in Waybill waybill)
    {
        if (DownPort(in waybill) is >= 0 and int port)
        {
            return Leads(port, in waybill);
        }
        for (int i = 0; i < up.Count; i++)
        {
            if (Leads(up[i], in waybill))
            {
                return true;
            }
        }
        return false;
    }

    private int PortFor(in Waybill waybill)
    {
        int port = DownPort(in waybill);
        if (port < 0)
        {
            port = UpPort(in waybill);
            return fabric.HasFailed && !Leads(port, in waybill) ? Detour(port, in waybill) : port;
        }
        return port;
    }

    private int UpPort(in Waybill waybill) => up[Ecmp.Choose(waybill.FlowHash, salt, up.Count)];

    /// <summary>The port towards a droplet below; negative: it is not below.</summary>
    private int DownPort(in Waybill waybill)
    {
        int offset = waybill.Destination - first;
        if ((uint)offset >= (uint)count)
        {
            return -1;
        }
        return down[downBy switch
        {
            DownBy.Droplet => offset,
            DownBy.Edge => waybill.Edge,
            _ => 0,
        }];
    }

    private bool Leads(int port, in Waybill waybill) =>
        fabric.IsUsable(links[port], shard.Now) && (fabric.SwitchBehind(links[port], in waybill)?.Reaches(in waybill) ?? true);

    /// <summary>
    /// Another port for a flow whose own leads nowhere: the flows of a failed port spread over the others, and no other flow moves. Without any the frame
    /// goes where it would, and is lost there.
    /// </summary>
    private int Detour(int own, in Waybill waybill)
    {
        int good = 0;
        for (int i = 0; i < up.Count; i++)
        {
            good += Leads(up[i], in waybill) ? 1 : 0;
        }
        if (good == 0)
        {
            return own;
        }
        int chosen = Ecmp.Choose(waybill.FlowHash, ~salt, good);
        for (int i = 0; i < up.Count; i++)
        {
            if (Leads(up[i], in waybill) && chosen-- == 0)
            {
                return up[i];
            }
        }
        return own;
    }
}

/// <summary>What a switch's ports downwards are for, in their order.</summary>
internal enum DownBy : byte
{
    /// <summary>The one port there is.</summary>
    Only,

    /// <summary>One for each droplet below.</summary>
    Droplet,

    /// <summary>One for each edge of the pod.</summary>
    Edge,
}

/// <summary>Ports of a switch, by their links' numbers: <see cref="Step"/> apart from <see cref="First"/> on.</summary>
internal readonly record struct PortRange(int First, int Count, int Step = 1)
{
    /// <summary>A port's link; of a place there is.</summary>
    public int this[int place] => First + (place * Step);
}
