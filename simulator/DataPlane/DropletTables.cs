using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The tables of one droplet. Programs use the typed members; the table seam finds the rows of a descriptor by <see cref="RowsOf"/>.
/// Another table is one member and one line there.
/// </summary>
internal sealed class DropletTables
{
    private readonly ChangeLog changes;

    public DropletTables(DataPlaneSettings settings, TableSizes sizes, ChangeLog changes)
    {
        this.changes = changes;
        Settings = settings;
        DirectPathLifetime = LabClock.Ticks(settings.DirectPathLifetime);
        Timeouts = new ConnectionTimeouts(settings);
        Slots = new SlotTable(sizes.Slots);
        Endpoints = new FlatTable<EndpointKey, EndpointValue>(sizes.Endpoints);
        Networks = new PrefixTable<NetworkValue>(sizes.Networks);
        Vpcs = new FlatTable<Vni, AddressList>(sizes.Vpcs);
        DirectPath = new LruTable<EndpointKey, CachedHost>(sizes.DirectPath);
        AgentSubstrate = new FlatTable<AgentSubstrateKey, MacAddress>(sizes.AgentSubstrate);
        ServicePorts = new FlatTable<ServicePortKey, ushort>(sizes.ServicePorts);
        ForwardNat = new LruTable<NatKey, NatValue>(sizes.Nat);
        ReverseNat = new LruTable<NatKey, NatValue>(sizes.Nat);
        Connections = new LruTable<ConnectionKey, ConnectionState>(sizes.Connections);
        Translations = new LruTable<TranslationKey, TranslationValue>(sizes.Translations);
    }

    public DataPlaneSettings Settings { get; }

    /// <summary><see cref="DataPlaneSettings.DirectPathLifetime"/> in ticks.</summary>
    public uint DirectPathLifetime { get; }

    public ConnectionTimeouts Timeouts { get; }

    /// <summary>The time of this run, in <see cref="LabClock"/> ticks.</summary>
    public uint Now { get; set; }

    /// <summary>The same, in nanoseconds.</summary>
    public ulong Nanoseconds { get; set; }

    public SingleRow<InterfaceConfig> Interface { get; } = new();

    public SlotTable Slots { get; }

    public SlotTable AgentSlots { get; } = new();

    public FlatTable<EndpointKey, EndpointValue> Endpoints { get; }

    public PrefixTable<NetworkValue> Networks { get; }

    public FlatTable<Vni, AddressList> Vpcs { get; }

    public LruTable<EndpointKey, CachedHost> DirectPath { get; }

    public FlatTable<AgentId, AgentConfig> Agents { get; } = new();

    public FlatTable<AgentSubstrateKey, MacAddress> AgentSubstrate { get; }

    public FlatTable<int, StageProgram> Stages { get; } = new();

    public FlatTable<ServicePortKey, ushort> ServicePorts { get; }

    public LruTable<NatKey, NatValue> ForwardNat { get; }

    public LruTable<NatKey, NatValue> ReverseNat { get; }

    public LruTable<ConnectionKey, ConnectionState> Connections { get; }

    /// <summary>Which policy the rows below are.</summary>
    public uint PolicyEpoch { get; private set; } = DataPlane.PolicyEpoch.First;

    public FlatTable<PolicyScope, byte> PolicyEnforced { get; } = new();

    public FlatTable<PolicyPortKey, PolicyBits> PolicyPorts { get; } = new();

    public PolicyCidrTable PolicyCidrs { get; } = new();

    public FlatTable<PolicyLabelKey, PolicyBits> PolicyLabels { get; } = new();

    public SingleRow<TransmitStatistics> Statistics { get; } = new();

    public EgressPacer Bandwidth { get; } = new();

    public FlatTable<NaclKey, NaclEntry> Nacl { get; } = new();

    public FlatTable<Vni, Translator> Translators { get; } = new();

