using BenchmarkDotNet.Attributes;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;

namespace MizarLab.Benchmarks.DataPlane;

/// <summary>The same hops in the kernel: one BPF_PROG_TEST_RUN each, from C# and back, on the data plane's own thread.</summary>
[BenchmarkCategory(Categories.Bpf)]
public class BpfPaths
{
    private const int Hops = 4096;

    private BpfDataPlane bpf = null!;
    private Func<Reason> run = null!;
    private Frame pristine;

    [ParamsSource(nameof(Paths))]
    public GoldenPath Path { get; set; } = null!;

    public static IEnumerable<GoldenPath> Paths => GoldenPath.All;

    [GlobalSetup]
    public void Setup()
    {
        bpf = new BpfDataPlane(1, "be9c0001");
        pristine = bpf.Execute(() => Path.Prepare(bpf));
        ProgramId program = Path.Program;
        run = () =>
        {
            Reason reason = Reason.None;
            for (int hop = 0; hop < Hops; hop++)
            {
                Frame frame = pristine;
                reason = bpf.Run(GoldenPath.Droplet, program, GoldenPath.Agent, ref frame).Reason;
            }
            return reason;
        };
    }

    [GlobalCleanup]
    public void Cleanup() => bpf.Dispose();

    /// <summary>Some thousand hops for one switch to the data plane's thread and back.</summary>
    [Benchmark(OperationsPerInvoke = Hops)]
    public Reason Hop() => bpf.Execute(run);
}
