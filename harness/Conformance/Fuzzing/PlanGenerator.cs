using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Draws whole networks, as nouns: droplets, VPCs and who of them are peers, networks of both kinds, endpoints, services, policies, roles on any droplet; and what
/// a management plane changes of them afterwards. The rows of it are then the management plane's own (<see cref="Plan"/>), and hang together as those of a running network do,
/// which independent rows (<see cref="StateGenerator"/>) never will.
/// </summary>
internal sealed class PlanGenerator(FuzzRandom random, DataPlaneSettings settings, ImmutableArray<StateRow> stages)
{
    private const int MostChanges = 6;

    private static readonly LabelSet[] Labels = [LabelSet.Empty, Label("app", "web"), Label("app", "db"), Label("tier", "front")];

    private int droplets;

    /// <param name="mostDroplets">As many as the data planes have, from 2 on.</param>
    public Plan Draw(int mostDroplets)
    {
        droplets = random.Between(2, mostDroplets);
        Topology topology = DrawTopology();
        return Plan.Create(new Scenario
        {
            Name = "fuzzing",
            File = "",
            Settings = settings,
            Order = random.Chance(1, 4) ? ProgrammingOrder.Upstream : ProgrammingOrder.Safe,
            Topology = topology,
            Timeline = DrawChanges(topology),
            Expect = [],
        });
    }

    private static LabelSet Label(string key, string value) => new([new(key, value)]);

    private Topology DrawTopology()
    {
        LinkSpec link = new(SimTime.FromMicroseconds(10), DataRate.Unlimited, LinkSpec.NoLimit);
        ImmutableArray<Droplet> hosts = [.. Enumerable.Range(0, droplets).Select(i => ADroplet(i, link))];
        bool peered = settings.Dialect == Dialect.Lab && random.Chance(1, 3);
        ImmutableArray<Vpc> vpcs = [.. Enumerable.Range(0, peered ? random.Between(2, 3) : random.Between(1, 3)).Select(i => AVpc(i, ownSpace: peered || random.Chance(1, 2)))];
        ImmutableArray<Network> networks = [.. Enumerable.Range(0, random.Between(vpcs.Length, vpcs.Length + 3)).Select(i => ANetwork(i, i % vpcs.Length, vpcs))];
        ImmutableArray<Endpoint> endpoints = [.. Enumerable.Range(0, random.Between(2, 10)).Select(i => AnEndpoint(i, networks))];
        Topology topology = new()
        {
            Underlay = new Underlay(random.Chance(1, 4) ? 400 : 1600, link),
            Droplets = hosts,
            Vpcs = vpcs,
            Networks = networks,
            Endpoints = endpoints,
            Peerings = peered ? [.. Enumerable.Range(1, vpcs.Length - 1).Select(i => new Peering(new VpcId(i - 1), new VpcId(i)))] : [],
        };
        topology = topology with { Services = [.. Enumerable.Range(0, random.Below(4)).Select(i => AService(i, topology))] };
        return topology with { Policies = [.. Enumerable.Range(0, random.Chance(1, 2) ? random.Between(1, 3) : 0).Select(i => APolicy(i, topology))] };
    }

    private Droplet ADroplet(int index, LinkSpec link) => new(Name("d", index), new Ipv4Address(0xAC11_000Bu + (uint)index), new MacAddress(0x0242_AC11_000Bu + (uint)index), link)
    {
        HasStatistics = random.Chance(1, 5),
        Stages = random.Chance(15, 16) ? [.. stages.OfType<StateRow<int, StageProgram>>().Select(row => new StageUse(row.Key, row.Value ?? default))] : [],
    };

    /// <param name="ownSpace">Addresses nobody else has; without it tenants have the same.</param>
    private Vpc AVpc(int index, bool ownSpace) => new(
        Name("v", index), new Vni(3 + (ulong)index), new Ipv4Prefix(new Ipv4Address(0x0A00_0000u + (ownSpace ? (uint)index << 16 : 0)), 16), Some(random.Between(1, 3)))
    {
        Nacl = settings.Dialect == Dialect.Lab && random.Chance(1, 6) ? [.. Enumerable.Range(0, random.Between(1, 4)).Select(_ => ARule())] : default,
    };

