using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Tables;

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
            [DataPlane.Tables.Interface] = new InterfaceCodec(Map("interface")),
            [DataPlane.Tables.Slots] = new SlotCodec(Map("slots"), ports),
            [DataPlane.Tables.AgentSlots] = new SlotCodec(Map("agent_slots"), ports),
            [DataPlane.Tables.Endpoints] = new EndpointCodec(Map("endpoints"), Map("endpoint_lists")),
            [DataPlane.Tables.Networks] = new NetworkCodec(Map("networks")),
            [DataPlane.Tables.Vpcs] = new VpcCodec(Map("vpcs")),
            [DataPlane.Tables.DirectPath] = new DirectPathCodec(Map("direct_path")),
            [DataPlane.Tables.Agents] = new AgentCodec(Map("agents"), ports),
            [DataPlane.Tables.AgentSubstrate] = new AgentSubstrateCodec(Map("agent_substrate")),
        };

        // Shared maps are one map under two descriptors; either will do.
        BpfMap Map(string name) => transit.Has(name) ? transit.Map(name) : agent.Map(name);
    }
}
