using BenchmarkDotNet.Attributes;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Benchmarks.DataPlane;

/// <summary>One hop of the model by each way, tables warm. Every hop begins with a copy of the frame; <see cref="CopyOfTheFrame"/> is that alone.</summary>
[BenchmarkCategory(Categories.Model)]
public class ModelPaths
{
    private ModelDataPlane model = null!;
    private Frame pristine;
    private Frame frame;
    private ProgramId program;

    [ParamsSource(nameof(Paths))]
    public GoldenPath Path { get; set; } = null!;

    public static IEnumerable<GoldenPath> Paths => GoldenPath.All;

    [GlobalSetup]
    public void Setup()
    {
        model = new ModelDataPlane(1);
        pristine = Path.Prepare(model);
        program = Path.Program;
    }

    [Benchmark(Baseline = true)]
    public int CopyOfTheFrame()
    {
        frame = pristine;
        return frame.Length;
    }

    [Benchmark]
    public Reason Hop()
    {
        frame = pristine;
        return model.Run(GoldenPath.Droplet, program, GoldenPath.Agent, ref frame).Reason;
    }
}
