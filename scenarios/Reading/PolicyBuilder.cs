using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Shapes;
using K = MizarLab.Scenarios.Language.PolicyKeys;

namespace MizarLab.Scenarios.Reading;

/// <summary>Makes policies of their fields, and refuses what the data plane's rows cannot say.</summary>
internal sealed class PolicyBuilder(Topology topology, SortedSet<int> later, Diagnostics diagnostics)
{
    public ImmutableArray<Policy> Build(ImmutableArray<Named<Fields>> entries) => [.. entries.Select(Build)];

    private Policy Build(Named<Fields> entry, int index)
    {
        Fields f = entry.Value;
        VpcId vpc = f.Get(K.Vpc);
        PolicySubject subject = f.Given(K.Endpoints)
            ? new PolicySubject([.. f.Get(K.Endpoints).NotDefault().Select(e => e.Value)], LabelSet.Empty, LabelSet.Empty)
            : new PolicySubject(default, f.Get(K.Pod) ?? LabelSet.Empty, f.Get(K.Namespace));
        if (f.Given(K.Endpoints) && f.Given(K.Namespace))
        {
            diagnostics.Report(f.PlaceOf(K.Namespace), "namespace beside endpoints", "endpoints by name need no labels");
        }
        foreach (Placed<EndpointId> endpoint in f.Get(K.Endpoints).NotDefault())
        {
            if (f.Valid && topology[topology[endpoint.Value].Network].Vpc != vpc)
            {
                diagnostics.Report(endpoint.Where, $"endpoint '{topology[endpoint.Value].Name}' is not of VPC '{topology[vpc].Name}'");
            }
        }
        if (!f.Given(K.Ingress) && !f.Given(K.Egress))
        {
            diagnostics.Report(f.Where, "policy speaks of neither ingress nor egress", "ingress: [] lets nothing in");
        }
        return new Policy(entry.Name, vpc, subject, Rules(f, K.Ingress, K.From), Rules(f, K.Egress, K.To), !later.Contains(index));
    }

    private ImmutableArray<PolicyRule> Rules(Fields policy, Key<ImmutableArray<Placed<Fields>>> direction, Key<ImmutableArray<Placed<Fields>>> peers) =>
        policy.Given(direction)
            ? [.. policy.Get(direction).NotDefault().Select(rule => new PolicyRule(Peers(rule.Value.Get(peers).NotDefault()), Ports(rule.Value.Get(K.Ports).NotDefault())))]
            : default;

    private static ImmutableArray<PolicyPort> Ports(ImmutableArray<Placed<PolicyPort>> ports) => [.. ports.Select(p => p.Value).Distinct()];

    private ImmutableArray<PolicyPeer> Peers(ImmutableArray<Placed<Fields>> peers) => [.. peers.Select(Peer).OfType<PolicyPeer>()];

    private PolicyPeer? Peer(Placed<Fields> peer)
    {
        Fields f = peer.Value;
        bool labels = f.Given(K.PeerPod) || f.Given(K.PeerNamespace);
        if (f.Given(K.Cidr) == labels)
        {
            diagnostics.Report(peer.Where, "a peer is a cidr, or labels", "{ cidr: 10.0.0.0/24 } or { pod: { app: web } }");
            return null;
        }
        if (f.Given(K.Cidr))
        {
            return Block(f);
        }
        if (f.Given(K.Except))
        {
            diagnostics.Report(f.PlaceOf(K.Except), "except belongs to a cidr");
        }
        foreach (Key<LabelSet> key in (ReadOnlySpan<Key<LabelSet>>)[K.PeerPod, K.PeerNamespace])
        {
            if (f.Given(key) && f.Get(key).IsEmpty)
            {
                diagnostics.Report(f.PlaceOf(key), $"{key.Name}: {{}} selects by nothing, and frames without labels bear no number to match", "a cidr says anybody");
            }
        }
        return new LabelPeer(f.Given(K.PeerPod) ? f.Get(K.PeerPod) : null, f.Given(K.PeerNamespace) ? f.Get(K.PeerNamespace) : null);
    }

    private CidrPeer Block(Fields f)
    {
        Ipv4Prefix cidr = f.Get(K.Cidr);
        foreach (Placed<Ipv4Prefix> hole in f.Get(K.Except).NotDefault())
        {
            if (!cidr.Overlaps(hole.Value) || hole.Value.Length < cidr.Length)
            {
                diagnostics.Report(hole.Where, $"except {hole.Value} is no part of {cidr}");
            }
        }
        return new CidrPeer(cidr, [.. f.Get(K.Except).NotDefault().Select(e => e.Value)]);
    }
}
