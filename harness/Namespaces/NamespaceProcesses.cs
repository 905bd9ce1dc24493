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

    /// <summary>
    /// What <c>/proc/PID/ns/net</c> points to inside, <c>net:[4026532177]</c>; null when there is no such file. Asked of the file, never by entering: a thread
    /// that was inside is in <c>/proc</c> for a moment after it was joined, and this process would be found to live there.
    /// </summary>
    private static unsafe string? IdentityOf(string namespaceName)
    {
        const int inode = 0x100, inodeOffset = 32, size = 256; // STATX_INO; struct statx is the same on every processor
        byte* answer = stackalloc byte[size];
        return LibC.Status(LibC.CurrentFolder, Path.Combine(NetworkNamespace.Folder, namespaceName), 0, inode, answer) == 0
            ? string.Create(CultureInfo.InvariantCulture, $"net:[{*(ulong*)(answer + inodeOffset)}]")
            : null;
    }
}
