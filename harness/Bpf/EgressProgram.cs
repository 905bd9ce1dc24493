using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// The tc program that limits best-effort traffic (bpf/edt.bpf.c), loaded when a droplet first needs it, and sharing the droplet's clock.
/// </summary>
internal sealed class EgressProgram(BpfOptions options, BpfObject shared) : IDisposable
{
    private BpfObject? loaded;

    /// <exception cref="HarnessException">The object is missing, or the kernel refused it.</exception>
    public BpfObject Object => loaded ??= BpfObject.Load("edt.bpf.o", ["edt"], options, shared);

    public void Dispose() => loaded?.Dispose();
}