    private NaclRule ARule()
    {
        ushort first = random.Of<ushort>([0, 0, 53, 80]);
        return new NaclRule(random.Chance(2, 3), Wide(), Wide(), random.Of<IpProtocol>([default, default, IpProtocol.Udp, IpProtocol.Tcp]), first, random.Chance(1, 2) ? ushort.MaxValue : (ushort)(first + 100));
    }

    private Ipv4Prefix Wide() => random.Chance(2, 3) ? new(default, 0) : new(new Ipv4Address(0x0A00_0000u + ((uint)random.Below(3) << 16) + ((uint)random.Below(4) << 8)), random.Of<int>([16, 24, 24]));

    private Network ANetwork(int index, int vpc, ImmutableArray<Vpc> vpcs)
    {
        uint at = vpcs[vpc].Cidr.Address.Value + ((uint)(index / vpcs.Length) << 8);
        bool set = random.Chance(1, 5);
        Ipv4Address gateway = new(at + 1);
        ulong gatewayMac = (settings.Dialect == Dialect.Mizar ? 0xA55B_0000_0000u : 0x025B_0000_0000u) | (ulong)index << 8 | 1;
        return new Network(Name("n", index), new VpcId(vpc), set ? new Ipv4Prefix(gateway, 32) : new Ipv4Prefix(new Ipv4Address(at), 24), gateway, new MacAddress(gatewayMac), Some(random.Between(1, 3))) { IsSet = set };
    }

    private Endpoint AnEndpoint(int index, ImmutableArray<Network> networks)
    {
        int network = random.Below(networks.Length);
        Ipv4Address address = new(networks[network].Gateway.Value + 1 + (uint)index);
        return new Endpoint(
            Name("e", index), new NetworkId(network), EndpointKind.Simple, address, new MacAddress(0x6A00_0000_0000u | (ulong)network << 32 | address.Value), ADroplet(), 1500, random.Chance(7, 8))
        {
            Labels = SomeLabels(),
            Qos = random.Chance(1, 5)
                ? new EndpointQos(
                    random.Of<ServiceClass>([ServiceClass.Unset, ServiceClass.Premium, ServiceClass.Expedited, ServiceClass.BestEffort]),
                    random.Of<ServicePriority>([ServicePriority.Unset, ServicePriority.High, ServicePriority.Medium, ServicePriority.Low]),
                    settings.Dialect == Dialect.Lab && random.Chance(1, 2) ? 125_000ul : 0, 2_000)
                : default,
            MacOverride = random.Chance(1, 20) ? new MacAddress(0x0242_AC11_000Bu) : default,
        };
    }

    private EndpointLabels SomeLabels() => new(random.Of(Labels), random.Of(Labels));

    private Service AService(int index, Topology topology)
    {
        int network = random.Below(topology.Networks.Length);
        Ipv4Address address = new(topology.Networks[network].Gateway.Value + 100 + (uint)index);
        ImmutableArray<EndpointId> backends =
            [.. Enumerable.Range(0, topology.Endpoints.Length).Select(e => new EndpointId(e)).Where(e => topology.VpcOf(e) == topology.Networks[network].Vpc && random.Chance(2, 3))];
        ServicePort[] ports = [new(80, IpProtocol.Tcp, 8080), new(53, IpProtocol.Udp, 5353), new(9001, IpProtocol.Tcp, 9001), new(0, IpProtocol.Icmp, 0)];
        return new Service(Name("s", index), new NetworkId(network), address, new MacAddress(0x0600_0000_0000u | address.Value), [.. ports.Where(_ => random.Chance(3, 4))], backends);
    }

    private Policy APolicy(int index, Topology topology)
    {
        VpcId vpc = new(random.Below(topology.Vpcs.Length));
        ImmutableArray<EndpointId> named = [.. Enumerable.Range(0, topology.Endpoints.Length).Select(e => new EndpointId(e)).Where(e => topology.VpcOf(e) == vpc && random.Chance(1, 2))];
        PolicySubject who = random.Chance(1, 2) ? new PolicySubject(named, LabelSet.Empty, LabelSet.Empty) : new PolicySubject(default, random.Of(Labels), random.Of(Labels));
        return new Policy(Name("p", index), vpc, who, Rules(), Rules(), random.Chance(2, 3));

        ImmutableArray<PolicyRule> Rules() => random.Chance(1, 3) ? default : [.. Enumerable.Range(0, random.Below(3)).Select(_ => new PolicyRule(Peers(), Ports()))];

        ImmutableArray<PolicyPeer> Peers() => [.. Enumerable.Range(0, random.Below(3)).Select(_ => random.Chance(1, 2)
            ? (PolicyPeer)new CidrPeer(Wide(), random.Chance(1, 3) ? [Wide()] : [])
            : new LabelPeer(random.Chance(2, 3) ? random.Of(Labels) : null, random.Chance(1, 2) ? random.Of(Labels) : null))];

        ImmutableArray<PolicyPort> Ports() => [.. Enumerable.Range(0, random.Below(3)).Select(_ => new PolicyPort(
            random.Of<IpProtocol>([IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp]), random.Of<ushort>([53, 80, 5353, 8080, 4000])))];
    }

