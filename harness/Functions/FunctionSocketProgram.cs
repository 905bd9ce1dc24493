using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Functions;

/// <summary>The program that hands an interface's frames to a function's AF_XDP socket (<c>bpf/function_socket.bpf.c</c>), on one interface.</summary>
internal sealed unsafe class FunctionSocketProgram : IDisposable
{
    private const string File = "function_socket.bpf.o";

    private readonly BpfObjectHandle handle;
    private XdpLink? link;

    /// <exception cref="HarnessException">The object is missing, or the kernel refused it.</exception>
    public FunctionSocketProgram(string? objects)
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
    }

    /// <summary>Gives a bound socket the frames of an interface of the calling thread's network namespace.</summary>
    /// <param name="queue">The queue the socket is bound to.</param>
    /// <exception cref="HarnessException">The kernel refused.</exception>
    public void Attach(int ifindex, int queue, int socket)
    {
        int result = LibBpf.Update(LibBpf.MapDescriptor(LibBpf.FindMap(handle, "function_sockets")), (byte*)&queue, (byte*)&socket, LibBpf.Any);
        if (result < 0)
        {
            throw new HarnessException($"a function's socket cannot be given frames: {LibC.ErrorText(-result)}");
        }
        LinkOptions options = new() { Size = (nuint)sizeof(LinkOptions), Flags = (uint)XdpMode.Native };
        result = LibBpf.LinkCreate(LibBpf.ProgramDescriptor(LibBpf.FindProgram(handle, "function_socket")), ifindex, LibBpf.AttachXdp, &options);
        link = result >= 0 ? new XdpLink(result) : throw new HarnessException($"a function's interface takes no program: {LibC.ErrorText(-result)}");
    }

    public void Dispose()
    {
        link?.Dispose();
        handle.Dispose();
    }
}
