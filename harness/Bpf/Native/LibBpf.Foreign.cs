using System.Runtime.InteropServices;

namespace MizarLab.Harness.Bpf.Native;

/// <summary>What is needed to load objects that are not ours: their sections may name no type, and their maps may be reached through arrays of maps.</summary>
internal static unsafe partial class LibBpf
{
    /// <summary>enum bpf_prog_type: BPF_PROG_TYPE_XDP.</summary>
    public const int TypeXdp = 6;

    /// <summary>BPF_F_NO_PREALLOC.</summary>
    public const uint NoPreallocation = 1;

    [LibraryImport(Library, EntryPoint = "bpf_object__next_program")]
    public static partial nint NextProgram(BpfObjectHandle handle, nint previous);

    [LibraryImport(Library, EntryPoint = "bpf_program__name")]
    public static partial byte* ProgramName(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_type")]
    public static partial int ProgramSetType(nint program, int type);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    public static partial int ProgramSetAutoload(nint program, [MarshalAs(UnmanagedType.U1)] bool autoload);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_inner_map_fd")]
    public static partial int MapSetInner(nint map, int descriptor);

    [LibraryImport(Library, EntryPoint = "bpf_map__map_flags")]
    public static partial uint MapFlags(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_map_flags")]
    public static partial int MapSetFlags(nint map, uint flags);
}
