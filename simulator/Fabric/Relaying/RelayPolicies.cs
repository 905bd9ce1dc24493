using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// Network policy for the relay workload: whoever sends is under egress policy, whoever is sent to under ingress policy, and each has a rule of one port and one prefix that
/// lets its flow pass. So agents and hosts look every packet's connection up, and evaluate the policy for a connection's first.
/// </summary>
public static class RelayPolicies
{
    private const int PrefixLength = 24;

    /// <summary>Adds the rows, and marks those of the endpoints.</summary>
    /// <param name="plan">Whose rows <paramref name="model"/> has.</param>
    /// <param name="bothWays">As the workload's.</param>
    public static void Write(ModelDataPlane model, GeneratedPlan plan, bool bothWays)
    {
        RelayOverlay overlay = new(plan, bothWays);
        GeneratedTopology topology = plan.Topology;
        SortedSet<int>[] guarded = new SortedSet<int>[topology.DropletCount];
        for (int d = 0; d < guarded.Length; d++)
        {
            guarded[d] = [];
        }
        for (int d = 0; d < topology.DropletCount; d++)
        {
            for (int flow = 0; flow < RelayWorkload.FlowsPerDroplet; flow++)
            {
                (EndpointId from, EndpointId to) = overlay.EndsOf(d, flow);
                guarded[topology.HostOf(to).Index].Add(to.Index);
                Allow(model, topology.HostOf(from), PolicyDirection.Egress, topology.VniOf(from), topology.AddressOf(from), topology.AddressOf(to));
                Allow(model, topology.HostOf(to), PolicyDirection.Ingress, topology.VniOf(to), topology.AddressOf(to), topology.AddressOf(from));
            }
        }
        for (int d = 0; d < topology.DropletCount; d++)
        {
            DropletId droplet = new(d);
            SortedSet<int> senders = [];
            for (int flow = 0; flow < RelayWorkload.FlowsPerDroplet; flow++)
            {
                senders.Add(overlay[d, flow].From.Value);
            }
            foreach ((AgentId agent, AgentConfig config) in model.Rows(droplet, Tables.Agents))
            {
                if (senders.Contains(agent.Value))
                {
                    model.Put(droplet, Tables.Agents, agent, config with { HasEgressPolicy = true });
                }
            }
            SortedSet<EndpointKey> keys = new(guarded[d].Select(e => new EndpointKey(topology.VniOf(new EndpointId(e)), topology.AddressOf(new EndpointId(e)))), ByValue.Instance);
            foreach ((EndpointKey key, EndpointValue value) in model.Rows(droplet, Tables.Endpoints))
            {
                if (keys.Contains(key))
                {
                    model.Put(droplet, Tables.Endpoints, key, value with { HasIngressPolicy = true });
                }
            }
        }
    }

    private static void Allow(ModelDataPlane model, DropletId at, PolicyDirection direction, Vni vni, Ipv4Address own, Ipv4Address other)
    {
        PolicyScope scope = new(direction, new EndpointKey(vni, own));
        model.Put(at, Tables.PolicyEnforced, scope, (byte)1);
        model.Put(at, Tables.PolicyPorts, new PolicyPortKey(scope, IpProtocol.Udp, RelayOverlay.DestinationPort), PolicyBits.Of(0));
        model.Put(at, Tables.PolicyCidrs, new PolicyCidrKey(scope, CidrKind.Primary, new Ipv4Prefix(other, PrefixLength)), PolicyBits.Of(0));
    }

    private sealed class ByValue : IComparer<EndpointKey>
    {
        public static readonly ByValue Instance = new();

        public int Compare(EndpointKey x, EndpointKey y) =>
            x.Vni.Value != y.Vni.Value ? x.Vni.Value.CompareTo(y.Vni.Value) : x.Address.Value.CompareTo(y.Address.Value);
    }
}
