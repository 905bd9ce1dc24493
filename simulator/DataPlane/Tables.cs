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
    public static readonly Table<NetworkKey, NetworkValue> Networks = new("networks");

    /// <summary>Bouncer: VPC → dividers.</summary>
    public static readonly Table<Vni, AddressList> Vpcs = new("vpcs");

    /// <summary>The direct-path cache: endpoint → host (§3.7). Learned, least recently used goes first.</summary>
    public static readonly Table<EndpointKey, CachedHost> DirectPath = new("direct_path");

    /// <summary>One row an agent: who it speaks for and its bouncers.</summary>
    public static readonly Table<AgentId, AgentConfig> Agents = new("agents");

    /// <summary>Substrate MACs an agent knows (its bouncers').</summary>
    public static readonly Table<AgentSubstrateKey, MacAddress> AgentSubstrate = new("agent_substrate");

    /// <summary>Which tail-called programs of transit are loaded (§3.6, final dispatcher); key: <see cref="StageSlot"/>.</summary>
    public static readonly Table<int, StageProgram> Stages = new("stages");

    /// <summary>Scaled endpoint: its port and protocol → the backends' port (§3.9.1).</summary>
    public static readonly Table<ServicePortKey, ushort> ServicePorts = new("service_ports");

    /// <summary>The client host's cache of what a service's frames become (§3.9.3). Learned.</summary>
    public static readonly Table<NatKey, NatValue> ForwardNat = new("forward_nat");

    /// <summary>The client host's cache of what the backends' replies become (§3.9.3). Learned.</summary>
    public static readonly Table<NatKey, NatValue> ReverseNat = new("reverse_nat");

    /// <summary>Tracked connections (§3.2, §3.6, §3.10). Learned.</summary>
    public static readonly Table<ConnectionKey, ConnectionState> Connections = new("connections");

    /// <summary>Endpoints whose policy is enforced, a direction each (§3.10).</summary>
    public static readonly Table<PolicyScope, byte> PolicyEnforced = new("policy_enforced");

    /// <summary>Protocol and port → rule elements (§3.10); protocol 0 and port 0 is any.</summary>
    public static readonly Table<PolicyPortKey, PolicyBits> PolicyPorts = new("policy_ports");

    /// <summary>Remote prefix → rule elements (§3.10), longest prefix first within a kind.</summary>
    public static readonly Table<PolicyCidrKey, PolicyBits> PolicyCidrs = new("policy_cidrs");

    /// <summary>The sender's labels → rule elements, ingress only (§3.10).</summary>
    public static readonly Table<PolicyLabelKey, PolicyBits> PolicyLabels = new("policy_labels");

    /// <summary>What agents sent, summed (§3.1). One row, key 0; without it nothing is counted.</summary>
    public static readonly Table<int, TransmitStatistics> Statistics = new("statistics");

    /// <summary>Best-effort bandwidth of the droplet's NIC (§3.11). Key: the NIC's underlay address.</summary>
    public static readonly Table<Ipv4Address, BandwidthLimit> Bandwidth = new("bandwidth");

    /// <summary>Frames dropped or aborted so far: <see cref="Reason"/> → how many; no row while none. Counted, and not written by anybody else.</summary>
    public static readonly Table<int, ulong> Drops = new("drops");

    /// <summary>Divider: the network ACL of a VPC, its rules by their order.</summary>
    public static readonly Table<NaclKey, NaclEntry> Nacl = new("nacl");

    /// <summary>Token buckets of agents with a limit (<see cref="AgentConfig.BytesPerSecond"/>). Learned.</summary>
    public static readonly Table<AgentId, TokenBucket> Tokens = new("tokens");

    /// <summary>How a VPC's traffic with the outside is translated, on the droplet it leaves by.</summary>
    public static readonly Table<Vni, Translator> Translators = new("translators");

    /// <summary>Public addresses and ports behind which an endpoint of the VPC answers the outside.</summary>
    public static readonly Table<PortForwardKey, PortForward> PortForwards = new("port_forwards");

    /// <summary>Sessions with the outside, two rows each. Learned.</summary>
    public static readonly Table<TranslationKey, TranslationValue> Translations = new("translations");

    /// <summary>Droplets this one takes tunnelled frames from, and which of them are unhealthy (dialect <c>lab</c>).</summary>
    public static readonly Table<Ipv4Address, PeerState> Peers = new("peers");
}

