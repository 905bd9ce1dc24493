using BenchmarkDotNet.Attributes;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;

namespace MizarLab.Benchmarks.DataPlane;

/// <summary>The rotation over endpoints in the kernel's tables.</summary>
[BenchmarkCategory(Categories.Bpf)]
public class BpfRotation
{
    private const int Hops = 4096;

    /// <summary>The kernel's LRU evicts before it is full, by CPU; with eight times the room it never does here.</summary>
    private const uint DirectPathEntries = 8 * Rotation.DirectPathEntries;

    private BpfDataPlane bpf = null!;
    private Func<Reason> run = null!;

    [ParamsAllValues]
    public RotatingPath Path { get; set; }

    [Params(1, 1_000, 60_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        BpfOptions options = new();
        bpf = new BpfDataPlane(1, "be9c0002", options with { Sizes = options.Sizes.Add("direct_path", DirectPathEntries) });
        Rotation rotation = new(Path, Endpoints);
        bpf.Execute(() => rotation.Prepare(bpf));
        run = () =>
        {
            Reason reason = Reason.None;
            Frame frame = default;
            for (int hop = 0; hop < Hops; hop++)
            {
                rotation.Next(ref frame);
                reason = bpf.Run(Rotation.Droplet, rotation.Program, Rotation.Agent, ref frame).Reason;
            }
            return reason;
        };
    }

    [GlobalCleanup]
    public void Cleanup() => bpf.Dispose();

    [Benchmark(OperationsPerInvoke = Hops)]
    public Reason Hop() => bpf.Execute(run);
}
