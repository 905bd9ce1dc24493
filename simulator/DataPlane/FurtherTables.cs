using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Tables of a droplet that most droplets have no row of, or most frames do not ask: of networks and VPCs, policy, services, stages, and so on. Each is made by whoever asks
/// for it; programs that only look ask first whether there is one. A part of <see cref="DropletTables"/>, and an object of its own so that they take none of its lines.
/// </summary>
internal sealed class FurtherTables(TableSizes sizes)
{
    private PrefixTable<NetworkValue>? networks;
    private FlatTable<Vni, AddressList>? vpcs;
    private FlatTable<int, StageProgram>? stages;
    private FlatTable<ServicePortKey, ushort>? servicePorts;
    private LruTable<NatKey, NatValue>? forwardNat;
    private LruTable<NatKey, NatValue>? reverseNat;
    private FlatTable<PolicyScope, byte>? policyEnforced;
    private FlatTable<PolicyPortKey, PolicyBits>? policyPorts;
    private PolicyCidrTable? policyCidrs;
    private FlatTable<PolicyLabelKey, PolicyBits>? policyLabels;
    private StatisticsRow? statistics;
    private EgressPacer? bandwidth;
    private FlatTable<Vni, Translator>? translators;
    private FlatTable<PortForwardKey, PortForward>? portForwards;
    private LruTable<TranslationKey, TranslationValue>? translations;
    private FlatTable<NaclKey, NaclEntry>? nacl;
    private FlatTable<AgentId, TokenBucket>? tokens;
    private DropCounters? drops;
    private IcmpErrorLimit? errorLimit;

    public bool HasStages => stages is not null;

    public bool HasForwardNat => forwardNat is not null;

    public bool HasReverseNat => reverseNat is not null;

    public bool HasStatistics => statistics is not null;

    public bool HasBandwidth => bandwidth is not null;

    public PrefixTable<NetworkValue> Networks => networks ??= new(sizes.Networks);

    public FlatTable<Vni, AddressList> Vpcs => vpcs ??= new(sizes.Vpcs);

    public FlatTable<int, StageProgram> Stages => stages ??= new();

    public FlatTable<ServicePortKey, ushort> ServicePorts => servicePorts ??= new(sizes.ServicePorts);

    public LruTable<NatKey, NatValue> ForwardNat => forwardNat ??= new(sizes.Nat);

    public LruTable<NatKey, NatValue> ReverseNat => reverseNat ??= new(sizes.Nat);

    public FlatTable<PolicyScope, byte> PolicyEnforced => policyEnforced ??= new();

    public FlatTable<PolicyPortKey, PolicyBits> PolicyPorts => policyPorts ??= new();

    public PolicyCidrTable PolicyCidrs => policyCidrs ??= new();

    public FlatTable<PolicyLabelKey, PolicyBits> PolicyLabels => policyLabels ??= new();

    public StatisticsRow Statistics => statistics ??= new();

    public EgressPacer Bandwidth => bandwidth ??= new();

    public FlatTable<Vni, Translator> Translators => translators ??= new();

    public FlatTable<PortForwardKey, PortForward> PortForwards => portForwards ??= new();

    public LruTable<TranslationKey, TranslationValue> Translations => translations ??= new(sizes.Translations);

    public FlatTable<NaclKey, NaclEntry> Nacl => nacl ??= new();

    public FlatTable<AgentId, TokenBucket> Tokens => tokens ??= new();

    public DropCounters Drops => drops ??= new();

    public IcmpErrorLimit ErrorLimit => errorLimit ??= new();

    public int HeldForward => forwardNat?.Count ?? 0;

    public int HeldReverse => reverseNat?.Count ?? 0;

    public int HeldTranslations => translations?.Count ?? 0;
}
