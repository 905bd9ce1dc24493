using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Workload.Traffic;

namespace MizarLab.Studies;

/// <summary>
/// What becomes of a workload's packets on a generated topology: which ways they take, how long that takes, what is lost where, and of TCP how long its flows take. Every
/// packet goes through the whole model data plane and the queues of the fabric.
/// </summary>
/// <param name="plan">Topology, fabric and data plane.</param>
/// <param name="setup">What is sent; its seed is the run's.</param>
/// <param name="drain">How long the run goes on when nobody begins anything any more.</param>
public sealed class TrafficStudy(GeneratedPlan plan, TrafficSetup setup, SimTime drain) : IStudy
{
    /// <summary>Null: the dialect's.</summary>
    public TableSizes? Sizes { get; init; }

    /// <summary>Each TCP flow is played again alone, so that its slowdown is known; a second run of the same packets.</summary>
    public bool Slowdowns { get; init; }

    /// <summary>What happens beside, by the run's seed; null: nothing.</summary>
    public Func<ulong, ImmutableArray<Step>>? Happenings { get; init; }

    public ImmutableArray<StudyMeasure> Measures => TrafficMeasures.All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        TrafficSetup own = setup with { Seed = run.Seed, Meters = MeterSettings.Default, Happenings = Happenings?.Invoke(run.Seed) ?? [] };
        ModelDataPlane model = plan.Build(run.Threads, Sizes);
        TrafficNetwork network = new(plan, model, own);
        SimTime end = own.Until + drain;
        network.RunUntil(end, run.Threads, run.Cancel);
        network.CloseAudit();
        ImmutableArray<FlowRecord> flows = [.. network.Flows.Where(flow => flow.Began >= own.WarmUp)];
        ImmutableArray<FlowRecord> alone = Slowdowns ? FlowsAlone.Play(plan, own, [.. network.Flows], run.Cancel) : [];
        int leftOut = own.Workloads.Select(workload => workload.Law).OfType<CaptureTraffic>().Sum(capture => capture.LeftOut + capture.After(own.Until));
        ImmutableArray<double> values = TrafficMeasures.Of(network, flows, Slowdowns ? [.. network.Flows] : [], alone, leftOut);
        StableHash hash = default;
        hash.Add(network.Fingerprint);
        foreach (double value in values)
        {
            hash.Add(BitConverter.DoubleToInt64Bits(value));
        }
        return new StudyResult(values, hash.Finish());
    }
}
