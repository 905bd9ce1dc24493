using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation;

namespace MizarLab.Harness.Backends;

/// <summary>What the two backends on the simulated fabric have in common.</summary>
internal static class SimulatedTraits
{
    public static BackendTraits Of(string name) => new()
    {
        Name = name,
        Live = false,
        TableChangesPerHop = true,
        EnforcesLinks = true,
    };

    /// <exception cref="HarnessException">The run could not be carried through; the message is for the user.</exception>
    public static BackendRun Execute(Plan plan, IDataPlane dataPlane, BackendTraits traits, RunContext context, CancellationToken cancel)
    {
        try
        {
            FabricOptions options = new(context.Seed, context.Calibration ?? DefaultOf(plan)) { Meters = MeterSettings.Default };
            return SimulatedRun.Execute(plan, dataPlane, traits, options, SimulatedRun.DefaultEventLimit, cancel);
        }
        catch (Exception failure) when (failure is RunawayException or FrameNotRunnableException)
        {
            throw new HarnessException($"{traits.Name}: {failure.Message}", failure);
        }
    }

    /// <summary>Where programs have cores to wait for, upstream's times (spec §11) until somebody has measured better; elsewhere runs claim no times.</summary>
    private static Calibration DefaultOf(Plan plan) => plan.Topology.Underlay.Nic.Queues > 0 ? Calibration.UpstreamMeasured : Calibration.None;
}
