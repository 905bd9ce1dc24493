using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>A node that knows what an event will need.</summary>
internal interface IForesees
{
    /// <summary>The droplet whose programs it runs; null: it runs none, and looks at waybills only.</summary>
    DropletId? Runs => null;

    /// <summary>Asks for the memory the event will need, some events before it happens (<see cref="IForesight.Next"/>); the node, the waybill and the frame's headers were asked for before.</summary>
    void Foresee(in SimEvent coming);
}

/// <summary>
/// Asks for the memory of events to come, in a partition of a large fabric: first the node, the frame's waybill and, where a program will run, its headers; when these
/// are there the node knows what else, a port or a table's row. Frames of thousands of droplets meet in no cache; without this each hop waits for
/// memory three or four times, one after the other.
/// </summary>
/// <param name="simulation">Has all nodes.</param>
/// <param name="frames">Of this partition.</param>
/// <param name="model">Of this partition; null where programs are not the model's.</param>
internal sealed class ShardForesight(Simulation simulation, FrameStore frames, ModelDataPlane? model) : IForesight
{
    /// <summary>Of a node: its object's header and fields.</summary>
    private const int NodeBytes = 128;

    /// <summary>Of a frame: what a tunnelled one of usual headers uses (<see cref="Packets.Frame"/>), and where its beginning may lie in a line.</summary>
    private const int FrameBytes = 256;

    private Needed[] nodes = [];

    /// <summary>Nodes are known when the fabric is whole.</summary>
    public void Know(Partition partition)
    {
        nodes = new Needed[simulation.NodeCount];
        for (int i = 0; i < nodes.Length; i++)
        {
            NodeId id = new(i);
            if (simulation.PartitionOf(id) == partition && simulation[id] is IForesees node && (model is null || node.Runs is not null))
            {
                nodes[i] = new Needed(node, node.Runs is { } droplet ? model?.HeadsOf(droplet) : null);
            }
        }
        partition.Foresight = this;
    }

    public void Soon(in SimEvent coming)
    {
        bool hasFrame = coming.Kind == FabricEvent.FromLink;
        if (hasFrame)
        {
            Ahead.Of(in frames.Waybill(coming.Subject));
        }
        ref readonly Needed needed = ref nodes[coming.Destination.Index];
        if (needed.Node is not { } node)
        {
            return;
        }
        Ahead.OfObject(node, NodeBytes);
        if (needed.Heads is { } heads)
        {
            if (hasFrame)
            {
                Ahead.Of(in frames[coming.Subject], FrameBytes);
            }
            Ahead.OfObject(heads, ModelDataPlane.HeadBytes);
        }
    }

    public void Next(in SimEvent coming) => nodes[coming.Destination.Index].Node?.Foresee(in coming);

    /// <summary>
    /// What events at a node need whatever they are: the node, and the heads of the tables it runs programs on. Where programs run, switches are left out: a window's ports stay in the second
    /// cache, and to find out which one is half of what the hop does.
    /// </summary>
    private readonly record struct Needed(IForesees? Node, object? Heads);
}
