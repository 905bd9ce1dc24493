using System.Runtime.InteropServices;

namespace MizarLab.Harness.Bpf.Native;

/// <summary>struct bpf_test_run_opts of libbpf; 80 bytes on 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TestRunOptions
{
    public nuint Size;
    public byte* DataIn;
    public byte* DataOut;
    public uint DataInLength;
    public uint DataOutLength;
    public void* ContextIn;
    public void* ContextOut;
    public uint ContextInLength;
    public uint ContextOutLength;
    public uint Result;
    public int Repeat;
    public uint DurationNanoseconds;
    public uint Flags;
    public uint Cpu;
    public uint BatchSize;
}

/// <summary>struct xdp_md, the context of an XDP program as user space sees it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpContext
{
    public uint Data;
    public uint DataEnd;
    public uint DataMeta;
    public uint IngressInterface;
    public uint ReceiveQueue;
    public uint EgressInterface;
}

/// <summary>struct bpf_link_create_opts; the parts behind the flags are zeros for XDP.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct LinkOptions
{
    public nuint Size;
    public uint Flags;
}

/// <summary>struct bpf_tc_hook of libbpf.</summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
internal struct TcHook
{
    private const int EgressPoint = 1 << 1;

    public nuint Size;
    public int Interface;
    public int Point;
    public uint Parent;

    public static TcHook Egress(int ifindex) => new() { Size = 24, Interface = ifindex, Point = EgressPoint };
}

/// <summary>struct bpf_tc_opts of libbpf.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct TcOptions
{
    public nuint Size;
    public int Program;
    public uint Flags;
    public uint ProgramId;
    public uint Handle;
    public uint Priority;
}

/// <summary>struct __sk_buff, the context of a tc program as user space sees it, as far as a test run takes and gives it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct SkbContext
{
    /// <summary>CLOCK_MONOTONIC in nanoseconds: when it may go.</summary>
    [FieldOffset(152)]
    public ulong Timestamp;

    /// <summary>Bytes on the wire; 0: those of the frame.</summary>
    [FieldOffset(160)]
    public uint WireLength;
}

/// <summary>struct bpf_prog_info, as far as it is read; the kernel fills what the length says.</summary>
[StructLayout(LayoutKind.Explicit, Size = 232)]
internal struct ProgramInfo
{
    [FieldOffset(16)]
    public uint JitedBytes;

    [FieldOffset(20)]
    public uint TranslatedBytes;

    [FieldOffset(216)]
    public uint VerifiedInstructions;
}

/// <summary>struct libbpf_prog_handler_opts.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProgramHandler
{
    public nuint Size;
    public nint Cookie;
    public nint Setup;

    /// <summary>Called with the program, its load options and the cookie.</summary>
    public delegate* unmanaged[Cdecl]<nint, nint, nint, int> PrepareLoad;

    public nint Attach;
}
