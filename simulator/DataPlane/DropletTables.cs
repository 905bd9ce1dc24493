using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The tables of one droplet. Programs use the typed members; the table seam finds the rows of a descriptor by <see cref="RowsOf"/>.
/// Another table is one member and one line there.
/// </summary>
internal sealed partial class DropletTables
{
    /// <summary>How much of the object runs look at.</summary>
    public const int HotBytes = 512;

    // What nearly every run looks at lies in this object itself, side by side.
    public EndpointTable Endpoints;

    /// <summary>Agents, and the substrate rows each of them has.</summary>
    public AgentTable Agents;

    public SingleRow<InterfaceConfig> Interface;

    public SlotTable Slots;

    public SlotTable AgentSlots;

    public PeerTable Peers;

    /// <summary>Where the endpoints of others live, as this droplet learned it.</summary>
    public readonly LruTable<EndpointKey, CachedHost> DirectPath;

    public readonly LruTable<ConnectionKey, ConnectionState> Connections;

    // The others: a line of this object for all of them.
    private FurtherTables? further;
    private bool hasDetours;
    private readonly TableSizes sizes;
    private readonly Lifetimes lifetimes;
    private SimTime time;

    /// <param name="lifetimesOfAll">Of the settings, shared by all droplets; null: its own.</param>
    public DropletTables(DataPlaneSettings settings, TableSizes sizes, Lifetimes? lifetimesOfAll = null)
    {
        this.sizes = sizes;
        Settings = settings;
        Slots = new SlotTable(sizes.Slots);
        AgentSlots = new SlotTable(SlotTable.Limit);
        Endpoints = new EndpointTable(sizes.Endpoints);
        Agents = new AgentTable(sizes.AgentSubstrate);

        // Made with this object they lie behind it, on its page.
        Connections = new(sizes.Connections);
        DirectPath = new(sizes.DirectPath);
        lifetimes = lifetimesOfAll ?? new Lifetimes(settings);
    }

    public DataPlaneSettings Settings { get; }

    /// <summary>
    /// Whether frames may take the straight ways (<see cref="StraightAgent"/>, <see cref="StraightTransit"/>): every correction is on, and there is none of the tables that
    /// only other ways ask.
    /// </summary>
    public bool GoesStraight =>
        Settings.On == Switches.All
        && !hasDetours
        && Counters is null
        && !Interface.Value.HasOutside;

    /// <summary>Where whoever runs programs on this droplet wants to be told what they change.</summary>
    public ChangeLog? Changes { get; set; }

    /// <summary>What the caches do, where somebody wants to know.</summary>
    public CacheCounters? Counters { get; set; }

    /// <summary>The time of this run.</summary>
    public SimTime Time
    {
        get => time;
        set
        {
            time = value;
            Now = LabClock.Ticks(value);
        }
    }

    /// <summary>The same, in <see cref="LabClock"/> ticks.</summary>
    public uint Now { get; private set; }

    /// <summary>The same, in nanoseconds.</summary>
    public ulong Nanoseconds => LabClock.Nanoseconds(Time);

    public Lifetimes Lifetimes => lifetimes;

    /// <summary>Which policy the rows are.</summary>
    public uint PolicyEpoch { get; private set; } = DataPlane.PolicyEpoch.First;

    /// <summary>Tables that no frame on a straight way asks, but for a connection's first.</summary>
    private FurtherTables Further => further ??= new(sizes);

    /// <summary>The same, for a table whose presence ends the straight ways here: noted in this object, where every run looks.</summary>
    private FurtherTables Detours
    {
        get
        {
            hasDetours = true;
            return Further;
        }
    }

    public bool HasStages => hasDetours && Further.HasStages;

    public bool HasForwardNat => hasDetours && Further.HasForwardNat;

    public bool HasReverseNat => hasDetours && Further.HasReverseNat;

    public bool HasStatistics => hasDetours && Further.HasStatistics;

    public bool HasBandwidth => further is { HasBandwidth: true };

    public PrefixTable<NetworkValue> Networks => Further.Networks;

