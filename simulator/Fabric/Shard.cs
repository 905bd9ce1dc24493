using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>What the fabric's nodes of one partition share: its clock and events, its view of the frames, and what it lost.</summary>
public sealed class Shard(Simulation simulation, int partition, FrameStore frames)
{
    private readonly Partition own = simulation.Partitions[partition];

    public int Partition => partition;

    internal Partition Of => own;

    public FrameStore Frames { get; } = frames;

    public Losses Losses { get; } = new();

    /// <summary>Told of frames on the wire, in runs that are recorded.</summary>
    public IWireWatch? Watch { get; init; }

    /// <summary>From now on memory is asked for ahead (<see cref="ShardForesight"/>); all nodes are there. For fabrics that no cache holds.</summary>
    public void Foresee(ModelDataPlane? model) => new ShardForesight(simulation, Frames, model).Know(own);

    public SimTime Now => own.Now;

    /// <summary>Adds a node of its partition.</summary>
    public NodeId Add(INode node) => simulation.Add(node, partition);

    public void Schedule(SimTime time, NodeId destination, NodeId source, int kind, int subject, long argument) =>
        own.Schedule(time, destination, source, kind, subject, argument);

    public void Lose(int frame, LossCause cause, FabricPlace place)
    {
        Losses.Count(cause, place);
        Frames.Release(frame);
    }
}

/// <summary>Sees what recorded runs record of wires.</summary>
public interface IWireWatch
{
    /// <summary>A frame reached the first switch of its way.</summary>
    void Sent(int frame, LinkArrival arrival);
}
