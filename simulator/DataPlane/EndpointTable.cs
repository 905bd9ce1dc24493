using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The endpoint table of a droplet, in which upstream keeps three things under one key: endpoints, services, and under VNI 0 the MACs of other droplets. Here
/// endpoints are entries of 32 bytes, MACs of 16, and what does not fit (a service's backends, or whatever else a row of the seam may say) is kept whole. A part of
/// <see cref="DropletTables"/>, not an object of its own: a lookup goes there and to the entry.
/// </summary>
internal struct EndpointTable
{
    private readonly int limit;
    private FlatRows<EndpointEntry, EndpointKey> endpoints;
    private FlatRows<SubstrateEntry, Ipv4Address> substrate;
    private WholeValues<EndpointValue> whole;
    private EndpointValue[]? composed;
    private HostedMarks hosted;

    /// <param name="limit">Rows it holds at most.</param>
    public EndpointTable(int limit)
    {
        this.limit = limit;
        whole = new();
    }

    public readonly int Count => endpoints.Count + substrate.Count;

    public readonly bool TryGet(in EndpointKey key, out EndpointValue value)
    {
        ref EndpointEntry entry = ref Find(in key);
        if (!Unsafe.IsNullRef(in entry))
        {
            value = entry.WholeAt is var at and >= 0 ? whole[at] : entry.Value;
            return true;
        }
        value = default;
        if (key.Vni != Vni.Substrate || !TryGetMac(key.Address, out MacAddress mac))
        {
            return false;
        }
        value = SubstrateOf(mac);
        return true;
    }

    /// <summary>A row where it lies.</summary>
    /// <returns>Good until the next call: a substrate entry lies nowhere as such, and is put together for it.</returns>
    [UnscopedRef]
    public EndpointView View(scoped in EndpointKey key)
    {
        ref readonly EndpointEntry entry = ref Find(in key);
        if (!Unsafe.IsNullRef(in entry))
        {
            int at = entry.WholeAt;
            return at < 0 ? new EndpointView(in entry) : new EndpointView(in whole[at]);
        }
        return key.Vni == Vni.Substrate ? Compose(key.Address) : EndpointView.None;
    }

    public readonly bool Contains(in EndpointKey key) =>
        !Unsafe.IsNullRef(in Find(in key)) || (key.Vni == Vni.Substrate && TryGetMac(key.Address, out _));

    /// <summary>Whether an endpoint is hosted here; where it is not, mostly without a look at its row.</summary>
    public readonly bool Hosts(scoped in EndpointKey key)
    {
        uint mark = FlatHash.Of(in key);
        if (!hosted.MayHave(mark))
        {
            return false;
        }
        ref EndpointEntry entry = ref endpoints.Find(mark, in key);
        return !Unsafe.IsNullRef(in entry) && entry.IsHosted;
    }

    /// <summary>Asks for the memory of an endpoint's row.</summary>
    public readonly void Ask(in EndpointKey key) => endpoints.Ask(FlatHash.Of(in key));

    /// <summary>Asks for what a run will want when its destination's row is known: the MAC of its host.</summary>
    public readonly void AskMac(Ipv4Address address) => substrate.Ask(MarkOf(address));

    /// <summary>The MAC of an underlay address.</summary>
    public readonly bool TryResolve(Ipv4Address address, out MacAddress mac)
    {
        if (TryGetMac(address, out mac))
        {
            return true;
        }
        bool known = TryGet(new EndpointKey(Vni.Substrate, address), out EndpointValue value);
        mac = value.Mac;
        return known;
    }

    /// <summary>Inserts or replaces a row.</summary>
    /// <exception cref="TableFullException">The key is new and the table holds its limit.</exception>
    public void Put(in EndpointKey key, in EndpointValue value)
    {
        bool isSubstrate = key.Vni == Vni.Substrate && value == SubstrateOf(value.Mac);
        ref EndpointEntry entry = ref Find(in key);
        ref SubstrateEntry there = ref key.Vni == Vni.Substrate ? ref FindMac(key.Address) : ref Unsafe.NullRef<SubstrateEntry>();
        bool isNew = Unsafe.IsNullRef(in entry);
        if (isNew && Unsafe.IsNullRef(in there) && Count == limit)
        {
            throw new TableFullException(limit);
        }
        if (isSubstrate)
        {
            RemoveEndpoint(ref entry);
            ref SubstrateEntry mac = ref Unsafe.IsNullRef(in there) ? ref substrate.Add(MarkOf(key.Address)) : ref there;
            mac.Address = key.Address;
            mac.Mac = value.Mac;
            return;
        }
        if (!Unsafe.IsNullRef(in there))
        {
            substrate.Remove(ref there);
        }
        Set(ref isNew ? ref Add(in key) : ref entry, in value);
    }

