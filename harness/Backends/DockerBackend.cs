using MizarLab.Harness.Docker;
using MizarLab.Management;
using MizarLab.Observation;

namespace MizarLab.Harness.Backends;

/// <summary>
/// The XDP programs in the kernel, every droplet a container made through the Docker Engine API. Uses the engine that answers; where none does, the lab's own
/// daemon, which it starts.
/// </summary>
public sealed class DockerBackend : IBackend
{
    public BackendTraits Traits { get; } = LiveTraits.Of("docker");

    public Availability Probe()
    {
        if (LiveTraits.Probe() is { Available: false } live)
        {
            return live;
        }
        if (DropletImage.Probe() is { Available: false } image)
        {
            return image;
        }
        return DockerEngine.Sockets().Any(File.Exists) ? Availability.Yes : DockerDaemon.Probe();
    }

    public string? Lacks(Plan plan) => LiveTraits.Lacks(plan);

    public async Task<BackendRun> RunAsync(Plan plan, RunContext context, CancellationToken cancel)
    {
        using DockerEngine engine = await DockerEngine.FindAsync(cancel).ConfigureAwait(false)
            ?? await DockerDaemon.Lab.EnsureRunningAsync(cancel).ConfigureAwait(false);
        return await LiveRun.ExecuteAsync(plan, context, Traits, new ContainerSites(engine), cancel).ConfigureAwait(false);
    }
}
