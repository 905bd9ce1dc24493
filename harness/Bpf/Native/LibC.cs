using System.Runtime.InteropServices;

namespace MizarLab.Harness.Bpf.Native;

/// <summary>The few calls of the C library behind libbpf's surroundings: namespaces, affinity, mapped memory.</summary>
internal static unsafe partial class LibC
{
    public const int CloneNewNetwork = 0x40000000;
    public const int ProtectionRead = 1;
    public const int ProtectionWrite = 2;
    public const int MapShared = 1;
    public static readonly nint MapFailed = -1;

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    /// <summary>Of the calling thread when <paramref name="thread"/> is 0.</summary>
    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nuint maskBytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int thread, nuint maskBytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial uint InterfaceIndex(string name);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary><paramref name="arguments"/> is a va_list handed on from a callback.</summary>
    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    public static partial int Format(byte* buffer, nuint size, byte* format, nint arguments);

    public static string ErrorText(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
