using System.Collections.Immutable;
using MizarLab.Harness.Conformance;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Observation;
using Xunit.Abstractions;

namespace MizarLab.Tests.Conformance;

/// <summary>The golden vectors on objects in upstream's layout, known to the lab by profiles/upstream.profile.yaml alone: none is left out.</summary>
public sealed class ProfileVectorTests(ITestOutputHelper output)
{
    [RootFact]
    public void TheVectors() => Judge(VectorFiles.Single, of: 120);

    [RootFact]
    public void TheChains() => Judge(VectorFiles.Chains, of: 7);

    [RootFact]
    public void TheRandomVectors() => Judge(VectorFiles.Random, of: 1500);

    [RootFact]
    public void TheRandomChains() => Judge(VectorFiles.RandomChains, of: null);

    private void Judge(string file, int? of)
    {
        VectorSuite suite = VectorFiles.Load(file);
        Profile profile = ProfileReader.Load(Path.Combine(Repository.Root, "profiles", "upstream.profile.yaml"), objects: null);
        using ProfileDataPlane programs = new(profile, suite.Droplets, "0000001f");
        ImmutableArray<VectorRow> rows = programs.Execute(() => VectorRunner.Run(suite, programs));
        output.WriteLine($"{file}: {rows.Length}, {rows.Count(row => row.Result == Result.Pass)} pass");
        Assert.Empty(rows.Where(row => row.Result != Result.Pass).Take(20).Select(row => $"{row.Name}: {row.Reason}"));
        Assert.True(of is null || of == rows.Length, $"in all: {rows.Length}");
    }
}
