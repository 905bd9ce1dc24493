using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of what dividers say about traffic between networks: network ACLs and peerings.</summary>
internal static class NaclKeys
{
    private const int MostPeerings = 64;

    private static readonly Ipv4Prefix Anywhere = new(Ipv4Address.Any, 0);

    private static readonly Key<bool> Action = Key.Needs("action", new ChoiceShape<bool>("an action", ("allow", true), ("deny", false)), "What becomes of packets that match.");
    private static readonly Key<Ipv4Prefix> From = Key.Has("from", PrefixShape.Instance, Anywhere, "Their sources.");
    private static readonly Key<Ipv4Prefix> To = Key.Has("to", PrefixShape.Instance, Anywhere, "Their destinations.");
    private static readonly Key<IpProtocol> Protocol = Key.Has(
        "protocol",
        new ChoiceShape<IpProtocol>("a protocol", ("any", default), ("icmp", IpProtocol.Icmp), ("tcp", IpProtocol.Tcp), ("udp", IpProtocol.Udp), ("sctp", IpProtocol.Sctp)),
        default,
        "Their protocol.");
    private static readonly Key<int> Port = Key.May("port", Standard.Port, "Their destination port, or the first of a range; without it any, and packets without ports match too.");
    private static readonly Key<int> LastPort = Key.May("to_port", Standard.Port, "The last port of the range.");

    private static readonly RecordShape Rule = new("nacl_rule", "One rule of a network ACL.", Action, From, To, Protocol, Port, LastPort);

    public static readonly Key<ImmutableArray<Placed<Fields>>> Nacl = Key.May(
        "nacl", new ListShape<Fields>(Rule, DataPlane.NaclKey.Limit), "Network ACL at its dividers: the first rule that matches decides, and what none matches is allowed. Stateless.");

    public static readonly Key<ImmutableArray<Placed<ImmutableArray<Placed<VpcId>>>>> Peerings = Key.May(
        "peerings", new ListShape<ImmutableArray<Placed<VpcId>>>(new ListShape<VpcId>(References.Vpc, 2), MostPeerings), "Pairs of VPCs whose networks reach each other; their networks do not overlap.");

    /// <summary>A VPC's rules; default when it has none.</summary>
    public static ImmutableArray<NaclRule> Of(Fields vpc) =>
        vpc.Given(Nacl) ? [.. vpc.Get(Nacl).NotDefault().Where(rule => rule.Value.Valid).Select(rule => RuleOf(rule.Value))] : default;

    /// <summary>The peerings, checked: two VPCs each, no pair twice, no address in both.</summary>
    public static ImmutableArray<Peering> PeeringsOf(Fields section, Topology topology, Diagnostics diagnostics)
    {
        ImmutableArray<Peering>.Builder peerings = ImmutableArray.CreateBuilder<Peering>();
        foreach (Placed<ImmutableArray<Placed<VpcId>>> entry in section.Get(Peerings).NotDefault())
        {
            if (entry.Value is not [var first, var second] || first.Value == second.Value)
            {
                diagnostics.Report(entry.Where, "a peering is of two VPCs", "[blue, green]");
                continue;
            }
            Peering peering = new(first.Value, second.Value);
            if (peerings.Any(other => other.Other(peering.First) == peering.Second))
            {
                diagnostics.Report(entry.Where, $"'{topology[peering.First].Name}' and '{topology[peering.Second].Name}' are peered already");
            }
            Overlap(topology, peering.First, peering.Second, entry, diagnostics);
            foreach (Peering other in peerings)
            {
                // A VPC's two peers do not reach each other, but it must tell them apart.
                if (other.Other(peering.First) is { } beside)
                {
                    Overlap(topology, beside, peering.Second, entry, diagnostics);
                }
                if (other.Other(peering.Second) is { } besides)
                {
                    Overlap(topology, besides, peering.First, entry, diagnostics);
                }
            }
            peerings.Add(peering);
        }
        return peerings.ToImmutable();
    }

    /// <summary>
    /// A droplet that knows endpoints of two networks of a VPC lets their packets past the divider, and with it past the rules: as a bouncer of both, or,
    /// delivering locally, as the host of both. That is refused.
    /// </summary>
    public static void CheckNacls(ImmutableArray<Named<Fields>> vpcs, Topology topology, DataPlane.DataPlaneSettings settings, Diagnostics diagnostics)
    {
        for (int v = 0; v < topology.Vpcs.Length; v++)
        {
            if (!topology.Vpcs[v].HasNacl)
            {
                continue;
            }
            SortedDictionary<DropletId, NetworkId> bounces = [], hosts = [];
            for (int n = 0; n < topology.Networks.Length; n++)
            {
                foreach (DropletId droplet in topology.Networks[n].Vpc.Index == v ? topology.Networks[n].Bouncers : [])
                {
                    Once(bounces, droplet, new NetworkId(n), "is bouncer of", "give the networks bouncers of their own");
                }
            }
            if (topology.GatewayOf(new VpcId(v)) is { } gateway)
            {
                // What its droplet bounces it lets out itself.
                Once(bounces, topology[gateway.Endpoint].Droplet, topology[gateway.Endpoint].Network, "is bouncer or way out of", "let another droplet bounce");
            }
            foreach (Endpoint endpoint in topology.Endpoints.Where(e => topology[e.Network].Vpc.Index == v && settings.Has(DataPlane.Switches.LocalDelivery)))
            {
                Once(hosts, endpoint.Droplet, endpoint.Network, "hosts endpoints of", "spread them, or switch local_delivery off");
            }

            void Once(SortedDictionary<DropletId, NetworkId> seen, DropletId droplet, NetworkId network, string what, string mend)
            {
                if (!seen.TryAdd(droplet, network) && seen[droplet] != network)
                {
                    diagnostics.Report(
                        vpcs[v].Value.PlaceOf(Nacl),
                        $"droplet '{topology[droplet].Name}' {what} networks '{topology[seen[droplet]].Name}' and '{topology[network].Name}': packets between them would pass no divider, and no rule", mend);
                }
            }
        }
    }

    private static void Overlap(Topology topology, VpcId first, VpcId second, Placed<ImmutableArray<Placed<VpcId>>> entry, Diagnostics diagnostics)
    {
        foreach (Network a in topology.Networks.Where(n => n.Vpc == first))
        {
            foreach (Network b in topology.Networks.Where(n => n.Vpc == second && n.Cidr.Overlaps(a.Cidr)))
            {
                diagnostics.Report(
                    entry.Where, $"networks '{a.Name}' ({a.Cidr}) and '{b.Name}' ({b.Cidr}) of peered VPCs overlap", "a divider could not tell whose address it is");
            }
        }
    }

    private static NaclRule RuleOf(Fields rule)
    {
        ushort first = rule.Given(Port) ? (ushort)rule.Get(Port) : (ushort)0;
        ushort last = rule.Given(LastPort) ? (ushort)rule.Get(LastPort) : rule.Given(Port) ? first : ushort.MaxValue;
        return new NaclRule(rule.Get(Action), rule.Get(From), rule.Get(To), rule.Get(Protocol), first, last);
    }
}
