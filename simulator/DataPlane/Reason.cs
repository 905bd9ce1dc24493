namespace MizarLab.DataPlane;

/// <summary>
/// Why a program answered as it did: one value a way out. The numbers are those of <c>bpf/reasons.h</c>; a test holds the two lists equal.
/// Where it says "→", the frame goes on; everything else ends here.
/// </summary>
public enum Reason : byte
{
    None = 0,

    // The ways on (spec §3.4 to §3.8).
    /// <summary>Agent: encapsulated → a bouncer of the endpoint's network (§3.4 row 2).</summary>
    ToBouncer = 1,

    /// <summary>Agent or router function: → the host in the direct-path cache (§3.4 row 1, §3.6 router 3).</summary>
    DirectPath = 2,

    /// <summary>Switch function: → the host of a simple or gateway endpoint (§3.6).</summary>
    ToHost = 3,

    /// <summary>Router function: → a bouncer of the destination network (§3.6 router 4).</summary>
    NetworkToBouncer = 4,

    /// <summary>Router function: → a divider of the VPC (§3.6 router 5).</summary>
    ToDivider = 5,

    /// <summary>Decapsulated → the endpoint's slot (§3.6).</summary>
    Delivered = 6,

    // Handed to the host's stack.
    NotIpv4 = 16,
    NotUdp = 17,
    NotGeneve = 18,
    NotEthernetInGeneve = 19,

    /// <summary>Rewritten, then passed up because the outer TOS has bit 0x02 (§3.6 row 6).</summary>
    LowPriority = 20,

    // Too short or not of a form we read: ABORTED.
    ShortEthernet = 32,
    ShortIpv4 = 33,
    ShortUdp = 34,
    ShortGeneve = 35,
    BadRtsOption = 36,
    BadScaledOption = 37,
    ShortInnerEthernet = 38,
    ShortInnerIpv4 = 39,
    ShortInnerTransport = 40,
    ShortArp = 41,

    // Refused: DROP.
    /// <summary>Agent: an EtherType it does not carry (§3.2 row 3).</summary>
    EtherTypeRefused = 64,
    ArpRefused = 65,
    TtlZero = 66,

    /// <summary>TTL fell to 0 at this rewrite.</summary>
    TtlExpired = 67,
    NotOurAddress = 68,

    /// <summary>The agent has no bouncer list (§3.4 row 2).</summary>
    NoBouncers = 69,

    /// <summary>No substrate entry for the next hop.</summary>
    NoSubstrate = 70,
    NoHeadroom = 71,

    /// <summary>The endpoint's entry names no host.</summary>
    NoRemote = 72,

    /// <summary>The VPC is not known here (§3.6 router 5).</summary>
    NoVpc = 73,

    /// <summary>An empty bouncer or divider list: the index is the hash itself and out of bounds.</summary>
    EmptyList = 74,

    /// <summary>A scaled endpoint and no stage program for it.</summary>
    NoScaledStage = 75,

    // The redirect has no target: ABORTED.
    /// <summary>The NIC's devmap slot is empty.</summary>
    NoNicSlot = 96,

    /// <summary>The endpoint's devmap slot is empty or out of range.</summary>
    NoEndpointSlot = 97,
}
