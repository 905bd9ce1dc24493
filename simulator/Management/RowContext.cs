using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// What the writers of rows are given: the scenario's facts, the state of one time, the droplet whose rows are wanted, and where they go. A noun that the
/// data plane has rows for is one file of writers over this, called in <see cref="DropletRows"/>.
/// </summary>
internal readonly record struct RowContext(PlanFacts Facts, RoleState State, DropletId Droplet, ITableWriter Writer)
{
    public Topology Topology => State.Topology;

    public Droplet Self => Topology[Droplet];

    public bool Has(Switches correction) => Facts.Settings.Has(correction);

    public void Put<TKey, TValue>(Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Writer.Put(Droplet, table, key, value);

    public EndpointKey KeyOf(EndpointId endpoint) => new(Topology.VniOf(endpoint), Topology[endpoint].Address);

    /// <summary>
    /// A list of role holders as others are told it: with <see cref="Switches.HostHealth"/> without those known to be down, unless all are.
    /// </summary>
    public ImmutableArray<DropletId> Serving(ImmutableArray<DropletId> holders)
    {
        if (State.Unhealthy.IsEmpty || !Has(Switches.HostHealth))
        {
            return holders;
        }
        ImmutableSortedSet<DropletId> down = State.Unhealthy;
        ImmutableArray<DropletId> healthy = [.. holders.Where(h => !down.Contains(h))];
        return healthy.IsEmpty ? holders : healthy;
    }

    /// <summary>The underlay MACs of others.</summary>
    public void PutSubstrate(ImmutableArray<DropletId> others)
    {
        foreach (DropletId other in others)
        {
            Droplet at = Topology[other];
            Put(Tables.Endpoints, new EndpointKey(Vni.Substrate, at.Address), new EndpointValue(EndpointType.Substrate, default, -1, at.Mac));
        }
    }

    public AddressList Addresses(ImmutableArray<DropletId> droplets)
    {
        Span<Ipv4Address> addresses = stackalloc Ipv4Address[AddressList.Limit];
        for (int i = 0; i < droplets.Length; i++)
        {
            addresses[i] = Topology[droplets[i]].Address;
        }
        return new AddressList(addresses[..droplets.Length]);
    }
}
