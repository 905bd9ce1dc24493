using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// Reads what one agent has of its own. Upstream's agents have a jump table, a devmap and a metadata table each; ours have the parts of them that say
/// something in their <see cref="AgentConfig"/>.
/// </summary>
internal static class AgentParser
{
    private const string RedirectProgram = "txstats_redirect", PassProgram = "txstats_pass", DropProgram = "txstats_drop";

    public static IEnumerable<StateRow> Rows(Element agent, AgentId id)
    {
        ImmutableArray<StateRow>.Builder rows = ImmutableArray.CreateBuilder<StateRow>();
        AgentConfig? config = null;
        AgentLinks links = AgentLinks.None;
        Element? metadata = null;
        foreach ((string name, Element table) in agent.Members())
        {
            switch (name)
            {
                case "metadata":
                    config = Config(table);
                    break;
                case "interfaces_map":
                    links |= Devmap(table, rows);
                    break;
                case "jmp_table":
                    links |= table.Members().Aggregate(AgentLinks.None, (all, member) => all | Link(member.Value));
                    break;
                case "endpoints":
                    rows.AddRange(table.Items().Select(row => Substrate(row, id)));
                    break;
                case "packet_metadata":
                    metadata = table;
                    break;
                default:
                    throw table.Error("no table of this name is known to an agent");
            }
        }

        // An agent nobody programmed has no row, unless its wiring is out of the ordinary or the packet metadata knows its key of zeros.
        AgentConfig whole = WithMetadata((config ?? new AgentConfig()) with { Links = links }, metadata, out bool found);
        if (config is not null || found || links != AgentLinks.Usual)
        {
            rows.Add(StateRow.New(Tables.Agents, id, whole));
        }
        return rows;
    }

    /// <summary>A MAC of an agent's own endpoint table, which it reads bouncers' of.</summary>
    public static StateRow Substrate(Element row, AgentId agent) =>
        StateRow.New(Tables.AgentSubstrate, new AgentSubstrateKey(agent, StateParser.KeyOf(row)), row.Required("mac").Mac());

    private static AgentConfig Config(Element metadata)
    {
        InterfaceConfig nic = StateParser.Interface(metadata.Required("eth"));
        return new AgentConfig(nic.Address, nic.Mac, StateParser.KeyOf(metadata.Required("ep")), StateParser.List(metadata.Required("net").Required("switches")))
        {
            MacOverride = metadata.Optional("dst_mac_override")?.Mac() ?? MacAddress.Zero,
        };
    }

    /// <summary>Of the packet metadata an agent reads the row of its own endpoint alone.</summary>
    private static AgentConfig WithMetadata(AgentConfig config, Element? metadata, out bool found)
    {
        found = false;
        foreach (Element row in metadata?.Items() ?? [])
        {
            bool own = StateParser.KeyOf(row) == config.Endpoint;
            uint pod = Word(row, "pod_label"), space = Word(row, "ns_label"), classAndPriority = Word(row, "class_prio");
            if (own)
            {
                found = true;
                config = config with { PodLabel = pod, NamespaceLabel = space, ClassAndPriority = classAndPriority };
            }
        }
        return config;
    }

    /// <summary>All agents of a droplet share the devmap; which of them have the NIC in theirs, their links say.</summary>
    private static AgentLinks Devmap(Element map, ImmutableArray<StateRow>.Builder rows)
    {
        AgentLinks links = AgentLinks.None;
        foreach ((_, Element slot) in map.Members())
        {
            rows.Add(StateRow.New(Tables.AgentSlots, slot.NameAsNumber(PortId.Nic.Value), PortId.Nic));
            links = AgentLinks.Nic;
        }
        return links;
    }

    private static AgentLinks Link(Element program) => (program.NameAsNumber(5), program.Text()) switch
    {
        (0, "transit") => AgentLinks.Transit,
        (1, RedirectProgram) => AgentLinks.RedirectStatistics,
        (2, PassProgram) => AgentLinks.PassStatistics,
        (4, DropProgram) => AgentLinks.DropStatistics,
        (5, PassProgram) => AgentLinks.AbortedToPass,
        (5, DropProgram) => AgentLinks.AbortedToDrop,
        (int slot, string name) => throw program.Error($"slot {slot} of an agent's jump table holds no '{name}'"),
    };

    private static uint Word(Element row, string name) => (uint)row.Required(name).Unsigned(uint.MaxValue);
}
