using System.Runtime.InteropServices;
using System.Text;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>One object file in the kernel: its programs and the maps they use.</summary>
internal sealed unsafe class BpfObject : IDisposable
{
    private const int VerifierLogBytes = 1 << 20;
    private const int LinesShown = 15;
    private const string SettingsMap = ".rodata.settings";

    private readonly BpfObjectHandle handle;
    private readonly string file;

    private BpfObject(BpfObjectHandle handle, string file)
    {
        this.handle = handle;
        this.file = file;
    }

    /// <summary>Descriptor of the program, of several the first.</summary>
    public int Program { get; private set; }

    /// <summary>Opens, sets and loads the object of an agent or transit.</summary>
    /// <param name="shared">Objects whose maps this one uses where it has maps of the same names.</param>
    /// <exception cref="HarnessException">The file is not there or not such an object, or the kernel refused it.</exception>
    public static BpfObject Load(ProgramId program, BpfOptions options, params ReadOnlySpan<BpfObject> shared) =>
        Load(BpfObjects.FileOf(program), [program == ProgramId.Agent ? "agent" : "transit"], options, shared);

    /// <inheritdoc cref="Load(ProgramId, BpfOptions, ReadOnlySpan{BpfObject})"/>
    /// <param name="name">The file's, in the folder of the objects.</param>
    /// <param name="programs">What it must have.</param>
    public static BpfObject Load(string name, ReadOnlySpan<string> programs, BpfOptions options, params ReadOnlySpan<BpfObject> shared)
    {
        string file = BpfObjects.FileFor(options, name);
        BpfLog.Begin();
        int handler = WholeTables.Begin();
        if (handler < 0)
        {
            throw new HarnessException($"libbpf refused a handler of XDP programs: {LibC.ErrorText(-handler)}{BpfLog.Tail()}");
        }
        BpfObjectHandle handle = LibBpf.ObjectOpenFile(file, 0);
        if (handle.IsInvalid)
        {
            throw new HarnessException($"{file} cannot be opened: {LibC.ErrorText(Marshal.GetLastPInvokeError())}{BpfLog.Tail()}");
        }
        BpfObject loaded = new(handle, file);
        try
        {
            loaded.Configure(options, shared);
            loaded.LoadPrograms(programs, options.LogFolder);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>The map of this name; of one that is a whole table (<see cref="WholeTables"/>) rows are its entries.</summary>
    /// <exception cref="HarnessException">The object has none.</exception>
    public BpfMap Map(string name)
    {
        nint map = LibBpf.FindMap(handle, name);
        if (map == 0)
        {
            throw new HarnessException($"{file} has no map '{name}'; is it of another version?");
        }
        uint bytes = LibBpf.MapValueSize(map), entries = LibBpf.MapMaxEntries(map);
        uint? row = WholeTables.RowBytes(name);
        return new BpfMap(name, LibBpf.MapDescriptor(map), (int)LibBpf.MapKeySize(map), (int)(row ?? bytes), bytes / row ?? entries, whole: row is not null);
    }

    /// <summary>Descriptor of the program of this name.</summary>
    /// <exception cref="HarnessException">The object has none.</exception>
    public int ProgramOf(string name)
    {
        nint program = LibBpf.FindProgram(handle, name);
        return program == 0 ? throw new HarnessException($"{file} has no program '{name}'") : LibBpf.ProgramDescriptor(program);
    }

    /// <summary>All maps, but those of read-only data and variables.</summary>
    public IReadOnlyList<BpfMap> Maps()
    {
        List<BpfMap> maps = [];
        for (nint map = LibBpf.NextMap(handle, 0); map != 0; map = LibBpf.NextMap(handle, map))
        {
            string name = Marshal.PtrToStringUTF8((nint)LibBpf.MapName(map))!;
            if (!name.StartsWith('.'))
            {
                maps.Add(Map(name));
            }
        }
        return maps;
    }

    public bool Has(string map) => LibBpf.FindMap(handle, map) != 0;

    /// <summary>What the kernel says of the program.</summary>
    public ProgramInfo Info()
    {
        ProgramInfo info = default;
        uint length = (uint)sizeof(ProgramInfo);
        int result = LibBpf.ObjectInfo(Program, &info, &length);
        return result == 0 ? info : throw new HarnessException($"the kernel says nothing of the program of {file}: {LibC.ErrorText(-result)}");
    }

    public void Dispose() => handle.Dispose();

    private void Configure(BpfOptions options, ReadOnlySpan<BpfObject> shared)
    {
        WriteSettings(options);
        for (nint map = LibBpf.NextMap(handle, 0); map != 0; map = LibBpf.NextMap(handle, map))
        {
            string name = Marshal.PtrToStringUTF8((nint)LibBpf.MapName(map))!;
            if (IsObjectsOwn(name))
            {
                continue;
            }
            if (OwnerOf(name, shared) is { } owner)
            {
                Check(LibBpf.MapReuse(map, owner.Map(name).Descriptor), $"share map '{name}'");
            }
            else if (SizeOf(name, options) is { } entries)
            {
                Check(WholeTables.RowBytes(name) is { } row ? LibBpf.MapSetValueSize(map, checked(entries * row)) : LibBpf.MapSetMaxEntries(map, entries), $"size map '{name}' to {entries}");
            }
        }
    }

    /// <summary>libbpf's maps of constants and variables, but those that all programs of a droplet share.</summary>
    private static bool IsObjectsOwn(string map) => map.StartsWith('.') && map != Codecs.DropletCell.Map;

    private static BpfObject? OwnerOf(string map, ReadOnlySpan<BpfObject> objects)
    {
        foreach (BpfObject owner in objects)
        {
            if (owner.Has(map))
            {
                return owner;
            }
        }
        return null;
    }

    /// <summary>What the options say; and of a ring buffer nobody writes to, the least there is, for its pages are real.</summary>
    private static uint? SizeOf(string map, BpfOptions options) =>
        FlatSizes.EntriesOf(map, options) is { } flat ? flat
        : AgentSizes.EntriesOf(map, options) is { } agents ? agents
        : LearnedSizes.EntriesOf(map, options) is { } sets ? sets
        : map is "hosts" or "picks" ? null // masks in the programs are of the compiled size, whatever is used of it
        : BpfSizes.Of(map, options) is { } entries ? entries
        : map == "trace_events" && !options.Recording.HasFlag(Recording.Frames) ? (uint)Environment.SystemPageSize
        : null;

    private void WriteSettings(BpfOptions options)
    {
        nint map = LibBpf.FindMap(handle, SettingsMap);
        nuint size = 0;
        byte* settings = map == 0 ? null : LibBpf.MapInitialValue(map, &size);
        if (settings == null || size < SettingsLayout.Bytes)
        {
            throw new HarnessException($"{file} has no settings; is it of another version?");
        }
        Span<byte> bytes = new(settings, SettingsLayout.Bytes);
        Switches compiledFor = SettingsLayout.FixedSwitches(bytes);
        if (compiledFor != Switches.None && compiledFor != options.Settings.On)
        {
            throw new HarnessException($"{file} was compiled for other switches: 0x{(ulong)compiledFor:x}, and is loaded for 0x{(ulong)options.Settings.On:x}; is it of another version?");
        }
        if (SettingsLayout.FixedUsual(bytes) && !options.AreUsual)
        {
            throw new HarnessException($"{file} was compiled to record and capture nothing, in the dialect lab, and is loaded for something else; is it of another version?");
        }
        SettingsLayout.Write(options, bytes);
    }

    private void LoadPrograms(ReadOnlySpan<string> names, string? logFolder)
    {
        // One log for all: each program's text follows when the one before is through, and the first that is refused ends the load.
        byte* log = (byte*)NativeMemory.AllocZeroed(VerifierLogBytes);
        try
        {
            foreach (string name in names)
            {
                nint program = LibBpf.FindProgram(handle, name);
                if (program == 0)
                {
                    throw new HarnessException($"{file} has no program '{name}'");
                }
                Check(LibBpf.ProgramSetLog(program, log, VerifierLogBytes), "keep the verifier's log");
            }
            int result = WholeTables.Load(handle);
            if (result < 0)
            {
                throw Refusal(result, Marshal.PtrToStringUTF8((nint)log) ?? "", logFolder);
            }
        }
        finally
        {
            // libbpf keeps the pointer but never writes again once the object is loaded or closed.
            NativeMemory.Free(log);
        }
        Program = ProgramOf(names[0]);
    }

    private HarnessException Refusal(int result, string log, string? logFolder)
    {
        StringBuilder message = new($"the kernel refused {file}: {LibC.ErrorText(-result)}");
        if (log.Length > 0)
        {
            string[] lines = log.TrimEnd().Split('\n');
            message.AppendLine().Append("the verifier's last lines:");
            foreach (string line in lines.TakeLast(LinesShown))
            {
                message.AppendLine().Append("  ").Append(line);
            }
            if (logFolder is not null)
            {
                string whole = Path.Combine(logFolder, Path.GetFileNameWithoutExtension(file) + ".verifier.log");
                File.WriteAllText(whole, log);
                message.AppendLine().Append($"the whole log: {whole}");
            }
        }
        return new HarnessException(message.Append(BpfLog.Tail()).ToString());
    }

    private void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new HarnessException($"{file}: libbpf refused to {what}: {LibC.ErrorText(-result)}{BpfLog.Tail()}");
        }
    }
}
