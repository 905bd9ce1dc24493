using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// The lists of role holders of one state from both sides: what a droplet bounces and divides, and each list as others are told it. A list is made once, so
/// that all rows that hold it share it.
/// </summary>
internal sealed class HolderLists
{
    private readonly RoleState state;
    private readonly bool healthCounts;
    private readonly Grouping bounced;
    private readonly Grouping divided;
    private readonly Grouping networksOfVpc;
    private readonly AddressList[] bouncers;
    private readonly AddressList[] dividers;
    private readonly NeighbourList[] neighbours;

    public HolderLists(PlanFacts facts, RoleState state)
    {
        this.state = state;
        healthCounts = facts.Settings.Has(Switches.HostHealth) && !state.Unhealthy.IsEmpty;
        AllDroplets = new PeerDirectory(state.Topology.Droplets.Select(d => d.Address));
        bounced = ByDroplet(state.Bouncers);
        divided = ByDroplet(state.Dividers);
        networksOfVpc = new Grouping(state.Topology.Networks.Length, state.Topology.Vpcs.Length, n => state.Topology.Networks[n].Vpc.Index);
        bouncers = [.. state.Bouncers.Select(list => Told(list))];
        neighbours = [.. state.Bouncers.Select(list => NeighboursIn(list))];
        dividers = [.. state.Dividers.Select(list => Told(list))];
    }

    public PeerDirectory AllDroplets { get; }

    /// <summary>Indices of the networks a droplet bounces for, ascending.</summary>
    public ReadOnlySpan<int> BouncedBy(DropletId droplet) => bounced.Of(droplet.Index);

    /// <summary>The same of VPCs it divides.</summary>
    public ReadOnlySpan<int> DividedBy(DropletId droplet) => divided.Of(droplet.Index);

    /// <summary>Indices of a VPC's networks, ascending.</summary>
    public ReadOnlySpan<int> NetworksOf(VpcId vpc) => networksOfVpc.Of(vpc.Index);

    /// <summary>A network's bouncers as others are told them.</summary>
    public AddressList BouncersOf(NetworkId network) => bouncers[network.Index];

    /// <summary>The MACs of a network's bouncers, of those that are down too.</summary>
    public NeighbourList NeighboursOf(NetworkId network) => neighbours[network.Index];

    /// <summary>A VPC's dividers as others are told them.</summary>
    public AddressList DividersOf(VpcId vpc) => dividers[vpc.Index];

    /// <summary>With <see cref="Switches.HostHealth"/> without those known to be down, unless all are.</summary>
    private AddressList Told(ImmutableArray<DropletId> holders)
    {
        if (healthCounts && holders.RemoveAll(state.Unhealthy.Contains) is { IsEmpty: false } healthy)
        {
            holders = healthy;
        }
        Span<Ipv4Address> addresses = holders.Length <= AddressList.Limit ? stackalloc Ipv4Address[holders.Length] : new Ipv4Address[holders.Length];
        for (int i = 0; i < holders.Length; i++)
        {
            addresses[i] = state.Topology[holders[i]].Address;
        }
        return new AddressList(addresses);
    }

    private NeighbourList NeighboursIn(ImmutableArray<DropletId> holders) => new(
    [
        .. holders.Distinct().Select(holder => new KeyValuePair<EndpointKey, MacAddress>(
            new EndpointKey(Vni.Substrate, state.Topology[holder].Address), state.Topology[holder].Mac)),
    ]);

    private Grouping ByDroplet(ImmutableArray<ImmutableArray<DropletId>> lists)
    {
        List<(int List, int Droplet)> holdings = [];
        for (int list = 0; list < lists.Length; list++)
        {
            foreach (DropletId holder in lists[list].Distinct())
            {
                holdings.Add((list, holder.Index));
            }
        }
        return new Grouping(holdings.Count, state.Topology.Droplets.Length, i => holdings[i].Droplet, i => holdings[i].List);
    }
}
