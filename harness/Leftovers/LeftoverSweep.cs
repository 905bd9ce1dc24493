using MizarLab.Harness.Backends;
using MizarLab.Harness.Docker;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Leftovers;

/// <summary>What a sweep removed, by name. <see cref="Troubles"/>: what it could not look at or remove, in words.</summary>
public sealed record SweepReport(
    IReadOnlyList<string> Runs, IReadOnlyList<string> Namespaces, IReadOnlyList<string> Containers, IReadOnlyList<string> Troubles)
{
    /// <summary>Nothing was left to remove.</summary>
    public bool IsEmpty => Runs.Count + Namespaces.Count + Containers.Count == 0;
}

/// <summary>
/// Removes what killed runs left: their namespaces, with every link in them, their containers, and their entries in the registry. A run is dead when the registry says so; things
/// that bear the id of no entered run are taken only if no process lives in them. Nothing else is touched.
/// </summary>
public static class LeftoverSweep
{
    private const int SettleRounds = 2;

    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(150);

    public static async Task<SweepReport> RunAsync(CancellationToken cancel, string registryFolder = RunRegistry.DefaultFolder)
    {
        // Always what there is first and the registry then: a run is entered before anything of it is made, so what belongs to a run that began in between is known.
        string[] names = Names();
        SortedDictionary<string, bool> runs = Entered(registryFolder);
        List<string> namespaces = [];
        IpBatch removals = new();
        foreach (string name in names)
        {
            if (LabNames.RunOf(name) is { } runId && IsLeftOver(name, runs.TryGetValue(runId, out bool alive) ? alive : null))
            {
                namespaces.Add(name);
                removals.Add("netns", "del", name);
            }
        }
        await removals.RunForcedAsync(cancel).ConfigureAwait(false);
        List<string> containers = [], troubles = [];
        foreach (DockerEngine engine in await DockerEngine.FindAllAsync(cancel).ConfigureAwait(false))
        {
            using (engine)
            {
                await SweepAsync(engine, registryFolder, runs.ContainsValue(false), containers, troubles, cancel).ConfigureAwait(false);
            }
        }
        string[] dead = [.. runs.Where(r => !r.Value).Select(r => r.Key)];
        // Last: what could not be removed now is still known to be dead next time.
        foreach (string runId in troubles.Count == 0 ? dead : [])
        {
            RunRegistry.Remove(runId, registryFolder);
        }
        RunRegistry.RemoveDrafts(registryFolder);
        return new SweepReport(dead, namespaces, containers, troubles);
    }

    /// <summary>An engine that does not do as it is told must not keep runs from beginning that need none.</summary>
    private static async Task SweepAsync(
        DockerEngine engine, string registryFolder, bool anyDead, List<string> removed, List<string> troubles, CancellationToken cancel)
    {
        try
        {
            string registry = RunRegistry.Identity(registryFolder);
            // A killed run's last requests may still be under way in the engine: look again until there is nothing new.
            for (int quiet = anyDead ? SettleRounds : 0; ;)
            {
                int before = removed.Count;
                IReadOnlyList<ContainerEntry> there = await engine.ListAsync(null, cancel).ConfigureAwait(false);
                SortedDictionary<string, bool> runs = Entered(registryFolder);
                foreach (ContainerEntry container in there.Where(c => IsLeftOver(c, runs, registry)))
                {
                    await engine.RemoveAsync(container.Id, cancel).ConfigureAwait(false);
                    removed.Add(container.Name);
                }
                if (removed.Count > before)
                {
                    quiet = SettleRounds;
                }
                if (quiet-- == 0)
                {
                    return;
                }
                await Task.Delay(SettlePause, cancel).ConfigureAwait(false);
            }
        }
        catch (HarnessException trouble)
        {
            troubles.Add(trouble.Message);
        }
    }

    /// <summary>Of a dead run; or of one that the registry it was entered in does not know any more; or of an unknown one, and empty.</summary>
    private static bool IsLeftOver(ContainerEntry container, SortedDictionary<string, bool> runs, string registry) =>
        LabNames.IsRunId(container.RunId)
        && (runs.TryGetValue(container.RunId, out bool alive) ? !alive : container.Registry == registry || !container.Running);

    /// <param name="name">A namespace.</param>
    /// <param name="alive">Whether its run's process lives; null when the registry has no such run.</param>
    private static bool IsLeftOver(string name, bool? alive)
    {
        if (alive == true)
        {
            return false;
        }
        IReadOnlyList<int> inside = NamespaceProcesses.In(name);
        if (alive is null)
        {
            return inside.Count == 0;
        }
        // Of a dead run: a ping it had started may still wait for its answer, and would keep the namespace.
        foreach (int process in inside.Where(p => p != Environment.ProcessId))
        {
            NamespaceProcesses.Kill(process);
        }
        return true;
    }

    /// <summary>The runs entered now, with whether they live.</summary>
    private static SortedDictionary<string, bool> Entered(string registryFolder)
    {
        SortedDictionary<string, bool> runs = new(StringComparer.Ordinal);
        foreach ((string runId, bool alive) in RunRegistry.All(registryFolder))
        {
            runs[runId] = alive;
        }
        return runs;
    }

    private static string[] Names() => Directory.Exists(NetworkNamespace.Folder)
        ? [.. Directory.EnumerateFileSystemEntries(NetworkNamespace.Folder).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)]
        : [];
}
