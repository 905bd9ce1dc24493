using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// A program on an interface's egress (clsact). Disposing of it takes the program off, on a thread of the interface's network namespace, and leaves
/// the empty clsact, which goes with the interface; so does the program when this process is killed.
/// </summary>
public sealed unsafe class TcLink : IDisposable
{
    private readonly int ifindex;
    private TcOptions attached;

    internal TcLink(int ifindex, TcOptions attached)
    {
        this.ifindex = ifindex;
        this.attached = attached;
    }

    public void Dispose()
    {
        TcHook hook = TcHook.Egress(ifindex);
        fixed (TcOptions* options = &attached)
        {
            if (options->Handle == 0)
            {
                return;
            }

            // What names the filter; libbpf wants all else to be zeros. The interface may have gone before.
            options->Program = 0;
            options->ProgramId = 0;
            options->Flags = 0;
            _ = LibBpf.TcDetach(&hook, options);
            options->Handle = 0;
        }
    }
}
