using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>The registry: which codec a table has.</summary>
internal static class TableCodecs
{
    /// <summary>The codecs of one droplet.</summary>
    /// <param name="agent">Has what agents alone use, and the shared maps where it uses them too.</param>
    /// <param name="transit">Has what transit alone uses.</param>
    public static Dictionary<ITable, ITableCodec> Create(BpfObject agent, BpfObject transit, PortResolver ports)
    {
        return new Dictionary<ITable, ITableCodec>
        {
            [Tables.Interface] = new InterfaceCodec(Map("interface")),
            [Tables.Slots] = new SlotCodec(Map("slots"), ports),
            [Tables.AgentSlots] = new SlotCodec(Map("agent_slots"), ports),
            [Tables.Endpoints] = new EndpointCodec(Map("endpoints"), Map("endpoint_lists")),
            [Tables.Networks] = new NetworkCodec(Map("networks")),
            [Tables.Vpcs] = new VpcCodec(Map("vpcs")),
            [Tables.DirectPath] = new DirectPathCodec(Map("direct_path")),
            [Tables.Agents] = new AgentCodec(Map("agents"), ports),
            [Tables.AgentSubstrate] = new AgentSubstrateCodec(Map("agent_substrate")),
        };

        // Shared maps are one map under two descriptors; either will do.
        BpfMap Map(string name) => transit.Has(name) ? transit.Map(name) : agent.Map(name);
    }
}
