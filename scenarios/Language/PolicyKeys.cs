using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of <c>policies:</c> in the topology.</summary>
internal static class PolicyKeys
{
    /// <summary>Of rules, peers, ports: far more than rows have bits.</summary>
    private const int Most = 256;

    public static readonly Key<Ipv4Prefix> Cidr = Key.May("cidr", PrefixShape.Instance, "Addresses of this block.");
    public static readonly Key<ImmutableArray<Placed<Ipv4Prefix>>> Except = Key.Has("except", new ListShape<Ipv4Prefix>(PrefixShape.Instance, Most), [], "But not of these.");
    public static readonly Key<LabelSet> PeerPod = Key.May("pod", LabelsShape.Instance, "Endpoints of the VPC with these labels of their own.");
    public static readonly Key<LabelSet> PeerNamespace = Key.May("namespace", LabelsShape.Instance, "Endpoints in namespaces with these labels; with pod too, both must be there.");
    private static readonly RecordShape Peer = new("policy_peer", "Who is permitted: a block of addresses, or endpoints by labels.", Cidr, Except, PeerPod, PeerNamespace);
    private static readonly ListShape<Fields> Peers = new(Peer, Most);

    public static readonly Key<ImmutableArray<Placed<PolicyPort>>> Ports = Key.Has("ports", new ListShape<PolicyPort>(ProtocolPortShape.Instance, Most), [], "Destination ports; none: any.");
    public static readonly Key<ImmutableArray<Placed<Fields>>> From = Key.Has("from", Peers, [], "Who may send; none: anybody.");
    public static readonly Key<ImmutableArray<Placed<Fields>>> To = Key.Has("to", Peers, [], "Who may be sent to; none: anybody.");
    private static readonly RecordShape IngressRule = new("ingress_rule", "What may come in.", From, Ports);
    private static readonly RecordShape EgressRule = new("egress_rule", "What may go out.", To, Ports);

    public static readonly Key<VpcId> Vpc = Key.Needs("vpc", References.Vpc, "The VPC whose endpoints it is about.");
    public static readonly Key<ImmutableArray<Placed<EndpointId>>> Endpoints = Key.May("endpoints", new ListShape<EndpointId>(References.Endpoint, Limits.Count), "Who is protected, by name.");
    public static readonly Key<LabelSet> Pod = Key.May("pod", LabelsShape.Instance, "Who is protected, by labels; {} is all of the VPC.");
    public static readonly Key<LabelSet> Namespace = Key.Has("namespace", LabelsShape.Instance, LabelSet.Empty, "And only in namespaces with these labels.");
    public static readonly Key<ImmutableArray<Placed<Fields>>> Ingress = Key.May("ingress", new ListShape<Fields>(IngressRule, Most), "What may come in: nothing but this; [] is nothing. Without it, ingress is not restricted.");
    public static readonly Key<ImmutableArray<Placed<Fields>>> Egress = Key.May("egress", new ListShape<Fields>(EgressRule, Most), "The same of what goes out.");
    public static readonly RecordShape Shape = new(
        "policy", "A network policy as Kubernetes means it (spec §3.10, §5.7). One that the timeline adds is not in force before.", Vpc, Endpoints, Pod, Namespace, Ingress, Egress)
    {
        OneOf = [Endpoints, Pod],
    };
}
