using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance.Fuzzing;
using Xunit.Abstractions;

namespace MizarLab.Tests.Conformance.Fuzzing;

/// <summary>Planned networks under conversations: model and programs agree, and the conversations get as far as those of a running network do.</summary>
public sealed class PlanWalkTests(ITestOutputHelper output)
{
    /// <summary>The whole way of a service, of a direct path that goes stale while it is used, of policy, of a gateway.</summary>
    private static readonly Reason[] Common =
    [
        Reason.ToBouncer, Reason.ToHost, Reason.ToDivider, Reason.NetworkToBouncer, Reason.Delivered, Reason.DirectPath, Reason.ToClientHost, Reason.Modified,
        Reason.EgressDenied, Reason.IngressDenied,
    ];

    private static readonly Reason[] OfLab =
    [
        Reason.LocalDelivery, Reason.Returned, Reason.Repaired, Reason.UnknownEndpoint, Reason.ArpUnanswered, Reason.IcmpError, Reason.NaclDenied, Reason.TooBig,
    ];

    [RootFact]
    public void Mizar_is_the_same_in_both() => Walk(DataPlaneSettings.Mizar, Common);

    [RootFact]
    public void Lab_is_the_same_in_both() => Walk(DataPlaneSettings.Lab, [.. Common, .. OfLab]);

    [RootFact]
    public void The_same_seed_gives_the_same_network()
    {
        using DataPlanePair planes = new(DataPlaneSettings.Lab, objects: null);
        long[] cases = new long[2];
        Coverage[] coverage = [new(), new()];
        planes.Bpf.Execute(() =>
        {
            for (int time = 0; time < 2; time++)
            {
                PairRunner pair = new(planes, coverage[time]);
                Assert.Null(new PlanWalk(planes, pair, new FuzzRandom(3, "again"), []).Run());
                cases[time] = pair.Cases;
            }
        });
        Assert.Equal(coverage[0].Answers(), coverage[1].Answers());
        Assert.Equal(cases[0], cases[1]);
    }

    private void Walk(DataPlaneSettings settings, Reason[] reasons)
    {
        using DataPlanePair planes = new(settings, objects: null);
        Coverage coverage = new();
        planes.Bpf.Execute(() =>
        {
            PairRunner pair = new(planes, coverage);
            Stopwatch watch = Stopwatch.StartNew();
            int networks = LongRun.Or(100, 5_000);
            for (int i = 0; i < networks; i++)
            {
                FuzzCase? suspect = new PlanWalk(planes, pair, new FuzzRandom(1, $"network {i}"), []).Run();
                Assert.True(suspect is null, $"network {i}: after {suspect?.Steps.Length} frames, the last {suspect?.Steps.LastOrDefault()}");
            }
            output.WriteLine($"{networks} networks, {pair.Cases} frames in {watch.Elapsed.TotalSeconds:F1} s");
        });
        foreach ((ProgramId program, Verdict verdict, Reason reason, long times) in coverage.Answers())
        {
            output.WriteLine($"{times,8} {program} {verdict} {reason}");
        }
        Assert.Empty(reasons.Except(coverage.Reached));
    }
}
