using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The tables of one droplet. Programs use the typed members; the table seam finds the rows of a descriptor by <see cref="RowsOf"/>.
/// Another table is one member and one line there.
/// </summary>
internal sealed class DropletTables
{
    private readonly ChangeLog changes;

    public DropletTables(TableSizes sizes, ChangeLog changes)
    {
        this.changes = changes;
        Endpoints = new FlatTable<EndpointKey, EndpointValue>(sizes.Endpoints);
        Networks = new PrefixTable<AddressList>(sizes.Networks);
        Vpcs = new FlatTable<Vni, AddressList>(sizes.Vpcs);
        DirectPath = new LruTable<EndpointKey, HostAddress>(sizes.DirectPath);
        AgentSubstrate = new FlatTable<AgentSubstrateKey, MacAddress>(sizes.AgentSubstrate);
    }

    public SingleRow<InterfaceConfig> Interface { get; } = new();

    public SlotTable Slots { get; } = new();

    public SlotTable AgentSlots { get; } = new();

    public FlatTable<EndpointKey, EndpointValue> Endpoints { get; }

    public PrefixTable<AddressList> Networks { get; }

    public FlatTable<Vni, AddressList> Vpcs { get; }

    public LruTable<EndpointKey, HostAddress> DirectPath { get; }

    public FlatTable<AgentId, AgentConfig> Agents { get; } = new();

    public FlatTable<AgentSubstrateKey, MacAddress> AgentSubstrate { get; }

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
            : null;
        return (IRows<TKey, TValue>?)rows ?? throw new ArgumentException($"the model has no table '{table.Name}'", nameof(table));
    }

    /// <summary>The MAC of an underlay address, from the substrate entries under VNI 0.</summary>
    public bool TryResolve(Ipv4Address address, out MacAddress mac)
    {
        bool known = Endpoints.TryGet(new EndpointKey(Vni.Substrate, address), out EndpointValue entry);
        mac = entry.Mac;
        return known;
    }

    /// <summary>Writes a direct-path entry, as a program learned it.</summary>
    public void Learn(in EndpointKey endpoint, in HostAddress host)
    {
        LruChange change = DirectPath.Put(in endpoint, in host, out EndpointKey evicted);
        if (change == LruChange.AddedForAnother)
        {
            changes.Note(in evicted, null);
        }
        if (change != LruChange.None)
        {
            changes.Note(in endpoint, host);
        }
    }
}
