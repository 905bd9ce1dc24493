using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>
/// Who plays which role at one time: where each endpoint lives, the ordered bouncers of every network and dividers of every VPC, and whatever else a step
/// can change: backends, policies in force, labels, stages, who is known to be down.
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

    /// <summary>By service index.</summary>
    public required ImmutableArray<ImmutableArray<EndpointId>> Backends { get; init; }

    /// <summary>By policy index: whether it is in force.</summary>
    public required ImmutableArray<bool> Policies { get; init; }

    /// <summary>By endpoint index.</summary>
    public required ImmutableArray<EndpointLabels> Labels { get; init; }

    /// <summary>By droplet and slot, what was put there; null: taken out.</summary>
    public required ImmutableSortedDictionary<(DropletId Droplet, int Slot), StageProgram?> Stages { get; init; }

    /// <summary>Droplets the management plane knows to be down.</summary>
    public ImmutableSortedSet<DropletId> Unhealthy { get; init; } = [];

    public static RoleState Initial(Topology topology) => new()
    {
        Topology = topology,
        HostOf = [.. topology.Endpoints.Select(e => e.Initially ? e.Droplet : (DropletId?)null)],
        Bouncers = [.. topology.Networks.Select(n => n.Bouncers)],
        Dividers = [.. topology.Vpcs.Select(v => v.Dividers)],
        Backends = [.. topology.Services.Select(s => s.Backends)],
        Policies = [.. topology.Policies.Select(p => p.Initially)],
        Labels = [.. topology.Endpoints.Select(e => e.Labels)],
        Stages = InitialStages(topology),
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
        AddBackendStep s => this with { Backends = Backends.SetItem(s.Service.Index, Backends[s.Service.Index].Add(s.Endpoint)) },
        RemoveBackendStep s => this with { Backends = Backends.SetItem(s.Service.Index, Backends[s.Service.Index].Remove(s.Endpoint)) },
        AddPolicyStep s => this with { Policies = Policies.SetItem(s.Policy.Index, true) },
        DeletePolicyStep s => this with { Policies = Policies.SetItem(s.Policy.Index, false) },
        ReplacePolicyStep s => this with { Policies = Policies.SetItem(s.Policy.Index, false).SetItem(s.By.Index, true) },
        SetLabelsStep s => this with { Labels = Labels.SetItem(s.Endpoint.Index, s.Labels) },
        LoadStageStep s => this with { Stages = Stages.SetItem((s.Droplet, s.Stage.Slot), s.Stage.Program) },
        UnloadStageStep s => this with { Stages = Stages.SetItem((s.Droplet, s.Slot), null) },
        MarkUnhealthyStep s => this with { Unhealthy = Unhealthy.Add(s.Droplet) },
        MarkHealthyStep s => this with { Unhealthy = Unhealthy.Remove(s.Droplet) },
        _ => this,
    };

    private static ImmutableSortedDictionary<(DropletId Droplet, int Slot), StageProgram?> InitialStages(Topology topology)
    {
        var stages = ImmutableSortedDictionary.CreateBuilder<(DropletId Droplet, int Slot), StageProgram?>();
        for (int d = 0; d < topology.Droplets.Length; d++)
        {
            foreach (StageUse stage in topology.Droplets[d].Stages.IsDefault ? [] : topology.Droplets[d].Stages)
            {
                stages[(new DropletId(d), stage.Slot)] = stage.Program;
            }
        }
        foreach (UserFunction function in topology.Functions)
        {
            foreach (DropletId droplet in function.On)
            {
                stages[(droplet, function.Slot)] = StageProgram.Function;
            }
        }
        return stages.ToImmutable();
    }
}
