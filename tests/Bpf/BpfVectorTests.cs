using MizarLab.Observation;
using System.Collections.Immutable;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Conformance;

namespace MizarLab.Tests.Bpf;

/// <summary>The golden vectors and chains on the compiled programs: what upstream did, ours do.</summary>
public sealed class BpfVectorTests
{
    [RootFact]
    public void TheVectors() => Judge("upstream.json", all: 120);

    [RootFact]
    public void TheChains() => Judge("upstream-chains.json", all: 7);

    [RootFact]
    public void TheRandomVectors() => Judge("upstream-random.json.gz", all: 1500);

    [RootFact]
    public void TheRandomChains() => Judge("upstream-random-chains.json.gz", all: 788);

    private static void Judge(string file, int all)
    {
        VectorSuite suite = VectorSuite.Load(Path.Combine(Repository.Root, "tests", "Conformance", "Vectors", file));
        using BpfDataPlane bpf = new(suite.Droplets, "0000000e");
        ImmutableArray<VectorRow> rows = bpf.Execute(() => VectorRunner.Run(suite, bpf));
        Assert.Empty(rows.Where(row => row.Result != Result.Pass).Select(row => $"{row.Name}: {row.Reason}"));
        Assert.Equal(all, rows.Length);
    }
}
