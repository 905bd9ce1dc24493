using MizarLab.DataPlane;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>Tables that programs write: enum changed_table of bpf/trace.h.</summary>
internal enum LearnedTable : byte
{
    DirectPath = 0,
    ForwardNat = 1,
    ReverseNat = 2,
    Connections = 3,
    Statistics = 4,
    Tokens = 5,
    AgentSubstrate = 6,
    Translations = 7,
}

/// <summary>The codecs of one droplet; which codec a table has.</summary>
internal sealed class TableCodecs : IDisposable
{
    private readonly Dictionary<ITable, ITableCodec> codecs;
    private readonly Dictionary<LearnedTable, ILearnedTableCodec> learned;
    private readonly HostLists lists;
    private readonly List<FlatTable> flat = [];
    private readonly DropletCell cell;
    private readonly AgentRows agentRows;
    private readonly List<LearnedMap> learnedMemory = [];

    /// <param name="agent">Has what agents alone use, and the shared maps where it uses them too.</param>
    /// <param name="transit">Has what transit alone uses.</param>
    /// <param name="options">What tables are sized and lists sharded by.</param>
    public TableCodecs(
        BpfObject agent, BpfObject transit, PortResolver ports, StagePrograms stages, EgressProgram egress, BpfOptions options)
    {
        lists = new HostLists(new HostTable(Map("hosts"), BpfSizes.Of("hosts", options) ?? 65_536), new ListPool(Map("picks"), BpfSizes.Of("picks", options) ?? 262_144), options.Settings);
        cell = new DropletCell(Map(DropletCell.Map));
        InterfaceRow self = new(cell);
        agentRows = new AgentRows(Map("agents"), Map("agent_places"), Map("agent_places_more"), options.Settings);
        OverriddenMacs overridden = new(Map("overridden"));
        AgentCodec agents = new(agentRows, lists, ports, overridden, options.Settings);
        LearnedMap nat = Learned(LearnedSizes.Nat, NatCodec.Bytes);
        DirectPathCodec directPath = new(Learned(LearnedSizes.DirectPath, Layout.EndpointKeyBytes));
        NatCodec forwardNat = new(Tables.ForwardNat, nat, cell);
        NatCodec reverseNat = new(Tables.ReverseNat, nat, cell);
        ConnectionCodec connections = new(Learned(LearnedSizes.Connections, ConnectionCodec.KeyBytes));
        PolicySummary policy = new(cell);
        PolicyScopes scopes = new(Map("policy_scopes"));
        TokenCodec tokens = new(Map("tokens"));
        TranslationCodec translations = new(Learned(LearnedSizes.Translations, TranslationCodec.Bytes));
        codecs = new Dictionary<ITable, ITableCodec>
        {
            [Tables.Interface] = new InterfaceCodec(self),
            [Tables.Slots] = new SlotCodec(Map("slots"), ports, Map("slot_interfaces")),
            [Tables.AgentSlots] = new SlotCodec(Map("agent_slots"), ports),
            [Tables.Endpoints] = new EndpointCodec(Flat(FlatSizes.Endpoints, 0), lists),
            [Tables.Networks] = new NetworkCodec(Map("networks"), lists, new NetworkRows(Flat(FlatSizes.Networks, 3), cell)),
            [Tables.Vpcs] = new VpcCodec(Map("vpcs"), lists),
            [Tables.DirectPath] = directPath,
            [Tables.Agents] = agents,
            [Tables.AgentSubstrate] = agents.Substrate,
            [Tables.Peers] = new PeerCodec(Flat(FlatSizes.Peers, 1)),
            [Tables.Drops] = new DropCodec(Map("drops"), Map("error_limit")),
            [Tables.Connections] = connections,
            [Tables.PolicyEnforced] = new PolicyEnforcedCodec(scopes, policy),
            [Tables.PolicyPorts] = new PolicyPortCodec(Map("policy_ports"), scopes, policy),
            [Tables.PolicyCidrs] = new PolicyCidrCodec(Map("policy_cidrs"), policy),
            [Tables.PolicyLabels] = new PolicyLabelCodec(Map("policy_labels"), policy),
            [Tables.Stages] = new StageCodec(Map("jump"), stages, self),
            [Tables.Nacl] = new NaclCodec(Map("nacls")),
            [Tables.Translators] = new TranslatorCodec(Map("translators")),
            [Tables.PortForwards] = new PortForwardCodec(Map("port_forwards")),
            [Tables.Translations] = translations,
            [Tables.Tokens] = tokens,
            [Tables.ServicePorts] = new ServicePortCodec(Flat(FlatSizes.ServicePorts, 2)),
            [Tables.ForwardNat] = forwardNat,
            [Tables.ReverseNat] = reverseNat,
            [Tables.Bandwidth] = new BandwidthCodec(egress),
            [Tables.Statistics] = new StatisticsCodec(Map("statistics"), self),
        };
        learned = new Dictionary<LearnedTable, ILearnedTableCodec>
        {
            [LearnedTable.DirectPath] = directPath,
            [LearnedTable.ForwardNat] = forwardNat,
            [LearnedTable.ReverseNat] = reverseNat,
            [LearnedTable.Connections] = connections,
            [LearnedTable.Tokens] = tokens,
            [LearnedTable.AgentSubstrate] = overridden,
            [LearnedTable.Translations] = translations,
        };

        // Shared maps are one map under several descriptors; any will do.
        FlatTable Flat(string name, int table)
        {
            FlatTable made = new(Map(name), name == FlatSizes.Networks ? null : Map(FlatSizes.Beside(name)), cell, table, FlatSizes.RowsOf(name, options)!.Value);
            flat.Add(made);
            return made;
        }

        LearnedMap Learned(string name, int keyBytes)
        {
            LearnedMap made = new(Map(name), Map(LearnedSizes.Sets(name)), keyBytes);
            learnedMemory.Add(made);
            return made;
        }

        BpfMap Map(string name) => transit.Has(name) ? transit.Map(name) : agent.Map(name);
    }

    public bool Has(ITable table) => codecs.ContainsKey(table);

    /// <exception cref="HarnessException">The programs have no such table.</exception>
    public TableCodec<TKey, TValue> Of<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct =>
        codecs.TryGetValue(table, out ITableCodec? codec)
            ? (TableCodec<TKey, TValue>)codec
            : throw new HarnessException($"the XDP programs have no table '{table.Name}'");

    /// <exception cref="HarnessException">The programs write no such table.</exception>
    public ILearnedTableCodec Of(LearnedTable table) =>
        learned.TryGetValue(table, out ILearnedTableCodec? codec)
            ? codec
            : throw new HarnessException($"the XDP programs say they wrote a table {table}, which has no codec; are they of another version?");

    /// <summary>From here on programs may run while tables are written.</summary>
    public void GoLive()
    {
        flat.ForEach(table => table.Live = true);
        agentRows.Live = true;
    }

    /// <summary>Gives back mapped memory.</summary>
    public void Dispose()
    {
        foreach (IDisposable codec in codecs.Values.OfType<IDisposable>())
        {
            codec.Dispose();
        }
        learnedMemory.ForEach(table => table.Dispose());
        agentRows.Dispose();
        lists.Dispose();
        cell.Dispose();
    }

    /// <summary>Empties all tables, but one.</summary>
    public void Clear(ITable? except)
    {
        foreach ((ITable table, ITableCodec codec) in codecs)
        {
            if (table != except)
            {
                codec.Clear();
            }
        }
        lists.Clear();
    }
}
