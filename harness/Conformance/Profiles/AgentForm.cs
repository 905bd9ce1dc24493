using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>
/// The two tables that are an agent's. <c>agent</c> says which of them; where every agent has an object of its own (a program with <c>instance: endpoint</c>) it
/// chooses the object and stands in no bytes. What an agent has wired (<see cref="AgentConfig.Links"/>) is in no map but in the agent's jump table and devmap.
/// </summary>
internal static class AgentForm
{
    public const string Agent = "agent";
    public const string Links = "links";

    public static readonly RowForm<AgentId, AgentConfig> Config = new(
        Tables.Agents,
        (row, agent) => row.Set(Agent, (long)agent.Value),
        (row, v) => row.Set("nic_address", v.NicAddress).Set("nic_mac", v.NicMac).Set(v.Endpoint).Set("bouncers", v.Bouncers).Set("mac_override", v.MacOverride)
            .Set("pod_label", (ulong)v.PodLabel).Set("namespace_label", (ulong)v.NamespaceLabel).Set("class", (ulong)v.ClassAndPriority)
            .Set("endpoint_mac", v.EndpointMac).Set("egress_policy", v.HasEgressPolicy).Set("gateway", v.Gateway).Set("gateway_mac", v.GatewayMac)
            .Set("bytes_per_second", v.BytesPerSecond).Set("burst_bytes", (ulong)v.BurstBytes).Set("proxied", v.IsProxied),
        row => new AgentId(row.Integer(Agent)),
        row => new AgentConfig(row.Address("nic_address"), row.Mac("nic_mac"), row.Endpoint, row.List("bouncers"))
        {
            Links = (AgentLinks)row.Number(Links),
            MacOverride = row.Mac("mac_override"),
            PodLabel = (uint)row.Number("pod_label"),
            NamespaceLabel = (uint)row.Number("namespace_label"),
            ClassAndPriority = (uint)row.Number("class"),
            EndpointMac = row.Mac("endpoint_mac"),
            HasEgressPolicy = row.Flag("egress_policy"),
            Gateway = row.Address("gateway"),
            GatewayMac = row.Mac("gateway_mac"),
            BytesPerSecond = row.Number("bytes_per_second"),
            BurstBytes = (uint)row.Number("burst_bytes"),
            IsProxied = row.Flag("proxied"),
        })
    {
        Fields = [Agent, "nic_address", "nic_mac", "vni", "address", "bouncers", "mac_override", "pod_label", "namespace_label", "class"],
        LabFields = ["endpoint_mac", "egress_policy", "gateway", "gateway_mac", "bytes_per_second", "burst_bytes", "proxied"],
    };

    public static readonly RowForm<AgentSubstrateKey, MacAddress> Substrate = new(
        Tables.AgentSubstrate,
        (row, key) => row.Set(Agent, (long)key.Agent.Value).Set(key.Key),
        (row, mac) => row.Set("mac", mac),
        row => new AgentSubstrateKey(new AgentId(row.Integer(Agent)), row.Endpoint),
        row => row.Mac("mac"))
    {
        Fields = [Agent, "vni", "address", "mac"],
    };
}