    public FlatTable<PortForwardKey, PortForward> PortForwards { get; } = new();

    public LruTable<TranslationKey, TranslationValue> Translations { get; }

    public FlatTable<AgentId, TokenBucket> Tokens { get; } = new();

    public PeerTable Peers { get; } = new();

    public DropCounters Drops { get; } = new();

    public IcmpErrorLimit ErrorLimit { get; } = new();

    /// <summary>The rows of a descriptor.</summary>
    /// <exception cref="ArgumentException">The data plane has no such table.</exception>
    public IRows<TKey, TValue> RowsOf<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        object? rows =
            ReferenceEquals(table, Tables.Interface) ? Interface
            : ReferenceEquals(table, Tables.Slots) ? Slots
            : ReferenceEquals(table, Tables.AgentSlots) ? AgentSlots
            : ReferenceEquals(table, Tables.Endpoints) ? Endpoints
            : ReferenceEquals(table, Tables.Networks) ? Networks
            : ReferenceEquals(table, Tables.Vpcs) ? Vpcs
            : ReferenceEquals(table, Tables.DirectPath) ? DirectPath
            : ReferenceEquals(table, Tables.Agents) ? Agents
            : ReferenceEquals(table, Tables.AgentSubstrate) ? AgentSubstrate
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
            : ReferenceEquals(table, Tables.Peers) ? Peers
            : ReferenceEquals(table, Tables.Drops) ? Drops
            : null;
        return (IRows<TKey, TValue>?)rows ?? throw new ArgumentException($"the model has no table '{table.Name}'", nameof(table));
    }

    /// <summary>Gives back what the tables have taken beyond their rows.</summary>
    public void Trim()
    {
        Endpoints.Trim();
        Agents.Trim();
        AgentSubstrate.Trim();
    }

    /// <summary>Says that somebody wrote to a table through the seam.</summary>
    public void NoteWrite(ITable table)
    {
        if (DataPlane.PolicyEpoch.Counts(table))
        {
            PolicyEpoch = DataPlane.PolicyEpoch.Next(PolicyEpoch);
        }
    }

    /// <summary>The MAC of an underlay address, from the substrate entries under VNI 0.</summary>
    public bool TryResolve(Ipv4Address address, out MacAddress mac)
    {
        bool known = Endpoints.TryGet(new EndpointKey(Vni.Substrate, address), out EndpointValue entry);
        mac = entry.Mac;
        return known;
    }

    /// <summary>Writes a MAC override into the substrate row of an agent that has it, as a program does.</summary>
    public void OverrideMac(in AgentSubstrateKey row, MacAddress mac)
    {
        if (AgentSubstrate.TryGet(in row, out MacAddress known) && known != mac)
        {
            AgentSubstrate.Put(in row, in mac);
            changes.Written(Tables.AgentSubstrate, in row, in mac);
        }
    }

    /// <summary>Writes a token bucket, as an agent that spent of it does.</summary>
    public void Spend(in AgentId agent, in TokenBucket bucket)
    {
        Tokens.Put(in agent, in bucket);
        changes.Written(Tables.Tokens, in agent, in bucket);
    }

    /// <summary>Writes a direct-path entry, as a program learned it.</summary>
    public void Learn(in EndpointKey endpoint, in CachedHost host) => Learn(Tables.DirectPath, DirectPath, in endpoint, in host);

    /// <summary>Writes a row of a learned table, as a program does; a change is noted.</summary>
    public void Learn<TKey, TValue>(Table<TKey, TValue> table, LruTable<TKey, TValue> rows, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct, IEquatable<TValue>
    {
        LruChange change = rows.Put(in key, in value, out TKey evicted);
        if (change == LruChange.AddedForAnother)
        {
            changes.Removed(table, in evicted);
        }
        if (change != LruChange.None)
        {
            changes.Written(table, in key, in value);
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
            changes.Removed(table, in key);
        }
    }
}
