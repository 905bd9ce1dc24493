namespace MizarLab.Overlay;

/// <summary>
/// The user-space function behind a proxied endpoint, of those the lab has (<c>Workload/Proxied/</c>). It is given whole Geneve frames, as they came off the wire.
/// </summary>
public enum ProxiedFunction : byte
{
    /// <summary>The endpoint is not proxied: behind it is a stack.</summary>
    None,

    /// <summary>Answers ARP, pings and datagrams to it, in the frame they came in, tunnel and all.</summary>
    Echo,

    /// <summary>The same, but takes the tunnel off itself and sends plain frames.</summary>
    EchoPlain,

    /// <summary>Answers nothing.</summary>
    Sink,

    /// <summary>A hostile one, to test with: answers as <see cref="Echo"/>, under the VNI after its own.</summary>
    ForgeVni,
}

/// <summary>How a live backend gives the function its frames; to the simulated ones it is all one.</summary>
public enum FunctionPort : byte
{
    /// <summary>A packet socket on the interface.</summary>
    Interface,

    /// <summary>An AF_XDP socket: past the kernel's stack, through memory shared with it.</summary>
    AfXdp,
}
