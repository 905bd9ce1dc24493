using MizarLab.Observation;
using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Conformance;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>The golden vectors and chains on the compiled programs: what upstream did, ours do.</summary>
public sealed class BpfVectorTests(ITestOutputHelper output)
{
    [RootFact]
    public void TheVectors() => Judge("upstream.json", judged: 84, of: 120);

    [RootFact]
    public void TheChains() => Judge("upstream-chains.json", judged: 7, of: 7);

    [RootFact]
    public void TheRandomVectors() => Judge("upstream-random.json.gz", judged: null, of: 1500);

    [RootFact]
    public void TheRandomChains() => Judge("upstream-random-chains.json.gz", judged: null, of: null);

    private void Judge(string file, int? judged, int? of)
    {
        VectorSuite suite = VectorSuite.Load(Path.Combine(Repository.Root, "tests", "Conformance", "Vectors", file));
        using BpfDataPlane bpf = new(suite.Droplets, "0000000e");
        ImmutableArray<VectorRow> rows = bpf.Execute(() => VectorRunner.Run(suite, bpf));
        int passed = rows.Count(row => row.Result == Result.Pass);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {rows.Length}, {passed} pass, {rows.Count(row => row.Result == Result.NotYet)} not yet"));
        Assert.Empty(rows.Where(row => row.Result == Result.Fail).Select(row => $"{row.Name}: {row.Reason}"));
        Assert.True(passed > 0);
        Assert.True(judged is null || judged <= rows.Count(row => row.Result != Result.NotYet), $"judged: {rows.Count(row => row.Result != Result.NotYet)}");
        Assert.True(of is null || of == rows.Length, $"in all: {rows.Length}");
    }
}
