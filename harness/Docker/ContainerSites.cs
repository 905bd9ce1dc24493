using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Docker;

/// <summary>
/// Droplets as containers: each one's namespace is its container's, bound to the same name a bare one would have. Containers are made and started side by side.
/// </summary>
internal sealed class ContainerSites(DockerEngine engine) : IDropletSites
{
    /// <summary>The container's one process: it holds the namespace and does nothing.</summary>
    private static readonly ImmutableArray<string> Idle = ["/bin/busybox", "sleep", "1000000000"];

    public async Task OpenAsync(string runId, int droplets, CancellationToken cancel)
    {
        DropletImage image = DropletImage.Build();
        await image.EnsureImportedAsync(engine, cancel).ConfigureAwait(false);
        // Not cancelled in between: the engine would go on making what nobody would remove.
        int[] processes = await Task.WhenAll(Enumerable.Range(0, droplets)
            .Select(i => StartAsync(new ContainerRequest(LabNames.Droplet(runId, i), image.Name, runId, Idle)))).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        IpBatch batch = new();
        for (int i = 0; i < droplets; i++)
        {
            batch.Add("netns", "attach", LabNames.Droplet(runId, i), processes[i].ToString(CultureInfo.InvariantCulture));
        }
        await batch.RunAsync(null, cancel).ConfigureAwait(false);
    }

    public async Task CloseAsync(string runId, int droplets)
    {
        IpBatch batch = new();
        for (int i = 0; i < droplets; i++)
        {
            batch.Add("netns", "del", LabNames.Droplet(runId, i));
        }
        await batch.RunForcedAsync(CancellationToken.None).ConfigureAwait(false);
        IReadOnlyList<ContainerEntry> containers = await engine.ListAsync(runId, CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAll(containers.Select(c => engine.RemoveAsync(c.Id, CancellationToken.None))).ConfigureAwait(false);
    }

    private async Task<int> StartAsync(ContainerRequest request)
    {
        string id = await engine.CreateAsync(request, CancellationToken.None).ConfigureAwait(false);
        int process = await engine.StartAsync(id, CancellationToken.None).ConfigureAwait(false);
        return IsOurs(process, id)
            ? process
            : throw new HarnessException(
                $"the Docker Engine at {engine.Socket} runs its containers on another machine or behind another process table: "
                + $"container {id} is not process {process} here");
    }

    /// <summary>
    /// The process is the container's, and not one of ours that happens to have the number another machine's engine told: it is in a control
    /// group named after the container.
    /// </summary>
    private static bool IsOurs(int process, string container)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cgroup")).Contains(container, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
