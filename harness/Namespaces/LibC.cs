using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MizarLab.Harness.Namespaces;

/// <summary>The few calls of the C library that .NET has no name for. Every one sets errno.</summary>
internal static partial class LibC
{
    public const int CloneNewNet = 0x4000_0000;

    /// <summary>AT_FDCWD.</summary>
    public const int CurrentFolder = -100;
    public const int ErrorAgain = 11;
    public const int ErrorInterrupted = 4;
    public const int ErrorNetworkDown = 100;
    public const int ClockRealtime = 0;
    public const int ClockMonotonic = 1;
    public const short PollIn = 1;
    public const short PollError = 8;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(SafeFileHandle handle, int kind);

    [LibraryImport(Library, EntryPoint = "dup", SetLastError = true)]
    public static partial int Duplicate(int descriptor);

    [LibraryImport(Library, EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int descriptor, int onto);

    [LibraryImport(Library, EntryPoint = "getppid", SetLastError = true)]
    public static partial int ParentId();

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static unsafe partial int Bind(SafeFileHandle socket, void* address, int length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static unsafe partial int SetOption(SafeFileHandle socket, int level, int name, void* value, int length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static unsafe partial int GetOption(SafeFileHandle socket, int level, int name, void* value, int* length);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static unsafe partial int Control(SafeFileHandle socket, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    public static unsafe partial nint Receive(int socket, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static unsafe partial nint Send(SafeFileHandle socket, void* bytes, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    public static unsafe partial int GetClock(int clock, TimeSpecification* time);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int Status(int folder, string path, int flags, uint wanted, byte* answer);

    [LibraryImport(Library, EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint InterfaceIndex(string name);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Status(int folder, string path, int flags, uint mask, void* status);

    /// <summary>A file's inode number; null when there is no such file.</summary>
    public static unsafe ulong? Inode(string path)
    {
        // struct statx: 256 bytes, stx_ino at 32. AT_FDCWD; STATX_INO.
        const int size = 256, inodeAt = 32, here = -100;
        const uint inodeOnly = 0x100;
        byte* status = stackalloc byte[size];
        return Status(here, path, 0, inodeOnly, status) == 0 ? *(ulong*)(status + inodeAt) : null;
    }

    /// <summary>The last errno in words.</summary>
    public static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>Nanoseconds of a clock since its own beginning.</summary>
    public static unsafe long Nanoseconds(int clock)
    {
        TimeSpecification time;
        _ = GetClock(clock, &time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Returned;
    }

    /// <summary><c>struct timespec</c> of a 64-bit kernel.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Piece
    {
        public void* Bytes;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c> of a 64-bit C library.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nuint PieceCount;
        public void* Ancillary;
        public nuint AncillaryLength;
        public int Flags;
    }
}
