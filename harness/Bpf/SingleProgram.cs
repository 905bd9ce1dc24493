using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>An object with one program, loaded as it is, that stands on interfaces beside the data plane's: no settings, no tables of the lab's.</summary>
internal sealed unsafe class SingleProgram : IDisposable
{
    private readonly BpfObjectHandle handle;
    private readonly string name;

    /// <param name="objects">Folder of the compiled programs; null: the lab's.</param>
    /// <param name="name">The program, in <c>NAME.bpf.o</c>.</param>
    /// <exception cref="HarnessException">The object is missing, or the kernel refused it.</exception>
    public SingleProgram(string? objects, string name)
    {
        this.name = name;
        string file = Path.Combine(objects ?? BpfObjects.Locate(), name + ".bpf.o");
        handle = LibBpf.ObjectOpenFile(file, 0);
        if (handle.IsInvalid)
        {
            throw new HarnessException($"{file} cannot be opened: {LibC.ErrorText(Marshal.GetLastPInvokeError())}");
        }
        int result = LibBpf.ObjectLoad(handle);
        if (result < 0)
        {
            handle.Dispose();
            throw new HarnessException($"{file} cannot be loaded: {LibC.ErrorText(-result)}");
        }
    }

    /// <summary>Writes a number into a map of numbers.</summary>
    /// <exception cref="HarnessException">The kernel refused.</exception>
    public void Put(string map, int key, int value)
    {
        int result = LibBpf.Update(LibBpf.MapDescriptor(LibBpf.FindMap(handle, map)), (byte*)&key, (byte*)&value, LibBpf.Any);
        if (result < 0)
        {
            throw new HarnessException($"{map} of {name} cannot be written: {LibC.ErrorText(-result)}");
        }
    }

    /// <summary>Attaches it to an interface of the calling thread's network namespace.</summary>
    /// <exception cref="HarnessException">The kernel refused.</exception>
    public XdpLink Attach(int ifindex) => XdpLink.Attach(LibBpf.ProgramDescriptor(LibBpf.FindProgram(handle, name)), name, ifindex, XdpMode.Native);

    public void Dispose() => handle.Dispose();
}
