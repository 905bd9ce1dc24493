using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Docker;

/// <summary>
/// Starts a program that outlives this one: in a session of its own, input from nowhere, output into a file. .NET's own process class ties a child's
/// output to its parent.
/// </summary>
internal static unsafe partial class DetachedProcess
{
    // spawn.h of glibc; the opaque structures are 336 and 80 bytes there.
    private const short SetSession = 0x80, SetDefaultSignals = 0x04;
    private const int OpaqueBytes = 512;

    // fcntl.h.
    private const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, Truncate = 0x200;
    private const uint OwnerOnly = 0b110_000_000;

    /// <exception cref="HarnessException">It cannot be started.</exception>
    public static int Start(string program, IReadOnlyList<string> arguments, string logFile)
    {
        byte* attributes = stackalloc byte[OpaqueBytes];
        byte* actions = stackalloc byte[OpaqueBytes];
        byte* signals = stackalloc byte[OpaqueBytes];
        nint[] words = [.. arguments.Prepend(program).Select(Marshal.StringToCoTaskMemUTF8), 0];
        nint[] environment = [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(e => Marshal.StringToCoTaskMemUTF8($"{e.Key}={e.Value}")), 0];
        _ = AttributesInit(attributes);
        _ = ActionsInit(actions);
        try
        {
            // .NET ignores SIGPIPE, and children inherit that.
            _ = FillSignals(signals);
            _ = AttributesSetSignals(attributes, signals);
            _ = AttributesSetFlags(attributes, SetSession | SetDefaultSignals);
            _ = ActionsOpen(actions, 0, "/dev/null", ReadOnly, 0);
            _ = ActionsOpen(actions, 1, logFile, WriteOnly | Create | Truncate, OwnerOnly);
            _ = ActionsDuplicate(actions, 1, 2);
            int process, result;
            fixed (nint* argv = words, envp = environment)
            {
                result = Spawn(&process, program, actions, attributes, argv, envp);
            }
            return result == 0 ? process : throw new HarnessException($"'{program}' cannot be started: {Marshal.GetPInvokeErrorMessage(result)}");
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
            foreach (nint text in words.Concat(environment))
            {
                Marshal.FreeCoTaskMem(text);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(int* process, string file, void* actions, void* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSetSignals(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int FillSignals(void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int ActionsDestroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsOpen(void* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int ActionsDuplicate(void* actions, int from, int to);
}
