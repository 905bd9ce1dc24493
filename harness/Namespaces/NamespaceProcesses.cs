using System.Diagnostics;
using System.Globalization;

namespace MizarLab.Harness.Namespaces;

/// <summary>
/// Which processes live in a network namespace. A process lives where its first thread is: the lab's own threads that enter one for a moment
/// do not make the lab's process one of it.
/// </summary>
internal static class NamespaceProcesses
{
    /// <summary>Ids of these processes.</summary>
    public static IReadOnlyList<int> In(string namespaceName)
    {
        if (IdentityOf(namespaceName) is not { } wanted)
        {
            return [];
        }
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process) && LivesIn(folder, wanted))
            {
                found.Add(process);
            }
        }
        return found;
    }

    /// <summary>Kills a process, and waits until it is gone; nothing happens when it is already.</summary>
    public static void Kill(int process)
    {
        try
        {
            using Process victim = Process.GetProcessById(process);
            victim.Kill();
            victim.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended in between.
        }
    }

    private static bool LivesIn(string processFolder, string wanted)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(processFolder, "ns", "net"), returnFinalTarget: false)?.Name == wanted;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What <c>/proc/PID/ns/net</c> points to, <c>net:[4026532177]</c>; null when there is nothing of this name.</summary>
    private static string? IdentityOf(string namespaceName) =>
        LibC.Inode(Path.Combine(NetworkNamespace.Folder, namespaceName)) is { } inode ? string.Create(CultureInfo.InvariantCulture, $"net:[{inode}]") : null;
}
