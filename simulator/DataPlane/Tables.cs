using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>One kind of table. The instance is its identity: a backend keeps its own storage under it.</summary>
/// <typeparam name="TKey">Key; a struct of network types.</typeparam>
/// <typeparam name="TValue">Value.</typeparam>
public sealed class Table<TKey, TValue>(string name) : ITable
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    /// <summary>The name in scenarios, reports and errors.</summary>
    public string Name { get; } = name;
}

/// <summary>A table of any shape.</summary>
public interface ITable
{
    string Name { get; }
}

/// <summary>
/// The tables of the data plane (spec §3.1). A droplet has one of each; agents share the droplet's and find their own rows by
/// <see cref="AgentId"/>. Another table is one line here and a codec in each backend.
/// </summary>
public static class Tables
{
    /// <summary>The NIC's identity. One row, key 0; without it the droplet is 0.0.0.0 (§3.5 row 1).</summary>
    public static readonly Table<int, InterfaceConfig> Interface = new("interface");

    /// <summary>Transit's devmap: slot 0 is the NIC, others are endpoints. A row says only that the slot is filled; the backend knows with what.</summary>
    public static readonly Table<int, PortId> Slots = new("slots");

    /// <summary>The agents' devmap: slot 0 is the NIC.</summary>
    public static readonly Table<int, PortId> AgentSlots = new("agent_slots");

    /// <summary>Endpoints a bouncer or host knows, and under VNI 0 the substrate.</summary>
    public static readonly Table<EndpointKey, EndpointValue> Endpoints = new("endpoints");

    /// <summary>Divider: network → bouncers; longest prefix first.</summary>
    public static readonly Table<NetworkKey, AddressList> Networks = new("networks");

    /// <summary>Bouncer: VPC → dividers.</summary>
    public static readonly Table<Vni, AddressList> Vpcs = new("vpcs");

    /// <summary>The direct-path cache: endpoint → host (§3.7). Learned, least recently used goes first.</summary>
    public static readonly Table<EndpointKey, HostAddress> DirectPath = new("direct_path");

    /// <summary>One row an agent: who it speaks for and its bouncers.</summary>
    public static readonly Table<AgentId, AgentConfig> Agents = new("agents");

    /// <summary>Substrate MACs an agent knows (its bouncers').</summary>
    public static readonly Table<AgentSubstrateKey, MacAddress> AgentSubstrate = new("agent_substrate");
}

/// <summary>An agent on its droplet, i.e. the port its endpoint's frames come in by. 1 and up.</summary>
public readonly record struct AgentId(int Value);

/// <summary>A port of a droplet: 0 is the NIC, others are endpoints' interfaces, numbered by the plan.</summary>
public readonly record struct PortId(int Value)
{
    public static readonly PortId Nic = new(0);
}

/// <summary>The NIC: its devmap slot, underlay address and MAC.</summary>
public readonly record struct InterfaceConfig(int Slot, Ipv4Address Address, MacAddress Mac);

/// <summary>VNI and address; the lookup key nearly everywhere.</summary>
public readonly record struct EndpointKey(Vni Vni, Ipv4Address Address);

/// <summary>The wire's endpoint types (§3.15).</summary>
public enum EndpointType : uint
{
    Substrate = 0,
    Simple = 1,
    Scaled = 2,
    Gateway = 3,
}

/// <summary><see cref="Slot"/> is the devmap slot of an endpoint hosted here, or −1. Remotes: the host, or a scaled endpoint's backends.</summary>
public readonly record struct EndpointValue(EndpointType Type, AddressList Remotes, int Slot, MacAddress Mac)
{
    /// <summary>Whether it lives behind a slot of this droplet.</summary>
    public bool IsHosted => Slot != -1;
}

/// <summary>A network in the longest-prefix table. <see cref="Prefix"/> keeps no host bits.</summary>
public readonly record struct NetworkKey(Vni Vni, Ipv4Prefix Prefix);

/// <summary>A host as the direct-path cache and the RTS option name it.</summary>
public readonly record struct HostAddress(Ipv4Address Address, MacAddress Mac);

/// <summary>Own NIC identity, the endpoint's key (its VNI counts, §3.2 row 4), and the bouncers of its network in order.</summary>
public readonly record struct AgentConfig(Ipv4Address NicAddress, MacAddress NicMac, EndpointKey Endpoint, AddressList Bouncers);

public readonly record struct AgentSubstrateKey(AgentId Agent, EndpointKey Key);
