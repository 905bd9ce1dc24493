using BenchmarkDotNet.Attributes;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Benchmarks.DataPlane;

/// <summary>One hop of the model, each to another of so many endpoints: what tables cost when they do not fit a cache.</summary>
[BenchmarkCategory(Categories.Model)]
public class ModelRotation
{
    private Rotation rotation = null!;
    private ModelDataPlane model = null!;
    private Frame frame;

    [ParamsAllValues]
    public RotatingPath Path { get; set; }

    [Params(1, 1_000, 60_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        rotation = new Rotation(Path, Endpoints);
        model = new ModelDataPlane(1, DataPlaneSettings.Mizar, new TableSizes { DirectPath = Rotation.DirectPathEntries });
        rotation.Prepare(model);
    }

    [Benchmark]
    public Reason Hop()
    {
        rotation.Next(ref frame);
        return model.Run(Rotation.Droplet, rotation.Program, Rotation.Agent, ref frame).Reason;
    }
}
