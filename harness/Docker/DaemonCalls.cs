using System.Runtime.InteropServices;

namespace MizarLab.Harness.Docker;

/// <summary>Calls of the C library that end a daemon and take its mounts away. Every one sets errno.</summary>
internal static partial class DaemonCalls
{
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    /// <summary>EBUSY: something in a mount is still open.</summary>
    public const int Busy = 16;

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string point, int flags);
}
