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

    /// <summary>Agent, lab: → the endpoint's slot on this very droplet (§8.1 P30).</summary>
    LocalDelivery = 7,

    /// <summary>Scaled stage: → back to the client's host, with instructions (§3.9.1).</summary>
    ToClientHost = 8,

    /// <summary>Client's host: rewritten → back to who asked for it (§3.9.3).</summary>
    Modified = 9,

    /// <summary>Lab: made an ICMP error → back to the sender.</summary>
    IcmpError = 11,

    /// <summary>Lab: the endpoint is not here any more → back to the droplet that took the direct path (§8.1 P4).</summary>
    Returned = 12,

    /// <summary>Lab: a returned frame, its direct-path entry dropped → a bouncer.</summary>
    Repaired = 13,

    /// <summary>Lab: → a proxied endpoint's slot, undecapsulated: to its user-space function.</summary>
    ToFunction = 14,

    // Handed to the host's stack.
    NotIpv4 = 16,
    NotUdp = 17,
    NotGeneve = 18,
    NotEthernetInGeneve = 19,

    /// <summary>Rewritten, then passed up because the outer TOS has bit 0x02 (§3.6 row 6).</summary>
    LowPriority = 20,

    /// <summary>Agent: not premium → the host's bridge and its queues (§3.4 row 8).</summary>
    ToBridge = 21,

    /// <summary>Lab: UDP to another address than the NIC's.</summary>
    OtherAddress = 22,

    /// <summary>Lab: Geneve that is not ours.</summary>
    ForeignGeneve = 23,

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

    /// <summary>A label option cut off or of another class or type (§3.6 row 2).</summary>
    BadLabelOption = 42,

    /// <summary>Network policy (§3.10).</summary>
    EgressDenied = 43,
    IngressDenied = 44,

    /// <summary>A reply whose connection was denied, or is denied now (§3.2 row 5b).</summary>
    ReplyDenied = 45,

    /// <summary>Scaled stage: a port entry but no endpoint (§3.9.1).</summary>
    ScaledUnknown = 46,

    /// <summary>Scaled stage: too short for what it reads.</summary>
    ScaledShort = 47,

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

    /// <summary>Scaled stage: the service has no such port (§3.9.1).</summary>
    ScaledNoPort = 76,

    /// <summary>Scaled stage: the service has no backends.</summary>
    ScaledNoBackend = 77,

    /// <summary>Scaled stage: neither TCP, UDP nor ICMP.</summary>
    ScaledProtocol = 78,

    /// <summary>Inline variant: the backend is a scaled endpoint itself (§3.9.2).</summary>
    ScaledBackend = 79,

    /// <summary>Lab, from here on: the source is not the endpoint's (§8.1 P1).</summary>
    SpoofedSource = 80,

    /// <summary>§8.1 P2.</summary>
    UntrustedPeer = 81,

    /// <summary>Its network's bouncer does not know it (§8.1 P3).</summary>
    UnknownEndpoint = 82,

    /// <summary>§8.1 P32.</summary>
    ArpUnanswered = 83,

    /// <summary>Broadcast or multicast.</summary>
    GroupAddress = 84,

    /// <summary>Underlay IPv4 or UDP that contradicts itself.</summary>
    BadOuterHeader = 85,

    /// <summary>Version, reserved bits, control frames.</summary>
    BadGeneve = 86,

    /// <summary>Geneve options that contradict themselves.</summary>
    BadOptions = 87,

    /// <summary>Neither ARP nor IPv4.</summary>
    InnerTypeRefused = 88,

    /// <summary>Inner IPv4 that contradicts itself.</summary>
    BadInnerHeader = 89,

    /// <summary>A transport header that contradicts its packet.</summary>
    BadInnerTransport = 90,

    /// <summary>A fragment where ports are needed.</summary>
    InnerFragment = 91,

    /// <summary>And no ICMP error could be sent.</summary>
    InnerTtlExpired = 93,

    /// <summary>And no ICMP error could be sent.</summary>
    TooBig = 94,

    /// <summary>An ICMP error beyond the limit.</summary>
    ErrorsLimited = 95,

    // The redirect has no target: ABORTED.
    /// <summary>The NIC's devmap slot is empty.</summary>
    NoNicSlot = 96,

    /// <summary>The endpoint's devmap slot is empty or out of range.</summary>
    NoEndpointSlot = 97,

    /// <summary>Congestion experienced, on a packet that cannot carry it (RFC 6040).</summary>
    CongestionLost = 99,
    NaclDenied = 100,

    /// <summary>The endpoint's token bucket is empty.</summary>
    RateLimited = 101,

    /// <summary>To the outside: no port left to translate to, or nothing that can be translated, or one of our own public addresses.</summary>
    NoTranslation = 102,

    /// <summary>A function's verdict.</summary>
    FunctionDropped = 103,

    /// <summary>A returned frame whose sender is not here.</summary>
    StaleReturn = 105,

    /// <summary>From the outside: it belongs to no session, and nothing is forwarded there.</summary>
    NoConnection = 106,

    /// <summary>A proxied endpoint's function sent a tunnelled frame under another VNI than its VPC's.</summary>
    ForeignVni = 107,
}
