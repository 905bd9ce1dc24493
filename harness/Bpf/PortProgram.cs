using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// A program that passes everything, for the far end of a NIC's link: without one a veth leaves in its ring what its peer sends by XDP_TX (<c>bpf/port.bpf.c</c>).
/// </summary>
internal sealed unsafe class PortProgram : IDisposable
{
    private const string File = "port.bpf.o";

    private readonly BpfObjectHandle handle;
    private readonly int program;

    /// <exception cref="HarnessException">The object is missing, or the kernel refused it.</exception>
    public PortProgram(string? objects)
    {
        string file = Path.Combine(objects ?? BpfObjects.Locate(), File);
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
        program = LibBpf.ProgramDescriptor(LibBpf.FindProgram(handle, "port"));
    }

    /// <summary>Attaches it to an interface of the calling thread's network namespace.</summary>
    /// <exception cref="HarnessException">The kernel refused.</exception>
    public XdpLink Attach(int ifindex)
    {
        LinkOptions options = new() { Size = (nuint)sizeof(LinkOptions), Flags = (uint)XdpMode.Native };
        int result = LibBpf.LinkCreate(program, ifindex, LibBpf.AttachXdp, &options);
        return result >= 0 ? new XdpLink(result) : throw new HarnessException($"the far end of a NIC's link takes no program: {LibC.ErrorText(-result)}");
    }

    public void Dispose() => handle.Dispose();
}
