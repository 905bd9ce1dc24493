using MizarLab.Observation;
using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance;

namespace MizarLab.Tests.Conformance;

/// <summary>Upstream's recorded behaviour, on the model: every vector, every chain.</summary>
public sealed class ModelVectorTests
{
    [Theory]
    [InlineData(VectorFiles.Single, 120)]
    [InlineData(VectorFiles.Chains, 7)]
    [InlineData(VectorFiles.Random, 1500)]
    [InlineData(VectorFiles.RandomChains, 788)]
    public void Every_vector_passes(string file, int all)
    {
        VectorSuite suite = VectorFiles.Load(file);

        ImmutableArray<VectorRow> rows = VectorRunner.Run(suite, new ModelDataPlane(suite.Droplets));

        Assert.Empty(rows.Where(row => row.Result != Result.Pass).Select(row => $"{row.Name}: {row.Reason}"));
        Assert.Equal(all, rows.Length);
    }
}