    public FlatTable<Vni, AddressList> Vpcs => Further.Vpcs;

    public FlatTable<int, StageProgram> Stages => Detours.Stages;

    public FlatTable<ServicePortKey, ushort> ServicePorts => Further.ServicePorts;

    public LruTable<NatKey, NatValue> ForwardNat => Detours.ForwardNat;

    public LruTable<NatKey, NatValue> ReverseNat => Detours.ReverseNat;

    public FlatTable<PolicyScope, byte> PolicyEnforced => Further.PolicyEnforced;

    public FlatTable<PolicyPortKey, PolicyBits> PolicyPorts => Further.PolicyPorts;

    public PolicyCidrTable PolicyCidrs => Further.PolicyCidrs;

    public FlatTable<PolicyLabelKey, PolicyBits> PolicyLabels => Further.PolicyLabels;

    public StatisticsRow Statistics => Detours.Statistics;

    public EgressPacer Bandwidth => Further.Bandwidth;

    public FlatTable<Vni, Translator> Translators => Further.Translators;

    public FlatTable<PortForwardKey, PortForward> PortForwards => Further.PortForwards;

    public LruTable<TranslationKey, TranslationValue> Translations => Further.Translations;

    public FlatTable<NaclKey, NaclEntry> Nacl => Further.Nacl;

    public FlatTable<AgentId, TokenBucket> Tokens => Further.Tokens;

    public DropCounters Drops => Further.Drops;

    public IcmpErrorLimit ErrorLimit => Further.ErrorLimit;

