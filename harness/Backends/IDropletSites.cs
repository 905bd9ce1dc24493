using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Backends;

/// <summary>
/// Where droplets' namespaces come from: made bare, or being containers' own. It is all in which the live backends differ; underlay,
/// endpoints, programs, taps and stimulus take the namespaces as they find them.
/// </summary>
internal interface IDropletSites
{
    /// <summary>Makes droplets' namespaces, which can then be opened as <see cref="LabNames.Droplet"/>.</summary>
    /// <exception cref="HarnessException">The machine refused; what was made is still to be closed.</exception>
    Task OpenAsync(string runId, int droplets, CancellationToken cancel);

    /// <summary>Removes all that was made of this run, also after <see cref="OpenAsync"/> failed halfway; never cancelled.</summary>
    Task CloseAsync(string runId, int droplets);
}

/// <summary>Bare namespaces.</summary>
internal sealed class NamespaceSites : IDropletSites
{
    public Task OpenAsync(string runId, int droplets, CancellationToken cancel) =>
        Batch(runId, droplets, "add").RunAsync(null, cancel);

    public Task CloseAsync(string runId, int droplets) => Batch(runId, droplets, "del").RunForcedAsync(CancellationToken.None);

    private static IpBatch Batch(string runId, int droplets, string verb)
    {
        IpBatch batch = new();
        for (int i = 0; i < droplets; i++)
        {
            batch.Add("netns", verb, LabNames.Droplet(runId, i));
        }
        return batch;
    }
}
