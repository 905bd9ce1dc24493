using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>One rule element: a bit of an endpoint and direction (spec §3.10).</summary>
/// <param name="Policy">The policy it is of; it counts while that is in force.</param>
/// <param name="Rule">Its rule: where the ports stand.</param>
/// <param name="Peers">Those of the rule's peers this element stands for; empty: anybody.</param>
internal readonly record struct PolicyElement(PolicyId Policy, PolicyRule Rule, ImmutableArray<PolicyPeer> Peers);

/// <summary>
/// Which bit stands for which rule element of each endpoint and direction, fixed for a whole scenario: a policy that comes or goes never moves another's bits,
/// so that no update allows or denies what neither state does. A rule is one element; but a block with exceptions is one of its own, for upstream's table of
/// exceptions would hold one block's against another's (spec §8.3 D7).
/// </summary>
internal sealed class PolicyElements
{
    private readonly ImmutableArray<PolicyElement>[] ingress;
    private readonly ImmutableArray<PolicyElement>[] egress;

    private PolicyElements(int endpoints)
    {
        ingress = new ImmutableArray<PolicyElement>[endpoints];
        egress = new ImmutableArray<PolicyElement>[endpoints];
    }

    /// <summary>The elements of an endpoint and direction by bit; those of policies that never apply to it are not among them.</summary>
    public ImmutableArray<PolicyElement> Of(EndpointId endpoint, PolicyDirection direction) =>
        (direction == PolicyDirection.Ingress ? ingress : egress)[endpoint.Index];

    public static PolicyElements Create(Scenario scenario)
    {
        Topology topology = scenario.Topology;
        PolicyElements elements = new(topology.Endpoints.Length);
        for (int e = 0; e < topology.Endpoints.Length; e++)
        {
            EndpointId endpoint = new(e);
            ImmutableArray<PolicyId> policies = topology.Policies.IsEmpty ? [] : Applying(scenario, endpoint);
            elements.ingress[e] = [.. policies.SelectMany(p => Elements(topology, p, PolicyDirection.Ingress))];
            elements.egress[e] = [.. policies.SelectMany(p => Elements(topology, p, PolicyDirection.Egress))];
        }
        return elements;
    }

    /// <summary>Whether a policy protects an endpoint that has these labels.</summary>
    public static bool Applies(Topology topology, PolicyId id, EndpointId endpoint, in EndpointLabels labels)
    {
        Policy policy = topology[id];
        return topology[topology[endpoint].Network].Vpc == policy.Vpc
            && (policy.Applies.Endpoints.IsDefault
                ? labels.Own.Matches(policy.Applies.Own) && labels.Namespace.Matches(policy.Applies.Namespace)
                : policy.Applies.Endpoints.Contains(endpoint));
    }

    /// <summary>Policies that apply to it with some labels it has at some time.</summary>
    private static ImmutableArray<PolicyId> Applying(Scenario scenario, EndpointId endpoint)
    {
        Topology topology = scenario.Topology;
        EndpointLabels[] labels =
        [
            topology[endpoint].Labels,
            .. scenario.Timeline.OfType<SetLabelsStep>().Where(s => s.Endpoint == endpoint).Select(s => s.Labels),
        ];
        return [.. Enumerable.Range(0, topology.Policies.Length).Select(p => new PolicyId(p)).Where(p => labels.Any(l => Applies(topology, p, endpoint, l)))];
    }

    private static IEnumerable<PolicyElement> Elements(Topology topology, PolicyId policy, PolicyDirection direction)
    {
        ImmutableArray<PolicyRule> rules = topology[policy].Rules(direction);
        foreach (PolicyRule rule in rules.IsDefault ? [] : rules)
        {
            ImmutableArray<PolicyPeer> plain = [.. rule.Peers.Where(p => p is not CidrPeer { Except.IsEmpty: false })];
            if (rule.Peers.IsEmpty || !plain.IsEmpty)
            {
                yield return new PolicyElement(policy, rule, plain);
            }
            foreach (PolicyPeer block in rule.Peers.Where(p => p is CidrPeer { Except.IsEmpty: false }))
            {
                yield return new PolicyElement(policy, rule, [block]);
            }
        }
    }
}
