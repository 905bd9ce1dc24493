namespace MizarLab.DataPlane;

/// <summary>
/// Every correction of upstream's data plane as one switch (spec §10.1): off, the data plane does what upstream does; on, what we do. The dialect
/// <c>mizar</c> is all of them off, <c>lab</c> all of them on. The bits are those of <c>bpf/switches.h</c>; a test holds the two lists equal.
/// <see cref="SwitchTable"/> says of each what upstream does, what we do, and which row of spec §8.1 it answers.
/// </summary>
[Flags]
public enum Switches : ulong
{
    None = 0,
    SourceValidation = 1ul << 0,
    TrustedPeers = 1ul << 1,
    LoopGuard = 1ul << 2,
    ArpSuppression = 1ul << 3,
    DirectPathLifetime = 1ul << 4,
    DirectPathInvalidation = 1ul << 5,
    HostHealth = 1ul << 6,
    ForeignUdp = 1ul << 7,
    ForeignGeneve = 1ul << 8,
    InnerType = 1ul << 9,
    RealHeaderLength = 1ul << 10,
    Fragments = 1ul << 11,
    VniInNatKeys = 1ul << 12,
    Checksums = 1ul << 13,
    InlinePort = 1ul << 14,
    ConnectionState = 1ul << 15,
    ReplyLabels = 1ul << 16,
    ServiceReplies = 1ul << 17,
    LabelsPerEndpoint = 1ul << 18,
    SctpPorts = 1ul << 19,
    OuterTtl = 1ul << 20,
    InnerTtl = 1ul << 21,
    IcmpErrors = 1ul << 22,
    GatewayAnswers = 1ul << 23,
    CarryEcnDf = 1ul << 24,
    StandardOptions = 1ul << 25,
    SourcePorts = 1ul << 26,
    HashPerTier = 1ul << 27,
    EcnIsNoPriority = 1ul << 28,
    BestEffortMedium = 1ul << 29,
    OverrideByCopy = 1ul << 30,
    CompleteStages = 1ul << 31,
    PacedEdt = 1ul << 32,
    LocalDelivery = 1ul << 33,
    DirectAcrossNetworks = 1ul << 34,
    StrictParsing = 1ul << 35,

    /// <summary>All of them.</summary>
    All = (1ul << 36) - 1,
}
