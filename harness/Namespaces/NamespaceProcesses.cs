using System.Diagnostics;
using System.Globalization;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Namespaces;

/// <summary>Which processes have a thread in a network namespace.</summary>
internal static class NamespaceProcesses
{
    /// <summary>Ids of these processes, this one included when it is there.</summary>
    public static IReadOnlyList<int> In(string namespaceName)
    {
        if (IdentityOf(namespaceName) is not { } wanted)
        {
            return [];
        }
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process) && HasThreadIn(folder, wanted))
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

    private static bool HasThreadIn(string processFolder, string wanted)
    {
        try
        {
            return Directory.EnumerateDirectories(Path.Combine(processFolder, "task"))
                .Any(thread => File.ResolveLinkTarget(Path.Combine(thread, "ns", "net"), returnFinalTarget: false) is { } target && target.Name == wanted);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What <c>/proc/PID/ns/net</c> points to, <c>net:[4026532177]</c>; null when it is no namespace any more.</summary>
    private static string? IdentityOf(string namespaceName)
    {
        try
        {
            using NetworkNamespace entered = NetworkNamespace.Open(namespaceName);
            return entered.Run(() => File.ResolveLinkTarget("/proc/thread-self/ns/net", returnFinalTarget: false)?.Name);
        }
        catch (HarnessException)
        {
            // A bare file: its namespace was never bound to it, or is gone.
            return null;
        }
    }
}