    /// <summary>Changes that each make sense when their turn comes.</summary>
    private ImmutableArray<Step> DrawChanges(Topology topology)
    {
        RoleState state = RoleState.Initial(topology);
        ImmutableArray<Step>.Builder steps = ImmutableArray.CreateBuilder<Step>();
        for (int i = random.Below(MostChanges + 1); i > 0; i--)
        {
            if (AChange(topology, state) is { } step)
            {
                steps.Add(step with { Name = Name("step", steps.Count) });
                state = state.After(step);
            }
        }
        return steps.ToImmutable();
    }

    private Step? AChange(Topology topology, RoleState state)
    {
        EndpointId endpoint = new(random.Below(topology.Endpoints.Length));
        NetworkId network = new(random.Below(topology.Networks.Length));
        VpcId vpc = new(random.Below(topology.Vpcs.Length));
        DropletId droplet = ADroplet();
        bool lives = state.HostOf[endpoint.Index] is not null;
        switch (random.Below(11))
        {
            case 0 or 1:
                return lives ? new MoveEndpointStep(endpoint, droplet) { Name = "", Where = default } : new CreateEndpointStep(endpoint) { Name = "", Where = default };
            case 2:
                return lives ? new DeleteEndpointStep(endpoint) { Name = "", Where = default } : new CreateEndpointStep(endpoint) { Name = "", Where = default };
            case 3:
                return state.Bouncers[network.Index].Contains(droplet)
                    ? state.Bouncers[network.Index].Length > 1 ? new RemoveBouncerStep(network, droplet) { Name = "", Where = default } : null
                    : new AddBouncerStep(network, droplet) { Name = "", Where = default };
            case 4:
                return state.Dividers[vpc.Index].Contains(droplet)
                    ? state.Dividers[vpc.Index].Length > 1 ? new RemoveDividerStep(vpc, droplet) { Name = "", Where = default } : null
                    : new AddDividerStep(vpc, droplet) { Name = "", Where = default };
            case 5 or 6 when topology.Services.Length > 0:
                ServiceId service = new(random.Below(topology.Services.Length));
                return state.Backends[service.Index].Contains(endpoint) ? new RemoveBackendStep(service, endpoint) { Name = "", Where = default }
                    : topology.VpcOf(endpoint) == topology.Networks[topology[service].Network.Index].Vpc ? new AddBackendStep(service, endpoint) { Name = "", Where = default } : null;
            case 7 or 8 when topology.Policies.Length > 0:
                PolicyId policy = new(random.Below(topology.Policies.Length));
                return state.Policies[policy.Index] ? new DeletePolicyStep(policy) { Name = "", Where = default } : new AddPolicyStep(policy) { Name = "", Where = default };
            case 9:
                return new SetLabelsStep(endpoint, SomeLabels()) { Name = "", Where = default };
            default:
                return state.Unhealthy.Contains(droplet) ? new MarkHealthyStep(droplet) { Name = "", Where = default } : new MarkUnhealthyStep(droplet) { Name = "", Where = default };
        }
    }

    private DropletId ADroplet() => new(random.Below(droplets));

    /// <summary>So many droplets in any order, none twice.</summary>
    private ImmutableArray<DropletId> Some(int count)
    {
        List<DropletId> all = [.. Enumerable.Range(0, droplets).Select(i => new DropletId(i))];
        ImmutableArray<DropletId>.Builder some = ImmutableArray.CreateBuilder<DropletId>();
        for (int i = Math.Min(count, droplets); i > 0; i--)
        {
            int at = random.Below(all.Count);
            some.Add(all[at]);
            all.RemoveAt(at);
        }
        return some.ToImmutable();
    }

    private static string Name(string kind, int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{kind}{index}");
}
