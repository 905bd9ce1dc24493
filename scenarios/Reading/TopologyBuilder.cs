using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;
using K = MizarLab.Scenarios.Language.TopologyKeys;

namespace MizarLab.Scenarios.Reading;

/// <summary>Makes the topology from its fields: fills defaults in, places roles, and checks what only the whole shows.</summary>
internal sealed class TopologyBuilder(Fields section, Dialect dialect, SortedSet<EndpointId> later, SortedSet<int> laterPolicies, ReadContext context)
{
    private readonly ImmutableArray<Named<Fields>> dropletEntries = section.Get(K.Droplets).NotDefault();
    private readonly ImmutableArray<Named<Fields>> vpcEntries = section.Get(K.Vpcs).NotDefault();
    private readonly ImmutableArray<Named<Fields>> networkEntries = section.Get(K.Networks).NotDefault();
    private readonly ImmutableArray<Named<Fields>> endpointEntries = section.Get(K.Endpoints).NotDefault();

    private bool rolesKnown = true;

    /// <summary>Null when too much is missing for anything that follows to make sense.</summary>
    public TopologyRead? Build()
    {
        if (dropletEntries.IsEmpty && section.Given(K.Droplets))
        {
            context.Diagnostics.Report(section.PlaceOf(K.Droplets), "there is no droplet", "droplets: { left: {} }");
        }
        if (dropletEntries.IsEmpty || (networkEntries.IsEmpty && !endpointEntries.IsEmpty) || (vpcEntries.IsEmpty && !networkEntries.IsEmpty))
        {
            // References into the missing section were reported where they stand.
            return null;
        }
        Fields underlay = section.Given(K.UnderlaySection) ? section.Get(K.UnderlaySection) : new Fields(section.Where);
        LinkSpec link = FabricKeys.Limited(underlay, new(underlay.Get(K.UnderlayDelay), underlay.Get(K.UnderlayRate), underlay.Get(K.UnderlayQueue)));
        (ImmutableArray<ImmutableArray<DropletId>> dividers, ImmutableArray<ImmutableArray<DropletId>> bouncers) = PlaceRoles();
        Topology topology = new()
        {
            Underlay = FabricKeys.Of(underlay, underlay.Get(K.UnderlayMtu), link),
            Droplets = Droplets(link),
            Vpcs = [.. vpcEntries.Select((e, i) => new Vpc(e.Name, new Vni((ulong)e.Value.Get(K.VpcVni)), e.Value.Get(K.VpcCidr), dividers[i]) { Nacl = NaclKeys.Of(e.Value) })],
            Networks = [.. networkEntries.Select((e, i) => ToNetwork(e, i, bouncers[i]))],
            Endpoints = [],
        };
        topology = topology with { Endpoints = [.. endpointEntries.Select((e, i) => ToEndpoint(e, i, topology.Underlay))] };
        topology = topology with
        {
            Services = new ServiceBuilder(topology, dialect, context.Diagnostics).Build(section.Get(K.Services).NotDefault()),
            Policies = new PolicyBuilder(topology, laterPolicies, context.Diagnostics).Build(section.Get(K.Policies).NotDefault()),
            Peerings = NaclKeys.PeeringsOf(section, topology, context.Diagnostics),
            Gateways = new GatewayBuilder(topology, section.Get(K.Services).NotDefault(), context.Diagnostics).Build(section.Get(K.Gateways).NotDefault()),
            Functions = FunctionKeys.Of(section.Get(K.Functions).NotDefault(), topology.Droplets, context.Diagnostics),
        };
        FabricKeys.Check(underlay, topology.Underlay.Shape, topology.Droplets.Length, context.Diagnostics);
        TopologyChecks checks = new(topology, dropletEntries, vpcEntries, networkEntries, endpointEntries, context.Diagnostics);
        return new TopologyRead(topology, checks.Run(), rolesKnown);
    }

    private ImmutableArray<Droplet> Droplets(LinkSpec standard)
    {
        SortedSet<Ipv4Address> taken = [.. dropletEntries.Where(e => e.Value.Given(K.DropletAddress)).Select(e => e.Value.Get(K.DropletAddress))];
        uint next = Defaults.DropletAddresses.Address.Value + Defaults.FirstDroplet;
        ImmutableArray<Droplet>.Builder droplets = ImmutableArray.CreateBuilder<Droplet>(dropletEntries.Length);
        foreach (Named<Fields> entry in dropletEntries)
        {
            Fields f = entry.Value;
            Ipv4Address address = f.Get(K.DropletAddress);
            if (!f.Given(K.DropletAddress))
            {
                while (taken.Contains(new Ipv4Address(next)))
                {
                    next++;
                }
                address = new Ipv4Address(next++);
                if (address.Value >= Defaults.DropletAddresses.Broadcast.Value)
                {
                    context.Diagnostics.Report(entry.Where, $"no address of {Defaults.DropletAddresses} is left for droplet '{entry.Name}'", "give it one");
                }
            }
            LinkSpec link = standard with
            {
                Delay = f.Given(K.DropletDelay) ? f.Get(K.DropletDelay) : standard.Delay,
                Rate = f.Given(K.DropletRate) ? f.Get(K.DropletRate) : standard.Rate,
                QueueFrames = f.Given(K.DropletQueue) ? f.Get(K.DropletQueue) : standard.QueueFrames,
            };
            droplets.Add(new Droplet(entry.Name, address, f.Given(K.DropletMac) ? f.Get(K.DropletMac) : Defaults.DropletMac(address), link)
            {
                Bandwidth = QosKeys.LimitOf(f),
                HasStatistics = f.Get(K.DropletStatistics),
                Stages = f.Given(K.DropletStages) ? StageKeys.Of(f.Get(K.DropletStages)) : default,
            });
        }
        return droplets.MoveToImmutable();
    }

