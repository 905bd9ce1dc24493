using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// What the writers of rows are given: the scenario's facts, the state of one time, the droplet whose rows are wanted, and where they go. A noun that the
/// data plane has rows for is one file of writers over this, called in <see cref="DropletRows"/>.
/// </summary>
/// <param name="State">The state of roles. Of endpoints ask <paramref name="Endpoints"/>, which need not be listed in it.</param>
/// <param name="Holders">The state's lists of role holders.</param>
internal readonly record struct RowContext(
    PlanFacts Facts, RoleState State, EndpointColumns Endpoints, HolderLists Holders, DropletId Droplet, ITableWriter Writer)
{
    public Topology Topology => State.Topology;

    public Droplet Self => Topology[Droplet];

    public bool Has(Switches correction) => Facts.Settings.Has(correction);

    public void Put<TKey, TValue>(Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Writer.Put(Droplet, table, key, value);

    public EndpointKey KeyOf(EndpointId id) => KeyOf(Endpoints[id]);

    public EndpointKey KeyOf(in Endpoint endpoint) => new(Topology.VniOf(endpoint.Network), endpoint.Address);

    /// <summary>The underlay MACs of others.</summary>
    public void PutSubstrate(ImmutableArray<DropletId> others)
    {
        foreach (DropletId other in others)
        {
            PutSubstrate(other);
        }
    }

    /// <summary>The underlay MAC of another.</summary>
    public void PutSubstrate(DropletId other)
    {
        Droplet at = Topology[other];
        Put(Tables.Endpoints, new EndpointKey(Vni.Substrate, at.Address), new EndpointValue(EndpointType.Substrate, default, -1, at.Mac));
    }
}
