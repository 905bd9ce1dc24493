using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// Tables that programs index by themselves (bpf/whole.h): ARRAYs of one value. Programs name them as they name any map; before the kernel gets a program, every
/// instruction that loads such a map's pointer is made one that loads its value's address. libbpf would do that itself for sections of data, but those it cannot size.
/// </summary>
internal static unsafe class WholeTables
{
    private const int XdpProgram = 6; // BPF_PROG_TYPE_XDP
    private const byte LoadWide = 0x18, MapDescriptor = 1, MapValue = 2; // BPF_LD | BPF_IMM | BPF_DW; BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_VALUE

    private const uint LearnedRow = 64, LearnedSet = 16, FlatBucket = 64;

    private static readonly ImmutableSortedDictionary<string, uint> Rows = new Dictionary<string, uint>
    {
        [FlatSizes.Endpoints] = FlatBucket,
        [FlatSizes.Peers] = FlatBucket,
        [FlatSizes.ServicePorts] = FlatBucket,
        [FlatSizes.Networks] = FlatBucket,
        [LearnedSizes.DirectPath] = LearnedRow,
        [LearnedSizes.Sets(LearnedSizes.DirectPath)] = LearnedSet,
        [LearnedSizes.Connections] = LearnedRow,
        [LearnedSizes.Sets(LearnedSizes.Connections)] = LearnedSet,
        [LearnedSizes.Translations] = LearnedRow,
        [LearnedSizes.Sets(LearnedSizes.Translations)] = LearnedSet,
        [LearnedSizes.Nat] = LearnedRow,
        [LearnedSizes.Sets(LearnedSizes.Nat)] = LearnedSet,
        ["agents"] = Codecs.AgentLayout.Bytes,
        ["agent_places"] = sizeof(ulong),
        ["hosts"] = 16,
        ["picks"] = sizeof(uint),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>What this thread is loading.</summary>
    [ThreadStatic]
    private static BpfObjectHandle? loading;

    /// <summary>libbpf's handler of XDP programs, for this process.</summary>
    private static readonly int Handler = Register();

    /// <summary>Bytes of a row; null: the map is no such table.</summary>
    public static uint? RowBytes(string map) => Rows.TryGetValue(map, out uint bytes) ? bytes : null;

    /// <summary>Call before an object is opened. 0, or what libbpf refused with.</summary>
    public static int Begin() => Math.Min(Handler, 0);

    /// <summary>Loads an object: bpf_object__load().</summary>
    public static int Load(BpfObjectHandle handle)
    {
        loading = handle;
        try
        {
            return LibBpf.ObjectLoad(handle);
        }
        finally
        {
            loading = null;
        }
    }

    private static int Register()
    {
        ProgramHandler handler = new() { Size = (nuint)sizeof(ProgramHandler), PrepareLoad = &PrepareLoad };
        return LibBpf.RegisterHandler("xdp", XdpProgram, LibBpf.AttachXdp, &handler);
    }

    /// <summary>libbpf has put maps' descriptors into the program's instructions, and gives them to the kernel next.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int PrepareLoad(nint program, nint options, nint cookie)
    {
        if (loading is null)
        {
            return 0; // an object with no tables of the lab's
        }
        HashSet<int> tables = Descriptors(loading);
        ulong* instruction = LibBpf.ProgramInstructions(program);
        int count = (int)LibBpf.ProgramInstructionCount(program);
        for (int i = 0; i + 1 < count; i++)
        {
            // struct bpf_insn: code, destination and source register, offset, immediate
            byte code = (byte)instruction[i], source = (byte)(instruction[i] >> 12 & 0xf);
            if (code != LoadWide)
            {
                continue;
            }
            if (source == MapDescriptor && tables.Contains((int)(instruction[i] >> 32)))
            {
                instruction[i] = (instruction[i] & ~0xf000ul) | ((ulong)MapValue << 12);
                instruction[i + 1] = (uint)instruction[i + 1]; // the value's begin
            }
            i++; // the second half
        }
        return 0;
    }

    private static HashSet<int> Descriptors(BpfObjectHandle handle)
    {
        HashSet<int> found = [];
        for (nint map = LibBpf.NextMap(handle, 0); map != 0; map = LibBpf.NextMap(handle, map))
        {
            if (RowBytes(Marshal.PtrToStringUTF8((nint)LibBpf.MapName(map))!) is not null)
            {
                found.Add(LibBpf.MapDescriptor(map));
            }
        }
        return found;
    }
}
