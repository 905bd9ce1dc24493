using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Leftovers;

/// <summary>What a sweep removed, by name.</summary>
public sealed record SweepReport(IReadOnlyList<string> Runs, IReadOnlyList<string> Namespaces, IReadOnlyList<string> Containers)
{
    public bool IsEmpty => Runs.Count + Namespaces.Count + Containers.Count == 0;
}

/// <summary>
/// Removes what killed runs left: their namespaces, with every link in them, and their entries in the registry. A run is dead when the registry says so; things
/// that bear the id of no entered run are taken only if no process lives in them. Nothing else is touched.
/// </summary>
public static class LeftoverSweep
{
    public static async Task<SweepReport> RunAsync(CancellationToken cancel, string registryFolder = RunRegistry.DefaultFolder)
    {
        SortedDictionary<string, bool> runs = new(StringComparer.Ordinal);
        foreach ((string runId, bool alive) in RunRegistry.All(registryFolder))
        {
            runs[runId] = alive;
        }
        List<string> namespaces = [];
        IpBatch removals = new();
        foreach (string name in Names())
        {
            if (LabNames.RunOf(name) is { } runId && IsLeftOver(name, runs.TryGetValue(runId, out bool alive) ? alive : null))
            {
                namespaces.Add(name);
                removals.Add("netns", "del", name);
            }
        }
        await removals.RunForcedAsync(cancel).ConfigureAwait(false);
        string[] dead = [.. runs.Where(r => !r.Value).Select(r => r.Key)];
        // Last: what could not be removed now is still known to be dead next time.
        foreach (string runId in dead)
        {
            RunRegistry.Remove(runId, registryFolder);
        }
        RunRegistry.RemoveDrafts(registryFolder);
        return new SweepReport(dead, namespaces, []);
    }

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
        foreach (int process in inside)
        {
            NamespaceProcesses.Kill(process);
        }
        return true;
    }

    private static string[] Names() => Directory.Exists(NetworkNamespace.Folder)
        ? [.. Directory.EnumerateFileSystemEntries(NetworkNamespace.Folder).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)]
        : [];
}
