using MizarLab.DataPlane;
using MizarLab.Harness.Conformance.Fuzzing;
using Xunit.Abstractions;

namespace MizarLab.Tests.Conformance.Fuzzing;

/// <summary>A short fuzzing of both dialects and of random sets of switches finds nothing; a long one with MIZARLAB_LONG=1.</summary>
public sealed class FuzzerTests(ITestOutputHelper output)
{
    [RootFact]
    public void Mizar_is_the_same_in_both() => Fuzz(new FuzzOptions { Settings = [DataPlaneSettings.Mizar], Cases = LongRun.Or(40_000, 5_000_000), Vectors = [VectorFiles.Load(VectorFiles.Single), VectorFiles.Load(VectorFiles.Random), VectorFiles.Load(VectorFiles.RandomChains)] });

    [RootFact]
    public void Lab_is_the_same_in_both() => Fuzz(new FuzzOptions { Settings = [DataPlaneSettings.Lab], Cases = LongRun.Or(40_000, 5_000_000) });

    [RootFact]
    public void Any_switches_are_the_same_in_both() =>
        Fuzz(new FuzzOptions { Settings = [DataPlaneSettings.Mizar, DataPlaneSettings.Lab], RandomSwitches = true, Seed = 2, Cases = LongRun.Or(40_000, 10_000_000) });

    [RootFact]
    public void The_same_seed_gives_the_same_cases()
    {
        FuzzOptions options = new() { Settings = [DataPlaneSettings.Mizar], Seed = 7, Cases = 3_000 };

        FuzzReport first = new Fuzzer(options).Run(null, CancellationToken.None), second = new Fuzzer(options).Run(null, CancellationToken.None);

        Assert.Equal(first.Coverage.Answers(), second.Coverage.Answers());
        Assert.NotEqual(first.Coverage.Answers(), new Fuzzer(options with { Seed = 8 }).Run(null, CancellationToken.None).Coverage.Answers());
    }

    private void Fuzz(FuzzOptions options)
    {
        FuzzReport report = new Fuzzer(options).Run(null, CancellationToken.None);
        output.WriteLine($"{report.Cases} cases, {report.Rate:N0} a second, {report.Unrecorded} without recording, {report.Coverage.Reached.Length} reasons");
        Assert.Empty(report.Differences.Select(one => $"{one.Kind}: {one.Text}"));
    }
}