    private Network ToNetwork(Named<Fields> entry, int index, ImmutableArray<DropletId> bouncers)
    {
        Fields f = entry.Value;
        bool isSet = !f.Given(K.NetworkCidr);
        Ipv4Address gateway = f.Given(K.NetworkGateway) ? f.Get(K.NetworkGateway) : Defaults.Gateway(f.Get(K.NetworkCidr));
        Ipv4Prefix cidr = isSet ? new Ipv4Prefix(gateway, 32) : f.Get(K.NetworkCidr);
        MacAddress mac = f.Given(K.NetworkGatewayMac) ? f.Get(K.NetworkGatewayMac) : Defaults.GatewayMac(dialect, index, gateway);
        return new Network(entry.Name, f.Get(K.NetworkVpc), cidr, gateway, mac, bouncers) { IsSet = isSet };
    }

    private Endpoint ToEndpoint(Named<Fields> entry, int index, in Underlay underlay)
    {
        Fields f = entry.Value;
        (ProxiedFunction function, FunctionPort port) = ProxiedKeys.Of(f, dialect, context.Diagnostics);
        int mtu = function != ProxiedFunction.None && !f.Given(K.EndpointMtu) ? underlay.MtuBytes : f.Get(K.EndpointMtu);
        NetworkId network = f.Get(K.EndpointNetwork);
        Ipv4Address address = f.Get(K.EndpointAddress);
        MacAddress mac = f.Given(K.EndpointMac) ? f.Get(K.EndpointMac) : Defaults.EndpointMac(network.Index, address);
        return new Endpoint(
            entry.Name, network, f.Get(K.EndpointKindKey), address, mac, f.Get(K.EndpointDroplet), mtu, !later.Contains(new EndpointId(index)))
        {
            Labels = f.Given(K.EndpointLabels) ? LabelKeys.Of(f.Get(K.EndpointLabels)) : default,
            Qos = QosKeys.Of(f),
            MacOverride = f.Get(K.EndpointMacOverride),
            Function = function,
            FunctionPort = port,
        };
    }

    /// <summary>Named lists as they are; numbers by the placement, dividers first.</summary>
    private (ImmutableArray<ImmutableArray<DropletId>> Dividers, ImmutableArray<ImmutableArray<DropletId>> Bouncers) PlaceRoles()
    {
        (RoleList List, SourcePlace Where)[] wanted =
        [
            .. vpcEntries.Select(e => (e.Value.Get(K.VpcDividers), e.Value.PlaceOf(K.VpcDividers))),
            .. networkEntries.Select(e => (e.Value.Get(K.NetworkBouncers) ?? new RoleList([], 0), e.Value.PlaceOf(K.NetworkBouncers))),
        ];
        rolesKnown = vpcEntries.Concat(networkEntries).All(e => e.Value.Valid);
        int[] load = new int[dropletEntries.Length];
        foreach (Named<Fields> endpoint in endpointEntries)
        {
            load[endpoint.Value.Get(K.EndpointDroplet).Index]++;
        }
        foreach (DropletId holder in wanted.SelectMany(w => w.List.Droplets).Select(p => p.Value))
        {
            load[holder.Index]++;
        }
        ImmutableArray<ImmutableArray<DropletId>> chosen = Choose(wanted, load);
        int next = 0;
        ImmutableArray<ImmutableArray<DropletId>> lists =
            [.. wanted.Select(w => w.List.Count > 0 ? (chosen.IsEmpty ? [] : chosen[next++]) : w.List.Droplets.Select(d => d.Value).ToImmutableArray())];
        return (lists[..vpcEntries.Length], lists[vpcEntries.Length..]);
    }

    private ImmutableArray<ImmutableArray<DropletId>> Choose((RoleList List, SourcePlace Where)[] wanted, int[] load)
    {
        int[] counts = [.. wanted.Select(w => w.List.Count).Where(c => c > 0)];
        if (counts.Length == 0)
        {
            return [];
        }
        if (!section.Given(K.PlacementSection))
        {
            context.Diagnostics.Report(
                wanted.First(w => w.List.Count > 0).Where, "a number of droplets needs a placement", "topology: placement: { strategy: round_robin }");
            rolesKnown = false;
            return [];
        }
        Fields placement = section.Get(K.PlacementSection);
        PlacementStrategy strategy = placement.Get(K.PlacementStrategyKey);
        bool enough = true;
        foreach ((RoleList list, SourcePlace where) in wanted)
        {
            if (strategy != PlacementStrategy.UpstreamRandom && list.Count > load.Length)
            {
                context.Diagnostics.Report(where, $"{list.Count} droplets are wanted and there are {load.Length}");
                enough = false;
                rolesKnown = false;
            }
        }
        return enough ? Placement.Choose(strategy, (ulong)placement.Get(K.PlacementSeed), load, counts) : [];
    }
}

/// <summary>Arrays of a section that was not given.</summary>
internal static class ArrayExtensions
{
    public static ImmutableArray<T> NotDefault<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
