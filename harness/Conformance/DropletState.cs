using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// The state of one droplet as a vector gives it. The rows of tables a data plane has are written through the table seam; of the tables
/// that come later, as much is kept as tells whether a frame would meet them (<see cref="Needs"/>).
/// </summary>
public sealed record DropletState
{
    public InterfaceConfig? Interface { get; init; }

    /// <summary>Filled slots of transit's devmap.</summary>
    public ImmutableArray<int> Slots { get; init; } = [];

    /// <summary>Rows by key; of equal keys in the file the last, as updates would have it.</summary>
    public ImmutableSortedDictionary<EndpointKey, EndpointValue> Endpoints { get; init; } =
        ImmutableSortedDictionary.Create<EndpointKey, EndpointValue>(EndpointKeyOrder.Instance);

    public ImmutableArray<KeyValuePair<NetworkKey, NetworkValue>> Networks { get; init; } = [];

    public ImmutableArray<KeyValuePair<Vni, AddressList>> Vpcs { get; init; } = [];

    public ImmutableSortedDictionary<EndpointKey, CachedHost> DirectPath { get; init; } =
        ImmutableSortedDictionary.Create<EndpointKey, CachedHost>(EndpointKeyOrder.Instance);

    /// <summary>Agent <c>i</c> of the list is <see cref="AgentId"/> i + 1.</summary>
    public ImmutableArray<AgentState> Agents { get; init; } = [];

    /// <summary>Transit's tail calls: slot → program.</summary>
    public ImmutableSortedDictionary<int, string> Stages { get; init; } = ImmutableSortedDictionary<int, string>.Empty;

    /// <summary>Keys of the reverse NAT cache.</summary>
    public ImmutableArray<FlowKey> ReverseNat { get; init; } = [];

    /// <summary>Endpoints for which policy is enforced, in either direction.</summary>
    public ImmutableArray<EndpointKey> Enforced { get; init; } = [];
}

/// <summary>What one agent has of its own.</summary>
public sealed record AgentState
{
    /// <summary>Null when it was never programmed.</summary>
    public AgentConfig? Config { get; init; }

    public MacAddress MacOverride { get; init; }

    public ImmutableArray<int> Slots { get; init; } = [];

    /// <summary>Its own endpoint table, of which it reads bouncers' MACs.</summary>
    public ImmutableArray<KeyValuePair<EndpointKey, MacAddress>> Substrate { get; init; } = [];

    /// <summary>Labels and class of endpoints.</summary>
    public ImmutableArray<KeyValuePair<EndpointKey, PacketMetadata>> Metadata { get; init; } = [];

    /// <summary>Its tail calls: slot → program.</summary>
    public ImmutableSortedDictionary<int, string> Stages { get; init; } = ImmutableSortedDictionary<int, string>.Empty;
}

/// <summary>What the agent writes into a packet's labels, and its class and priority (§2.2).</summary>
public readonly record struct PacketMetadata(uint PodLabel, uint NamespaceLabel, uint Class);

/// <summary>By VNI, then address.</summary>
internal sealed class EndpointKeyOrder : IComparer<EndpointKey>
{
    public static readonly EndpointKeyOrder Instance = new();

    public int Compare(EndpointKey x, EndpointKey y) =>
        x.Vni == y.Vni ? x.Address.CompareTo(y.Address) : x.Vni.CompareTo(y.Vni);
}
