using System.Runtime.InteropServices;

namespace MizarLab.Harness.Bpf.Native;

/// <summary>struct bpf_object: an opened object file, its programs and maps. Closing it closes their descriptors.</summary>
internal sealed class BpfObjectHandle : SafeHandle
{
    public BpfObjectHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibBpf.ObjectClose(handle);
        return true;
    }
}

/// <summary>struct ring_buffer: the reading end of one or more ring buffer maps.</summary>
internal sealed class RingBufferHandle : SafeHandle
{
    public RingBufferHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibBpf.RingFree(handle);
        return true;
    }
}