/// <summary>An agent on its droplet, i.e. the port its endpoint's frames come in by. 1 and up.</summary>
public readonly record struct AgentId(int Value);

/// <summary>A port of a droplet: 0 is the NIC, others are endpoints' interfaces, numbered by the plan.</summary>
public readonly record struct PortId(int Value)
{
    public static readonly PortId Nic = new(0);
}

/// <summary>The NIC: its devmap slot, underlay address and MAC.</summary>
public readonly record struct InterfaceConfig(int Slot, Ipv4Address Address, MacAddress Mac)
{
    /// <summary>MTU of the underlay in bytes of IP; 0: unknown, and no path MTU is told (dialect <c>lab</c>).</summary>
    public int MtuBytes { get; init; }

    /// <summary>Whether some peer is unhealthy; while none is, nobody looks (dialect <c>lab</c>).</summary>
    public bool HasUnhealthyPeers { get; init; }

    /// <summary>Whether some VPC's traffic leaves it here (<see cref="Tables.Translators"/>); else nobody looks.</summary>
    public bool HasOutside { get; init; }
}

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

    /// <summary>
    /// Hosted here and under ingress policy, so that nobody else's frames pay for it (dialect <c>lab</c>). Either bit has its connections tracked: what an
    /// endpoint under one direction's policy opens and is answered must be known in the other.
    /// </summary>
    public bool HasIngressPolicy { get; init; }

    /// <summary>Hosted here and under egress policy (dialect <c>lab</c>).</summary>
    public bool HasEgressPolicy { get; init; }

    /// <summary>Hosted here, and its frames are handed to a user-space function, undecapsulated (dialect <c>lab</c>).</summary>
    public bool IsProxied { get; init; }

    /// <summary>Hosted here, it stands for everything outside its VPC: its frames are translated on the way to it.</summary>
    public bool IsOutside { get; init; }
}

/// <summary>A network in the longest-prefix table. <see cref="Prefix"/> keeps no host bits.</summary>
public readonly record struct NetworkKey(Vni Vni, Ipv4Prefix Prefix);

/// <summary>A host as the direct-path cache and the RTS option name it.</summary>
public readonly record struct HostAddress(Ipv4Address Address, MacAddress Mac);

/// <summary>A network's bouncers, and what the dialect <c>lab</c> knows of it besides.</summary>
public readonly record struct NetworkValue(AddressList Bouncers)
{
    /// <summary>Where ICMP errors to its endpoints come from; <see cref="Ipv4Address.Any"/>: none are sent.</summary>
    public Ipv4Address Gateway { get; init; }

    public MacAddress GatewayMac { get; init; }

    /// <summary>The VNI its bouncers know it under, when it is another VPC's, peered with this one; else <see cref="Packets.Vni.Substrate"/>.</summary>
    public Vni PeerVni { get; init; }

    /// <summary>Frames stay on the divider's path, which has something to say about each of them (a NACL, a peering).</summary>
    public bool IsGuarded { get; init; }

    /// <summary>No network of the VPC, but what lies outside it.</summary>
    public bool IsOutside { get; init; }

    public static implicit operator NetworkValue(AddressList bouncers) => new(bouncers);
}

/// <summary>A direct-path entry. What <c>mizar</c> knows is the host alone.</summary>
public record struct CachedHost(HostAddress Host)
{
    /// <summary>
    /// The host is the endpoint's own, not a divider in its stead: whoever crosses networks on this way passes no divider, and the agent takes one off the
    /// inner TTL (dialect <c>lab</c>).
    /// </summary>
    public bool Crosses { get; init; }

    /// <summary>When a frame last said so, in <see cref="LabClock"/> ticks (dialect <c>lab</c>). Written in the row itself: most frames have no other news.</summary>
    public uint Seen { get; set; }

