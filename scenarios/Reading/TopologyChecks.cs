using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Shapes;
using K = MizarLab.Scenarios.Language.TopologyKeys;

namespace MizarLab.Scenarios.Reading;

/// <summary>What must be true of a topology as a whole. Entries with errors of their own are left out: they would only err twice.</summary>
internal sealed class TopologyChecks(
    Topology topology,
    ImmutableArray<Named<Fields>> droplets,
    ImmutableArray<Named<Fields>> vpcs,
    ImmutableArray<Named<Fields>> networks,
    ImmutableArray<Named<Fields>> endpoints,
    Diagnostics diagnostics)
{
    /// <summary>A network has a gateway, an endpoint, and its two edge addresses.</summary>
    private const int LongestNetwork = 30;

    /// <summary>Reports everything; says which endpoints are sound.</summary>
    public bool[] Run()
    {
        bool[] soundVpcs = [.. vpcs.Select(v => v.Value.Valid)];
        bool[] soundNetworks = [.. networks.Select(n => n.Value.Valid && soundVpcs[n.Value.Get(K.NetworkVpc).Index])];
        CheckDroplets();
        Once(Sound(vpcs, soundVpcs), i => topology.Vpcs[i].Vni, i => vpcs[i].Value.PlaceOf(K.VpcVni), i => $"VNI {topology.Vpcs[i].Vni} of VPC '{vpcs[i].Name}'", i => $"VPC '{vpcs[i].Name}'");
        CheckNetworks(soundNetworks);
        bool[] soundEndpoints = [.. endpoints.Select(e => e.Value.Valid && soundNetworks[e.Value.Get(K.EndpointNetwork).Index])];
        CheckEndpoints(soundEndpoints);
        return soundEndpoints;
    }

    private static IEnumerable<int> Sound(ImmutableArray<Named<Fields>> entries, bool[] sound) => Enumerable.Range(0, entries.Length).Where(i => sound[i]);

    private void CheckDroplets()
    {
        int[] sound = [.. Enumerable.Range(0, droplets.Length).Where(i => droplets[i].Value.Valid)];
        foreach (int i in sound)
        {
            Droplet droplet = topology.Droplets[i];
            if (droplet.Address.Value >> 24 is 0 or 127 or >= 224)
            {
                diagnostics.Report(droplets[i].Value.PlaceOf(K.DropletAddress), $"{droplet.Address} is no address of a host", "172.17.0.2?");
            }
            CheckUnicast(droplet.Mac, droplets[i].Value.PlaceOf(K.DropletMac));
        }
        Once(sound, i => topology.Droplets[i].Address, i => Place(droplets[i], K.DropletAddress), i => $"address {topology.Droplets[i].Address} of droplet '{droplets[i].Name}'", i => $"droplet '{droplets[i].Name}'");
        // Equal addresses make equal MACs, which need not be said again.
        Once(sound.DistinctBy(i => topology.Droplets[i].Address), i => topology.Droplets[i].Mac, i => Place(droplets[i], K.DropletMac), i => $"MAC {topology.Droplets[i].Mac} of droplet '{droplets[i].Name}'", i => $"droplet '{droplets[i].Name}'");
    }

    /// <summary>A network without room for endpoints is not sound: each of them would only err again.</summary>
    private void CheckNetworks(bool[] sound)
    {
        foreach (int i in Sound(networks, sound))
        {
            Network network = topology.Networks[i];
            Fields fields = networks[i].Value;
            if (network.IsSet)
            {
                CheckSet(network, fields);
            }
            else if (network.Cidr.Length > LongestNetwork)
            {
                diagnostics.Report(fields.PlaceOf(K.NetworkCidr), $"{network.Cidr} has no room for a gateway and an endpoint", $"/{LongestNetwork} or shorter");
                sound[i] = false;
            }
            else
            {
                CheckHost(network.Gateway, network.Cidr, networks[i].Name, fields.PlaceOf(K.NetworkGateway), $"gateway {network.Gateway}");
            }
        }
        // Neighbours in order of address overlap if any do: blocks nest or are apart.
        foreach (IGrouping<int, int> vpc in Sound(networks, sound).GroupBy(i => topology.Networks[i].Vpc.Index))
        {
            int[] ordered = [.. vpc.OrderBy(i => topology.Networks[i].Cidr.Address.Value).ThenBy(i => topology.Networks[i].Cidr.Length)];
            int wide = 0;
            for (int k = 1; k < ordered.Length; k++)
            {
                Network a = topology.Networks[ordered[wide]];
                Network b = topology.Networks[ordered[k]];
                if (!a.Cidr.Overlaps(b.Cidr))
                {
                    wide = k;
                    continue;
                }
                (int first, int second) = ordered[wide] < ordered[k] ? (ordered[wide], ordered[k]) : (ordered[k], ordered[wide]);
                diagnostics.Report(
                    networks[second].Value.PlaceOf(K.NetworkCidr),
                    $"network '{networks[second].Name}' ({topology.Networks[second].Cidr}) overlaps network '{networks[first].Name}' ({topology.Networks[first].Cidr}) in VPC '{topology[a.Vpc].Name}'");
            }
        }
    }

    /// <summary>A set has no prefix: its gateway and its members lie anywhere but in another network.</summary>
    private void CheckSet(in Network network, Fields fields)
    {
        if (!fields.Given(K.NetworkGateway))
        {
            diagnostics.Report(fields.Where, "network needs 'cidr', or a gateway", "without a cidr it is the set of the endpoints that name it, and nothing says what its gateway is");
            return;
        }
        CheckOutside(network.Vpc, network.Gateway, fields.PlaceOf(K.NetworkGateway), $"gateway {network.Gateway}");
    }

    private void CheckOutside(VpcId vpc, Ipv4Address address, SourcePlace where, string what)
    {
        foreach (Network other in topology.Networks)
        {
            if (other.Vpc == vpc && !other.IsSet && other.Cidr.Contains(address))
            {
                diagnostics.Report(where, $"{what} is within network '{other.Name}' ({other.Cidr})", "its endpoints would look for it there");
            }
        }
    }

    private void CheckEndpoints(bool[] sound)
    {
        foreach (int i in Sound(endpoints, sound))
        {
            Endpoint endpoint = topology.Endpoints[i];
            Network network = topology[endpoint.Network];
            SourcePlace where = endpoints[i].Value.PlaceOf(K.EndpointAddress);
            if (network.IsSet)
            {
                CheckOutside(network.Vpc, endpoint.Address, where, $"address {endpoint.Address}");
                if (endpoint.Address == network.Gateway)
                {
                    diagnostics.Report(where, $"address {endpoint.Address} is the gateway of network '{network.Name}'", "choose another");
                }
            }
            else if (CheckHost(endpoint.Address, network.Cidr, network.Name, where, $"address {endpoint.Address}") && endpoint.Address == network.Gateway)
            {
                diagnostics.Report(where, $"address {endpoint.Address} is the gateway of network '{network.Name}'", "choose another");
            }
            CheckUnicast(endpoint.Mac, endpoints[i].Value.PlaceOf(K.EndpointMac));
        }
        Once(
            Sound(endpoints, sound),
            i => (Vpc(i), topology.Endpoints[i].Address.Value),
            i => Place(endpoints[i], K.EndpointAddress),
            i => $"address {topology.Endpoints[i].Address} of endpoint '{endpoints[i].Name}'",
            i => $"endpoint '{endpoints[i].Name}'",
            "to move an endpoint use move_endpoint");
        Once(
            Sound(endpoints, sound).Where(i => endpoints[i].Value.Given(K.EndpointMac)),
            i => (topology.Endpoints[i].Network.Index, topology.Endpoints[i].Mac.Value),
            i => Place(endpoints[i], K.EndpointMac),
            i => $"MAC {topology.Endpoints[i].Mac} of endpoint '{endpoints[i].Name}'",
            i => $"endpoint '{endpoints[i].Name}'");

        int Vpc(int i) => topology[topology.Endpoints[i].Network].Vpc.Index;
    }

    /// <summary>An address a host of the network can have: inside, and neither the network's own nor its broadcast address.</summary>
    private bool CheckHost(Ipv4Address address, Ipv4Prefix cidr, string network, SourcePlace where, string what)
    {
        string? wrong = !cidr.Contains(address) ? $"is outside network '{network}' ({cidr})"
            : address == cidr.Address ? $"is the network address of {cidr}"
            : address == cidr.Broadcast ? $"is the broadcast address of {cidr}"
            : address.Value >> 24 is 0 or 127 or >= 224 ? "is no address of a host"
            : null;
        if (wrong is not null)
        {
            diagnostics.Report(where, $"{what} {wrong}", !cidr.Contains(address) ? $"{new Ipv4Address(cidr.Address.Value + 2)}?" : null);
        }
        return wrong is null;
    }

    private void CheckUnicast(MacAddress mac, SourcePlace where)
    {
        if (mac.IsGroup || mac == MacAddress.Zero)
        {
            diagnostics.Report(where, $"{mac} is no MAC of one interface", mac.IsGroup ? "the first byte's lowest bit makes it a group's" : null);
        }
    }

    private void Once<TKey>(
        IEnumerable<int> items, Func<int, TKey> key, Func<int, SourcePlace> where, Func<int, string> what, Func<int, string> holder, string? mend = null)
        where TKey : IComparable<TKey>
    {
        SortedDictionary<TKey, int> first = [];
        foreach (int i in items)
        {
            if (!first.TryAdd(key(i), i))
            {
                diagnostics.Report(where(i), $"{what(i)} is that of {holder(first[key(i)])} too", mend);
            }
        }
    }

    /// <summary>A default's place is that of the name it was made for.</summary>
    private static SourcePlace Place(Named<Fields> entry, Key key) => entry.Value.Given(key) ? entry.Value.PlaceOf(key) : entry.Where;
}
