using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Harness.Backends;

/// <summary>The XDP programs in the kernel, a bare network namespace a droplet and an endpoint.</summary>
public sealed class NetnsBackend : IBackend
{
    public BackendTraits Traits { get; } = LiveTraits.Of("netns");

    public Availability Probe() => LiveTraits.Probe();

    public string? Lacks(Plan plan) => LiveTraits.Lacks(plan);

    public Task<BackendRun> RunAsync(Plan plan, RunContext context, CancellationToken cancel) =>
        LiveRun.ExecuteAsync(plan, context, Traits, new NamespaceSites(), cancel);
}
