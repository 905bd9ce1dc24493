using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>
/// The rows one droplet holds in one state of roles: a generator that hands them to a writer one by one. A row may be handed
/// over more than once (two roles need the same substrate entry), always with the same value.
/// </summary>
internal static class DropletRows
{
    public static void Write(PortMap ports, RoleState state, DropletId droplet, ITableWriter writer)
    {
        Topology topology = state.Topology;
        Droplet self = topology[droplet];
        writer.Put(droplet, Tables.Interface, 0, new InterfaceConfig(PortId.Nic.Value, self.Address, self.Mac));
        writer.Put(droplet, Tables.Slots, PortId.Nic.Value, PortId.Nic);
        writer.Put(droplet, Tables.AgentSlots, PortId.Nic.Value, PortId.Nic);
        for (int v = 0; v < topology.Vpcs.Length; v++)
        {
            if (state.Dividers[v].Contains(droplet))
            {
                WriteDivider(state, new VpcId(v), droplet, writer);
            }
        }
        for (int n = 0; n < topology.Networks.Length; n++)
        {
            if (state.Bouncers[n].Contains(droplet))
            {
                WriteBouncer(ports, state, new NetworkId(n), droplet, writer);
            }
        }
        for (int e = 0; e < topology.Endpoints.Length; e++)
        {
            if (state.HostOf[e] == droplet)
            {
                WriteHosted(ports, state, new EndpointId(e), droplet, writer);
            }
        }
    }

    /// <summary>A divider knows every network of its VPC and its bouncers' MACs (spec §4.1).</summary>
    private static void WriteDivider(RoleState state, VpcId vpc, DropletId droplet, ITableWriter writer)
    {
        Topology topology = state.Topology;
        for (int n = 0; n < topology.Networks.Length; n++)
        {
            Network network = topology.Networks[n];
            if (network.Vpc == vpc)
            {
                WriteSubstrate(topology, state.Bouncers[n], droplet, writer);
                writer.Put(droplet, Tables.Networks, new NetworkKey(topology[vpc].Vni, network.Cidr), Addresses(topology, state.Bouncers[n]));
            }
        }
    }

    /// <summary>
    /// A bouncer knows the VPC's dividers, every endpoint of its network with its host's MAC, and the gateway, whose entry names the
    /// bouncer itself so that it answers ARP for it (spec §3.8, §3.13).
    /// </summary>
    private static void WriteBouncer(PortMap ports, RoleState state, NetworkId id, DropletId droplet, ITableWriter writer)
    {
        Topology topology = state.Topology;
        Network network = topology[id];
        Vni vni = topology[network.Vpc].Vni;
        WriteSubstrate(topology, state.Dividers[network.Vpc.Index], droplet, writer);
        writer.Put(droplet, Tables.Vpcs, vni, Addresses(topology, state.Dividers[network.Vpc.Index]));
        writer.Put(
            droplet,
            Tables.Endpoints,
            new EndpointKey(vni, network.Gateway),
            new EndpointValue(EndpointType.Gateway, new AddressList(topology[droplet].Address), -1, network.GatewayMac));
        for (int e = 0; e < topology.Endpoints.Length; e++)
        {
            if (topology.Endpoints[e].Network == id && state.HostOf[e] is { } host)
            {
                WriteSubstrate(topology, [host], droplet, writer);
                WriteEndpoint(ports, topology, new EndpointId(e), host, droplet, writer);
            }
        }
    }

    /// <summary>An endpoint's own host delivers to it, and its agent knows its network's bouncers (spec §3.2).</summary>
    private static void WriteHosted(PortMap ports, RoleState state, EndpointId id, DropletId droplet, ITableWriter writer)
    {
        Topology topology = state.Topology;
        PortId port = ports.PortOf(id, droplet);
        AgentId agent = new(port.Value);
        ImmutableArray<DropletId> bouncers = state.Bouncers[topology[id].Network.Index];
        writer.Put(droplet, Tables.Slots, port.Value, port);
        WriteEndpoint(ports, topology, id, droplet, droplet, writer);
        foreach (DropletId bouncer in bouncers)
        {
            Droplet at = topology[bouncer];
            writer.Put(droplet, Tables.AgentSubstrate, new AgentSubstrateKey(agent, new EndpointKey(Vni.Substrate, at.Address)), at.Mac);
        }
        Droplet self = topology[droplet];
        EndpointKey key = new(topology.VniOf(id), topology[id].Address);
        writer.Put(droplet, Tables.Agents, agent, new AgentConfig(self.Address, self.Mac, key, Addresses(topology, bouncers)));
    }

    private static void WriteEndpoint(PortMap ports, Topology topology, EndpointId id, DropletId host, DropletId droplet, ITableWriter writer)
    {
        int slot = host == droplet ? ports.PortOf(id, droplet).Value : -1;
        writer.Put(
            droplet,
            Tables.Endpoints,
            new EndpointKey(topology.VniOf(id), topology[id].Address),
            new EndpointValue(EndpointType.Simple, new AddressList(topology[host].Address), slot, topology[id].Mac));
    }

    private static void WriteSubstrate(Topology topology, ImmutableArray<DropletId> others, DropletId droplet, ITableWriter writer)
    {
        foreach (DropletId other in others)
        {
            Droplet at = topology[other];
            writer.Put(
                droplet,
                Tables.Endpoints,
                new EndpointKey(Vni.Substrate, at.Address),
                new EndpointValue(EndpointType.Substrate, default, -1, at.Mac));
        }
    }

    private static AddressList Addresses(Topology topology, ImmutableArray<DropletId> droplets)
    {
        Span<Ipv4Address> addresses = stackalloc Ipv4Address[AddressList.Limit];
        for (int i = 0; i < droplets.Length; i++)
        {
            addresses[i] = topology[droplets[i]].Address;
        }
        return new AddressList(addresses[..droplets.Length]);
    }
}
