using MizarLab.Harness.Bpf.Native;
using Microsoft.Win32.SafeHandles;

namespace MizarLab.Harness.Bpf;

/// <summary>How a program is attached to an interface (XDP_FLAGS_*).</summary>
public enum XdpMode : uint
{
    /// <summary>In the network stack, after a socket buffer was made (XDP_FLAGS_SKB_MODE).</summary>
    Generic = 2,

    /// <summary>In the driver (XDP_FLAGS_DRV_MODE). A veth refuses it with ERANGE at an MTU of 9000; 3000 works.</summary>
    Native = 4,
}

/// <summary>A program attached to an interface; disposing of it, or the end of this process, detaches it.</summary>
public sealed class XdpLink : SafeHandleMinusOneIsInvalid
{
    internal XdpLink(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
