using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Harness.Backends;

/// <summary>The reference model on the simulated fabric: needs nothing of the machine, and gives the same run everywhere.</summary>
public sealed class ModelBackend : IBackend
{
    public BackendTraits Traits { get; } = SimulatedTraits.Of("model");

    public Availability Probe() => Availability.Yes;

    public Availability Suits(Plan plan) => plan.Topology.Functions is [var function, ..]
        ? Availability.No($"the model runs no compiled program, and function '{function.Name}' is one")
        : Availability.Yes;

    public Task<BackendRun> RunAsync(Plan plan, RunContext context, CancellationToken cancel) =>
        Task.Run(() => Run(plan, context, cancel), cancel);

    private BackendRun Run(Plan plan, RunContext context, CancellationToken cancel)
    {
        ModelDataPlane model = new(plan.Topology.Droplets.Length, context.Settings);
        return SimulatedTraits.Execute(plan, model, Traits, context, cancel);
    }
}
