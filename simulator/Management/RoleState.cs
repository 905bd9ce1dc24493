using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// Who plays which role at one time: where each endpoint lives, and the ordered bouncers of every network and dividers of every VPC.
/// A step makes a new state; what it does not touch is shared.
/// </summary>
public sealed record RoleState
{
    public required Topology Topology { get; init; }

    /// <summary>By endpoint index; null while the endpoint does not exist.</summary>
    public required ImmutableArray<DropletId?> HostOf { get; init; }

    /// <summary>By network index.</summary>
    public required ImmutableArray<ImmutableArray<DropletId>> Bouncers { get; init; }

    /// <summary>By VPC index.</summary>
    public required ImmutableArray<ImmutableArray<DropletId>> Dividers { get; init; }

    public static RoleState Initial(Topology topology) => new()
    {
        Topology = topology,
        HostOf = [.. topology.Endpoints.Select(e => e.Initially ? e.Droplet : (DropletId?)null)],
        Bouncers = [.. topology.Networks.Select(n => n.Bouncers)],
        Dividers = [.. topology.Vpcs.Select(v => v.Dividers)],
    };

    /// <summary>The state after a step; the very same object when the step changes no role.</summary>
    public RoleState After(Step step) => step switch
    {
        CreateEndpointStep s => this with { HostOf = HostOf.SetItem(s.Endpoint.Index, Topology[s.Endpoint].Droplet) },
        DeleteEndpointStep s => this with { HostOf = HostOf.SetItem(s.Endpoint.Index, null) },
        MoveEndpointStep s => this with { HostOf = HostOf.SetItem(s.Endpoint.Index, s.To) },
        AddBouncerStep s => this with { Bouncers = Bouncers.SetItem(s.Network.Index, Bouncers[s.Network.Index].Add(s.Droplet)) },
        RemoveBouncerStep s => this with { Bouncers = Bouncers.SetItem(s.Network.Index, Bouncers[s.Network.Index].Remove(s.Droplet)) },
        AddDividerStep s => this with { Dividers = Dividers.SetItem(s.Vpc.Index, Dividers[s.Vpc.Index].Add(s.Droplet)) },
        RemoveDividerStep s => this with { Dividers = Dividers.SetItem(s.Vpc.Index, Dividers[s.Vpc.Index].Remove(s.Droplet)) },
        _ => this,
    };
}