    /// <summary>The rows of a descriptor.</summary>
    /// <exception cref="ArgumentException">The data plane has no such table.</exception>
    public IRows<TKey, TValue> RowsOf<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        object? rows =
            ReferenceEquals(table, Tables.Interface) ? this
            : ReferenceEquals(table, Tables.Slots) ? new SlotRows(this, agents: false)
            : ReferenceEquals(table, Tables.AgentSlots) ? new SlotRows(this, agents: true)
            : ReferenceEquals(table, Tables.Endpoints) ? this
            : ReferenceEquals(table, Tables.Networks) ? Networks
            : ReferenceEquals(table, Tables.Vpcs) ? Vpcs
            : ReferenceEquals(table, Tables.DirectPath) ? DirectPath
            : ReferenceEquals(table, Tables.Agents) ? this
            : ReferenceEquals(table, Tables.AgentSubstrate) ? this
            : ReferenceEquals(table, Tables.Stages) ? Stages
            : ReferenceEquals(table, Tables.ServicePorts) ? ServicePorts
            : ReferenceEquals(table, Tables.ForwardNat) ? ForwardNat
            : ReferenceEquals(table, Tables.ReverseNat) ? ReverseNat
            : ReferenceEquals(table, Tables.Connections) ? Connections
            : ReferenceEquals(table, Tables.PolicyEnforced) ? PolicyEnforced
            : ReferenceEquals(table, Tables.PolicyPorts) ? PolicyPorts
            : ReferenceEquals(table, Tables.PolicyCidrs) ? PolicyCidrs
            : ReferenceEquals(table, Tables.PolicyLabels) ? PolicyLabels
            : ReferenceEquals(table, Tables.Statistics) ? Statistics
            : ReferenceEquals(table, Tables.Bandwidth) ? Bandwidth
            : ReferenceEquals(table, Tables.Nacl) ? Nacl
            : ReferenceEquals(table, Tables.Translators) ? Translators
            : ReferenceEquals(table, Tables.PortForwards) ? PortForwards
            : ReferenceEquals(table, Tables.Translations) ? Translations
            : ReferenceEquals(table, Tables.Tokens) ? Tokens
            : ReferenceEquals(table, Tables.Peers) ? this
            : ReferenceEquals(table, Tables.Drops) ? Drops
            : null;
        return (IRows<TKey, TValue>?)rows ?? throw new ArgumentException($"the model has no table '{table.Name}'", nameof(table));
    }

    /// <summary>Gives back what the tables have taken beyond their rows.</summary>
    public void Trim()
    {
        Endpoints.Trim();
        Agents.Trim();
    }

    /// <summary>Says that somebody wrote to a table through the seam.</summary>
    public void NoteWrite(ITable table)
    {
        if (DataPlane.PolicyEpoch.Counts(table))
        {
            PolicyEpoch = DataPlane.PolicyEpoch.Next(PolicyEpoch);
        }
    }

    /// <summary>Rows a cache holds; makes no table that is not there.</summary>
    public int RowsHeld(CacheTable cache) => cache switch
    {
        CacheTable.DirectPath => DirectPath.Count,
        CacheTable.ForwardNat => further?.HeldForward ?? 0,
        CacheTable.ReverseNat => further?.HeldReverse ?? 0,
        CacheTable.Connections => Connections.Count,
        _ => further?.HeldTranslations ?? 0,
    };

    /// <summary>Asks for the memory of all rows an agent will look for, before it looks for the first: they come together, and not one after the other.</summary>
    public void Ask(Vni vni, in FlowKey flow)
    {
        DirectPath.Ask(new EndpointKey(vni, flow.Destination));
        Connections.Ask(new ConnectionKey(vni, in flow));
    }

    /// <summary>The MAC of an underlay address, from the substrate entries under VNI 0.</summary>
    public bool TryResolve(Ipv4Address address, out MacAddress mac) => Endpoints.TryResolve(address, out mac);

    /// <summary>The MAC an agent knows of a droplet.</summary>
    public bool TryResolve(in AgentSubstrateKey key, out MacAddress mac) => Agents.TryGet(in key, out mac);

    /// <summary>Counts a frame that was dropped or aborted.</summary>
    public void CountDrop(in ProgramResult result)
    {
        if (result.Verdict is Verdict.Drop or Verdict.Aborted)
        {
            Drops.Count(result.Reason);
        }
    }

    /// <summary>Writes a MAC override into the substrate row of an agent that has it, as a program does.</summary>
    public void OverrideMac(in AgentSubstrateKey row, MacAddress mac)
    {
        if (Agents.TryGet(in row, out MacAddress known) && known != mac)
        {
            Agents.Put(in row, in mac);
            Changes?.Written(Tables.AgentSubstrate, in row, in mac);
        }
    }

    /// <summary>Writes a token bucket, as an agent that spent of it does.</summary>
    public void Spend(in AgentId agent, in TokenBucket bucket)
    {
        Tokens.Put(in agent, in bucket);
        Changes?.Written(Tables.Tokens, in agent, in bucket);
    }

    /// <summary>Writes a direct-path entry, as a program learned it.</summary>
    public void Learn(in EndpointKey endpoint, in CachedHost host) => Learn(Tables.DirectPath, DirectPath, in endpoint, in host);

    /// <summary>Writes a row of a learned table, as a program does; a change is noted.</summary>
    public void Learn<TKey, TValue>(Table<TKey, TValue> table, LruTable<TKey, TValue> rows, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct, IEquatable<TValue>
    {
        LruChange change = rows.Put(in key, in value, out TKey evicted);
        if (change >= LruChange.Added)
        {
            Counters?.Inserted(table, change == LruChange.AddedForAnother);
        }
        if (change == LruChange.AddedForAnother)
        {
            Changes?.Removed(table, in evicted);
        }
        if (change != LruChange.None)
        {
            Changes?.Written(table, in key, in value);
        }
    }

    /// <summary>Writes a row of a learned table whose only news is when it was last used: no change, and nothing is noted.</summary>
    public static void Renew<TKey, TValue>(LruTable<TKey, TValue> rows, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct, IEquatable<TValue> => rows.Put(in key, in value);

    /// <summary>Removes a row of a learned table, as a program does.</summary>
    public void Forget<TKey, TValue>(Table<TKey, TValue> table, LruTable<TKey, TValue> rows, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct, IEquatable<TValue>
    {
        if (rows.Remove(in key))
        {
            Counters?.Removed(table);
            Changes?.Removed(table, in key);
        }
    }
}
