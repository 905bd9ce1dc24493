using System.Runtime.InteropServices;

namespace MizarLab.Harness.Docker;

internal static partial class DaemonSignals
{
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Send(int process, int signal);
}
