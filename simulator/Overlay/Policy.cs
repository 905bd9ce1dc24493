using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Overlay;

/// <summary>
/// A network policy as Kubernetes means it (spec §5.7, §6.10): to whom it applies, and for a direction it speaks of, what is allowed; everything else that
/// way is denied. Several policies on one endpoint allow what any of them allows.
/// </summary>
/// <param name="Vpc">Whose endpoints it is about, protected and permitted.</param>
/// <param name="Applies">Who is protected.</param>
/// <param name="Ingress">What may come in; default: it does not speak of what comes in. Empty: nothing may.</param>
/// <param name="Egress">The same of what goes out.</param>
/// <param name="Initially">In force when the timeline begins.</param>
public readonly record struct Policy(
    string Name, VpcId Vpc, PolicySubject Applies, ImmutableArray<PolicyRule> Ingress, ImmutableArray<PolicyRule> Egress, bool Initially)
{
    /// <summary>The rules of a direction; default when the policy does not speak of it.</summary>
    public ImmutableArray<PolicyRule> Rules(PolicyDirection direction) => direction == PolicyDirection.Ingress ? Ingress : Egress;
}

/// <summary>Who is protected: endpoints by name, or all with these labels (an empty selector selects all).</summary>
/// <param name="Endpoints">Default: by labels.</param>
public readonly record struct PolicySubject(ImmutableArray<EndpointId> Endpoints, LabelSet Own, LabelSet Namespace);

/// <summary>One rule: any of these peers, by any of these ports.</summary>
/// <param name="Peers">Empty: anybody.</param>
/// <param name="Ports">Empty: any.</param>
public sealed record PolicyRule(ImmutableArray<PolicyPeer> Peers, ImmutableArray<PolicyPort> Ports);

/// <summary>Who is permitted.</summary>
public abstract record PolicyPeer;

/// <summary>Addresses of a block, but not those of the exceptions.</summary>
public sealed record CidrPeer(Ipv4Prefix Cidr, ImmutableArray<Ipv4Prefix> Except) : PolicyPeer;

/// <summary>Endpoints with these labels of their own, of their namespace, or both; null: not asked.</summary>
public sealed record LabelPeer(LabelSet? Own, LabelSet? Namespace) : PolicyPeer
{
    public bool Matches(in EndpointLabels labels) => (Own is null || labels.Own.Matches(Own)) && (Namespace is null || labels.Namespace.Matches(Namespace));
}

/// <summary>A destination port of TCP, UDP or SCTP.</summary>
public readonly record struct PolicyPort(IpProtocol Protocol, ushort Port);
