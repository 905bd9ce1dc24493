namespace MizarLab.DataPlane;

/// <summary>
/// What a frame has been through: byte 54, the fifth of the RTS option, of which upstream uses nothing (§2.5). The dialect <c>mizar</c> writes 0 at
/// encapsulation and leaves it alone; a bit is written only under a switch that reads it.
/// </summary>
[Flags]
internal enum RtsFlags : byte
{
    None = 0,

    /// <summary>Sent by direct path; any other rewrite takes it off (<see cref="Switches.DirectPathInvalidation"/>).</summary>
    Direct = 0x01,

    /// <summary>Changed network, and paid for it with one of its inner TTL (<see cref="Switches.InnerTtl"/>).</summary>
    Routed = 0x02,

    /// <summary>A divider has sent it on (<see cref="Switches.LoopGuard"/>).</summary>
    Divided = 0x04,

    /// <summary>The option names the divider in the sender's stead (<see cref="Switches.InnerTtl"/>, <see cref="Switches.DirectAcrossNetworks"/>).</summary>
    Substituted = 0x08,
}
