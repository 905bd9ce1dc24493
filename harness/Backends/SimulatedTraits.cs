using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Harness.Bpf;
using MizarLab.Management;
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
    public static BackendRun Execute(Plan plan, IDataPlane dataPlane, BackendTraits traits, ulong seed, CancellationToken cancel)
    {
        try
        {
            return SimulatedRun.Execute(plan, dataPlane, traits, seed, cancel);
        }
        catch (Exception failure) when (failure is RunawayException or FrameNotRunnableException)
        {
            throw new HarnessException($"{traits.Name}: {failure.Message}", failure);
        }
    }
}