    public bool Remove(in EndpointKey key)
    {
        ref EndpointEntry entry = ref Find(in key);
        if (!Unsafe.IsNullRef(in entry))
        {
            RemoveEndpoint(ref entry);
            return true;
        }
        ref SubstrateEntry there = ref key.Vni == Vni.Substrate ? ref FindMac(key.Address) : ref Unsafe.NullRef<SubstrateEntry>();
        if (Unsafe.IsNullRef(in there))
        {
            return false;
        }
        substrate.Remove(ref there);
        return true;
    }

    public readonly void CopyTo(ICollection<KeyValuePair<EndpointKey, EndpointValue>> rows)
    {
        foreach (ref readonly EndpointEntry entry in endpoints.Places)
        {
            if (entry.Mark != 0)
            {
                rows.Add(new KeyValuePair<EndpointKey, EndpointValue>(entry.Key, entry.WholeAt is var at and >= 0 ? whole[at] : entry.Value));
            }
        }
        foreach (ref readonly SubstrateEntry entry in substrate.Places)
        {
            if (entry.Mark != 0)
            {
                rows.Add(new KeyValuePair<EndpointKey, EndpointValue>(new EndpointKey(Vni.Substrate, entry.Address), SubstrateOf(entry.Mac)));
            }
        }
    }

    /// <summary>Gives back what the table has taken beyond its rows.</summary>
    public void Trim()
    {
        endpoints.Trim();
        substrate.Trim();
        MarkHosted(spare: 0);
    }

    /// <summary>What a row of the substrate says, and nothing else.</summary>
    private static EndpointValue SubstrateOf(MacAddress mac) => new(EndpointType.Substrate, default, -1, mac);

    [UnscopedRef]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private EndpointView Compose(Ipv4Address address)
    {
        if (!TryGetMac(address, out MacAddress mac))
        {
            return EndpointView.None;
        }
        composed ??= new EndpointValue[1];
        composed[0] = SubstrateOf(mac);
        return new EndpointView(in composed[0]);
    }

    private static uint MarkOf(Ipv4Address address) => FlatHash.Of(address.Value);

    private readonly bool TryGetMac(Ipv4Address address, out MacAddress mac)
    {
        ref SubstrateEntry entry = ref FindMac(address);
        bool known = !Unsafe.IsNullRef(in entry);
        mac = known ? entry.Mac : default;
        return known;
    }

    /// <summary>An endpoint's entry where it lies; a null reference when there is none. What the table has of the substrate is not among them.</summary>
    public readonly ref EndpointEntry Find(scoped in EndpointKey key) => ref endpoints.Find(FlatHash.Of(in key), in key);

    private readonly ref SubstrateEntry FindMac(Ipv4Address address) => ref substrate.Find(MarkOf(address), in address);

    [UnscopedRef]
    private ref EndpointEntry Add(in EndpointKey key)
    {
        uint mark = FlatHash.Of(in key);
        ref EndpointEntry entry = ref endpoints.Add(mark);
        entry = new EndpointEntry(in key) { Mark = mark };
        return ref entry;
    }

    private void Set(ref EndpointEntry entry, in EndpointValue value)
    {
        int at = entry.WholeAt;
        if (entry.TrySet(in value))
        {
            Forget(at);
        }
        else
        {
            entry.SetWhole(whole.Keep(at, in value));
        }
        if (entry.IsHosted && !hosted.TryAdd(entry.Mark))
        {
            MarkHosted(spare: 1);
        }
    }

    /// <summary>Marks those that are hosted anew.</summary>
    /// <param name="spare">Room for so many more, for each there is.</param>
    private void MarkHosted(int spare)
    {
        int count = 0;
        foreach (ref readonly EndpointEntry entry in endpoints.Places)
        {
            count += entry.Mark != 0 && entry.IsHosted ? 1 : 0;
        }
        hosted = count == 0 ? default : new HostedMarks(count * (1 + spare));
        foreach (ref readonly EndpointEntry entry in endpoints.Places)
        {
            if (entry.Mark != 0 && entry.IsHosted)
            {
                hosted.TryAdd(entry.Mark);
            }
        }
    }

    private void RemoveEndpoint(ref EndpointEntry entry)
    {
        if (!Unsafe.IsNullRef(in entry))
        {
            int at = entry.WholeAt;
            endpoints.Remove(ref entry);
            Forget(at);
        }
    }

    /// <summary>Takes a whole value out, and tells the row whose own took its place.</summary>
    private void Forget(int at)
    {
        if (at < 0)
        {
            return;
        }
        int last = whole.Remove(at);
        for (int place = 0; at != last && place < endpoints.Places.Length; place++)
        {
            if (endpoints[place].Mark != 0 && endpoints[place].WholeAt == last)
            {
                endpoints[place].SetWhole(at);
                return;
            }
        }
    }
}