    /// <summary>Whether it says the same, whenever that was seen.</summary>
    public readonly bool Says(in CachedHost other) => Host == other.Host && Crosses == other.Crosses;

    public static implicit operator CachedHost(HostAddress host) => new(host);
}

/// <summary>
/// What an agent has wired. Upstream's agents have a jump table and a devmap each (§3.1); ours share the droplet's, and these say which parts of
/// them an agent has.
/// </summary>
[Flags]
public enum AgentLinks : byte
{
    None = 0,

    /// <summary>Its devmap holds the NIC.</summary>
    Nic = 1 << 0,

    /// <summary>Its tail call into transit (slot 0).</summary>
    Transit = 1 << 1,

    /// <summary>Statistics for REDIRECT (slot 1), PASS (2) and DROP (4): each counts and answers its own verdict.</summary>
    RedirectStatistics = 1 << 2,
    PassStatistics = 1 << 3,
    DropStatistics = 1 << 4,

    /// <summary>ABORTED (5) has no program of its own: what upstream never loads there, and a vector does, is PASS's or DROP's, which counts and answers as such.</summary>
    AbortedToPass = 1 << 5,
    AbortedToDrop = 1 << 6,

    /// <summary>What a running agent has without statistics.</summary>
    Usual = Nic | Transit,
}

/// <summary>Own NIC identity, the endpoint's key (its VNI counts, §3.2 row 4), and the bouncers of its network in order.</summary>
public readonly record struct AgentConfig(Ipv4Address NicAddress, MacAddress NicMac, EndpointKey Endpoint, AddressList Bouncers)
{
    public AgentLinks Links { get; init; } = AgentLinks.Usual;

    /// <summary>Not zero: the outer destination MAC of all it sends (§3.4 row 3).</summary>
    public MacAddress MacOverride { get; init; }

    /// <summary>Label ids of its frames; 0 is none (§2.5).</summary>
    public uint PodLabel { get; init; }

    public uint NamespaceLabel { get; init; }

    /// <summary>Class and priority as upstream's packet metadata has them (§3.15): 0 is premium and high.</summary>
    public uint ClassAndPriority { get; init; }

    /// <summary>The endpoint's own MAC: what source validation expects (dialect <c>lab</c>, as all below).</summary>
    public MacAddress EndpointMac { get; init; }

    /// <summary>Whether its endpoint is under policy, and in which direction; either has its connections tracked.</summary>
    public bool HasEgressPolicy { get; init; }

    public bool HasIngressPolicy { get; init; }

    /// <summary>The network's gateway, where ICMP errors to the endpoint come from.</summary>
    public Ipv4Address Gateway { get; init; }

    public MacAddress GatewayMac { get; init; }

    /// <summary>Token bucket; 0: no limit.</summary>
    public ulong BytesPerSecond { get; init; }

    public uint BurstBytes { get; init; }

    /// <summary>Behind it is a user-space function, which may send in Geneve (<see cref="ProxiedEndpoint"/>).</summary>
    public bool IsProxied { get; init; }

    /// <summary>Its endpoint stands for everything outside the VPC: what it sends is translated on the way in.</summary>
    public bool IsOutside { get; init; }
}

/// <summary>A rule's place: 0 to 63; the lowest that matches decides.</summary>
public readonly record struct NaclKey(Vni Vni, int Order)
{
    /// <summary>Rules a VPC has at most: the programs' loop ends there.</summary>
    public const int Limit = 64;
}

/// <summary>A rule of a network ACL.</summary>
/// <param name="Protocol">0: any.</param>
/// <param name="FirstPort">Destination ports; 0 to 65535: any, and packets without ports match too.</param>
public readonly record struct NaclEntry(bool Allows, Ipv4Prefix Source, Ipv4Prefix Destination, IpProtocol Protocol, ushort FirstPort, ushort LastPort);

/// <summary>A token bucket.</summary>
/// <param name="FullAt">When it is full again, in nanoseconds of the data plane's clock; in the past: it is.</param>
public readonly record struct TokenBucket(ulong FullAt);

public readonly record struct AgentSubstrateKey(AgentId Agent, EndpointKey Key);
