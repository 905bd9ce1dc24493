using MizarLab.Observation;
using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance;

namespace MizarLab.Tests.Conformance;

/// <summary>Upstream's recorded behaviour, on the model. The counts hold what is judged: a vector that slips into not-yet is seen.</summary>
public sealed class ModelVectorTests
{
    [Theory]
    [InlineData(VectorFiles.Single, 84, 120)]
    [InlineData(VectorFiles.Chains, 7, 7)]
    [InlineData(VectorFiles.Random, 490, 1500)]
    [InlineData(VectorFiles.RandomChains, 296, 788)]
    public void Judged_vectors_pass(string file, int judged, int all)
    {
        VectorSuite suite = VectorFiles.Load(file);

        ImmutableArray<VectorRow> rows = VectorRunner.Run(suite, new ModelDataPlane(suite.Droplets));

        Assert.Empty(rows.Where(row => row.Result == Result.Fail).Select(row => $"{row.Name}: {row.Reason}"));
        Assert.Equal(all, rows.Length);
        Assert.InRange(rows.Count(row => row.Result == Result.Pass), judged, all);
        Assert.All(rows.Where(row => row.Result == Result.NotYet), row => Assert.NotEmpty(row.Reason));
    }

    [Theory]
    [InlineData("odd_trunc_udp_155", Result.Pass, "")]
    [InlineData("agent_trunc_udp_41", Result.Pass, "")]
    [InlineData("scaled_ep_arp_request", Result.Pass, "")]
    public void A_vector_is_judged_when_its_content_needs_nothing_more(string name, Result result, string reason)
    {
        VectorSuite suite = VectorFiles.Load(VectorFiles.Single);

        VectorRow row = VectorRunner.Run(suite, new ModelDataPlane(suite.Droplets)).Single(row => row.Name == name);

        Assert.Equal((result, reason), (row.Result, row.Reason));
    }

    [Theory]
    [InlineData(VectorFiles.Single)]
    [InlineData(VectorFiles.Random)]
    public void What_came_out_does_not_decide_what_is_judged(string file)
    {
        VectorSuite suite = VectorFiles.Load(file);
        ModelDataPlane model = new(suite.Droplets);
        VectorSuite otherOutcomes = suite with
        {
            Vectors = [.. suite.Vectors.Select(vector => vector with { Run = vector.Run with { FrameOut = [], Verdict = Verdict.Tx, Redirect = null, Changes = [] } })],
        };

        IEnumerable<string> before = VectorRunner.Run(suite, model).Where(row => row.Result == Result.NotYet).Select(row => row.Name + row.Reason);
        IEnumerable<string> after = VectorRunner.Run(otherOutcomes, model).Where(row => row.Result == Result.NotYet).Select(row => row.Name + row.Reason);

        Assert.Equal(before, after);
    }
}
