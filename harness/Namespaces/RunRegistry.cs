using System.Globalization;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Namespaces;

/// <summary>
/// Which runs there are and who runs them: one file a run, <c>/run/mizarlab/&lt;run&gt;</c>, with the process's id and start time. A run is dead
/// when no process has both; ids are used again, the pair is not.
/// </summary>
public static class RunRegistry
{
    public const string DefaultFolder = "/run/mizarlab/runs";

    /// <summary>Enters a run for this process, before anything of it is made; disposing takes it out.</summary>
    /// <exception cref="HarnessException">The run is already entered, or the folder cannot be written.</exception>
    public static IDisposable Enter(string runId, string folder = DefaultFolder)
    {
        string path = Path.Combine(folder, LabNames.CheckedRun(runId));
        // Written elsewhere and moved into place: nobody ever reads half an entry, and two runs cannot take one id.
        string draft = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(draft, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {ProcessTable.StartTime(Environment.ProcessId)}\n"));
            File.Move(draft, path, overwrite: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(draft);
            throw new HarnessException($"cannot enter run {runId} in {folder}: {error.Message}", error);
        }
        return new Entry(path);
    }

    /// <summary>All runs entered, with whether their process lives.</summary>
    public static IReadOnlyList<(string RunId, bool Alive)> All(string folder = DefaultFolder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }
        return [.. Directory.EnumerateFiles(folder)
            .Select(Path.GetFileName)
            .Where(name => name is not null && LabNames.IsRunId(name))
            .Order(StringComparer.Ordinal)
            .Select(name => (name!, IsAlive(Path.Combine(folder, name!))))];
    }

    /// <summary>
    /// Which registry this is: the machine's present start and the folder's inode. Something that bears it and a run this registry does not know is
    /// certainly nobody's: a run is entered before anything of it is made.
    /// </summary>
    public static string Identity(string folder = DefaultFolder)
    {
        Directory.CreateDirectory(folder);
        return string.Create(CultureInfo.InvariantCulture, $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{LibC.Inode(folder)}");
    }

    /// <summary>Takes a run out; nothing happens when it is not entered.</summary>
    public static void Remove(string runId, string folder = DefaultFolder) => File.Delete(Path.Combine(folder, LabNames.CheckedRun(runId)));

    /// <summary>Removes entries that were never finished because their process was killed.</summary>
    public static void RemoveDrafts(string folder = DefaultFolder)
    {
        foreach (string draft in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            string[] parts = Path.GetFileName(draft).Split('.');
            if (parts.Length == 2 && LabNames.IsRunId(parts[0])
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int process) && ProcessTable.StartTime(process) is null)
            {
                File.Delete(draft);
            }
        }
    }

    private static bool IsAlive(string path)
    {
        string[] words;
        try
        {
            words = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        }
        catch (FileNotFoundException)
        {
            // It ended, in order, while we looked.
            return true;
        }
        return words.Length == 2
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && ProcessTable.StartTime(process) is { } began && began == words[1];
    }

    private sealed class Entry(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }
}
