using MizarLab.Harness.Backends;
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
    private XdpLink(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Attaches a program to an interface of the calling thread's network namespace.</summary>
    /// <param name="program">Its descriptor.</param>
    /// <param name="name">What it is called in the message.</param>
    /// <exception cref="HarnessException">The kernel refused; says why and the mend.</exception>
    internal static unsafe XdpLink Attach(int program, string name, int ifindex, XdpMode mode)
    {
        const int tooLarge = 34, busy = 16; // ERANGE, EBUSY
        LinkOptions options = new() { Size = (nuint)sizeof(LinkOptions), Flags = (uint)mode };
        int result = LibBpf.LinkCreate(program, ifindex, LibBpf.AttachXdp, &options);
        if (result >= 0)
        {
            return new XdpLink(result);
        }
        string mend = -result switch
        {
            tooLarge => "; its MTU is too large for one buffer a frame (3000 works)",
            busy => "; another program is attached to it",
            _ => "",
        };
        throw new HarnessException($"{name} cannot be attached to interface {ifindex} ({mode.ToString().ToLowerInvariant()}): {LibC.ErrorText(-result)}{mend}");
    }

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
