using System.Runtime.InteropServices;

namespace MizarLab.Harness.Bpf.Native;

/// <summary>
/// libbpf 1.x, as far as the lab needs it. Functions that answer an int answer a negative errno (libbpf 1.x never lies about that);
/// those that answer a pointer answer null and set errno.
/// </summary>
internal static unsafe partial class LibBpf
{
    private const string Library = "libbpf.so.1";

    /// <summary>enum bpf_attach_type: BPF_XDP.</summary>
    public const int AttachXdp = 37;

    public const ulong Any = 0;

    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    public static partial nint SetPrint(delegate* unmanaged[Cdecl]<int, byte*, nint, int> print);

    [LibraryImport(Library, EntryPoint = "libbpf_num_possible_cpus")]
    public static partial int PossibleCpus();

    [LibraryImport(Library, EntryPoint = "bpf_object__open_file", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial BpfObjectHandle ObjectOpenFile(string path, nint options);

    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    public static partial int ObjectLoad(BpfObjectHandle handle);

    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    public static partial void ObjectClose(nint handle);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_program_by_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FindProgram(BpfObjectHandle handle, string name);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_map_by_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FindMap(BpfObjectHandle handle, string name);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_map")]
    public static partial nint NextMap(BpfObjectHandle handle, nint previous);

    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    public static partial int ProgramDescriptor(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_log_buf")]
    public static partial int ProgramSetLog(nint program, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "bpf_map__name")]
    public static partial byte* MapName(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    public static partial int MapDescriptor(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__key_size")]
    public static partial uint MapKeySize(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__value_size")]
    public static partial uint MapValueSize(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__max_entries")]
    public static partial uint MapMaxEntries(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    public static partial int MapSetMaxEntries(nint map, uint entries);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_value_size")]
    public static partial int MapSetValueSize(nint map, uint bytes);

    [LibraryImport(Library, EntryPoint = "bpf_program__insns")]
    public static partial ulong* ProgramInstructions(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__insn_cnt")]
    public static partial nuint ProgramInstructionCount(nint program);

    [LibraryImport(Library, EntryPoint = "libbpf_register_prog_handler", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RegisterHandler(string section, int programType, int attachType, ProgramHandler* handler);

    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    public static partial int MapReuse(nint map, int descriptor);

    [LibraryImport(Library, EntryPoint = "bpf_map__initial_value")]
    public static partial byte* MapInitialValue(nint map, nuint* size);

    [LibraryImport(Library, EntryPoint = "bpf_map_update_elem")]
    public static partial int Update(int map, void* key, void* value, ulong flags);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_elem")]
    public static partial int Lookup(int map, void* key, void* value);

    [LibraryImport(Library, EntryPoint = "bpf_map_delete_elem")]
    public static partial int Delete(int map, void* key);

    [LibraryImport(Library, EntryPoint = "bpf_map_get_next_key")]
    public static partial int NextKey(int map, void* key, void* next);

    [LibraryImport(Library, EntryPoint = "bpf_prog_test_run_opts")]
    public static partial int TestRun(int program, TestRunOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_link_create")]
    public static partial int LinkCreate(int program, int target, int attachType, LinkOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_create")]
    public static partial int TcHookCreate(TcHook* hook);

    [LibraryImport(Library, EntryPoint = "bpf_tc_attach")]
    public static partial int TcAttach(TcHook* hook, TcOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_tc_detach")]
    public static partial int TcDetach(TcHook* hook, TcOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    public static partial int ObjectInfo(int descriptor, void* info, uint* length);

    [LibraryImport(Library, EntryPoint = "ring_buffer__new", SetLastError = true)]
    public static partial RingBufferHandle RingNew(int map, delegate* unmanaged[Cdecl]<nint, byte*, nuint, int> sample, nint context, nint options);

    [LibraryImport(Library, EntryPoint = "ring_buffer__add")]
    public static partial int RingAdd(RingBufferHandle ring, int map, delegate* unmanaged[Cdecl]<nint, byte*, nuint, int> sample, nint context);

    [LibraryImport(Library, EntryPoint = "ring_buffer__poll")]
    public static partial int RingPoll(RingBufferHandle ring, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "ring_buffer__consume")]
    public static partial int RingConsume(RingBufferHandle ring);

    [LibraryImport(Library, EntryPoint = "ring_buffer__free")]
    public static partial void RingFree(nint ring);
}
