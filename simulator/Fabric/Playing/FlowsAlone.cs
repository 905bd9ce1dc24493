using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;

namespace MizarLab.Fabric;

/// <summary>
/// The same TCP flows once more, each alone: one begins a while after the one before has ended, in the order in which they began. How much longer a flow took among the others than here is its
/// slowdown: same endpoints, same path lengths, same handshakes and windows, and nobody in the way.
/// </summary>
/// <remarks>A flow finds what all earlier ones have taught the caches; among the others it may begin before they have, which is part of its slowdown.</remarks>
public static class FlowsAlone
{
    /// <summary>Between two flows: a flow's last acknowledgement is on its way when it has ended, and must not be in the next one's.</summary>
    private static readonly SimTime Pause = SimTime.FromMilliseconds(1);

    /// <param name="plan">As of the run.</param>
    /// <param name="setup">As of the run.</param>
    /// <param name="flows">Of the run.</param>
    /// <param name="cancel">Looked at for each flow.</param>
    /// <returns>Each flow in the given order, as it went alone; one that does not end in a minute of simulated time has not ended.</returns>
    public static ImmutableArray<FlowRecord> Play(GeneratedPlan plan, TrafficSetup setup, ImmutableArray<FlowRecord> flows, CancellationToken cancel)
    {
        TrafficNetwork network = new(plan, plan.Build(), setup with { Workloads = [], Partitions = 1, Audited = false, Meters = null, Happenings = [] });
        FlowRecord[] alone = new FlowRecord[flows.Length];
        foreach (int i in Enumerable.Range(0, flows.Length).OrderBy(i => (flows[i].Began, i)))
        {
            cancel.ThrowIfCancellationRequested();
            alone[i] = network.PlayOne(flows[i], SimTime.FromSeconds(60));
            network.RunUntil(network.Now + Pause, 1, cancel);
        }
        return [.. alone];
    }
}
