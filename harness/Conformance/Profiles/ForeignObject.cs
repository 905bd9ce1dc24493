using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>One object file of a profile in the kernel: its program, as XDP, and its maps.</summary>
internal sealed unsafe class ForeignObject : IDisposable
{
    private const int LogBytes = 1 << 20;
    private const int LinesShown = 15;

    private readonly BpfObjectHandle handle;
    private readonly string file;
    private readonly SortedDictionary<string, ForeignMap> maps = new(StringComparer.Ordinal);

    private ForeignObject(BpfObjectHandle handle, string file)
    {
        this.handle = handle;
        this.file = file;
    }

    /// <summary>Descriptor of the program.</summary>
    public int Program { get; private set; }

    /// <summary>Opens, wires and loads an object.</summary>
    /// <param name="owner">Finds the map that another object's program has under a name: those shared, and those referred to.</param>
    /// <exception cref="HarnessException">There is no such object, program or map, or the kernel refused it.</exception>
    public static ForeignObject Load(Profile profile, ProfileProgram program, Func<ProgramRole, string, ForeignMap> owner)
    {
        string file = profile.PathOf(program);
        BpfLog.Begin();
        if (!File.Exists(file))
        {
            throw new HarnessException($"profile {profile.Name}: no object {file}");
        }
        BpfObjectHandle handle = LibBpf.ObjectOpenFile(file, 0);
        if (handle.IsInvalid)
        {
            throw new HarnessException($"{file} cannot be opened: {LibC.ErrorText(Marshal.GetLastPInvokeError())}{BpfLog.Tail()}");
        }
        ForeignObject loaded = new(handle, file);
        try
        {
            loaded.Configure(profile, program, owner);
            loaded.LoadProgram(program.Program);
            loaded.FillReferences(profile, program, owner);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <exception cref="HarnessException">The object has no such map.</exception>
    public ForeignMap Map(string name)
    {
        if (!maps.TryGetValue(name, out ForeignMap? found))
        {
            nint map = LibBpf.FindMap(handle, name);
            if (map == 0)
            {
                throw new HarnessException($"{file} has no map '{name}', which the profile names");
            }
            found = new ForeignMap(name, LibBpf.MapDescriptor(map), (int)LibBpf.MapKeySize(map), (int)LibBpf.MapValueSize(map), LibBpf.MapMaxEntries(map));
            maps.Add(name, found);
        }
        return found;
    }

    public void Dispose() => handle.Dispose();

    private void Configure(Profile profile, ProfileProgram program, Func<ProgramRole, string, ForeignMap> owner)
    {
        foreach (MapSetting setting in profile.Maps)
        {
            nint map = LibBpf.FindMap(handle, setting.Map);
            if (map != 0 && setting.Entries is { } entries)
            {
                Check(LibBpf.MapSetMaxEntries(map, entries), $"size map '{setting.Map}' to {entries}");
            }
            if (map != 0 && setting.NoPreallocation)
            {
                Check(LibBpf.MapSetFlags(map, LibBpf.MapFlags(map) | LibBpf.NoPreallocation), $"set the flags of map '{setting.Map}'");
            }
        }
        if (program.Role != ProgramRole.Transit)
        {
            foreach (SharedMap shared in profile.SharedMaps.Where(s => s.In.IsEmpty || s.In.Contains(program.Role)))
            {
                nint map = LibBpf.FindMap(handle, shared.Map);
                if (map != 0)
                {
                    Check(LibBpf.MapReuse(map, owner(ProgramRole.Transit, shared.Map).Descriptor), $"share map '{shared.Map}'");
                }
            }
        }
        foreach (MapReference reference in profile.References.Where(r => r.Program == program.Role))
        {
            nint map = LibBpf.FindMap(handle, reference.Array);
            if (map == 0)
            {
                throw new HarnessException($"{file} has no array of maps '{reference.Array}', which the profile names");
            }
            Check(LibBpf.MapSetInner(map, owner(reference.Of, reference.Map).Descriptor), $"make '{reference.Map}' the inner map of '{reference.Array}'");
        }
    }

    private void LoadProgram(string name)
    {
        nint program = LibBpf.FindProgram(handle, name);
        if (program == 0)
        {
            throw new HarnessException($"{file} has no program '{name}', which the profile names");
        }
        for (nint each = LibBpf.NextProgram(handle, 0); each != 0; each = LibBpf.NextProgram(handle, each))
        {
            Check(LibBpf.ProgramSetAutoload(each, each == program), "choose the program");
        }
        Check(LibBpf.ProgramSetType(program, LibBpf.TypeXdp), "make the program XDP");
        byte* log = (byte*)NativeMemory.AllocZeroed(LogBytes);
        try
        {
            Check(LibBpf.ProgramSetLog(program, log, LogBytes), "keep the verifier's log");
            int result = LibBpf.ObjectLoad(handle);
            if (result < 0)
            {
                string[] lines = (Marshal.PtrToStringUTF8((nint)log) ?? "").TrimEnd().Split('\n');
                throw new HarnessException(
                    $"the kernel refused {file}: {LibC.ErrorText(-result)}; the verifier's last lines:\n  {string.Join("\n  ", lines.TakeLast(LinesShown))}{BpfLog.Tail()}");
            }
        }
        finally
        {
            NativeMemory.Free(log);
        }
        Program = LibBpf.ProgramDescriptor(program);
    }

    private void FillReferences(Profile profile, ProfileProgram program, Func<ProgramRole, string, ForeignMap> owner)
    {
        Span<byte> zero = stackalloc byte[sizeof(uint)], descriptor = stackalloc byte[sizeof(int)];
        zero.Clear();
        foreach (MapReference reference in profile.References.Where(r => r.Program == program.Role))
        {
            MemoryMarshal.Write(descriptor, owner(reference.Of, reference.Map).Descriptor);
            Map(reference.Array).Update(zero, descriptor);
        }
    }

    private void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new HarnessException($"{file}: libbpf refused to {what}: {LibC.ErrorText(-result)}{BpfLog.Tail()}");
        }
    }
}
