using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Management;

/// <summary>What holds for the whole of a scenario, whatever its steps: ports, settings, numbers of labels and of policy elements.</summary>
internal sealed record PlanFacts(PortMap Ports, DataPlaneSettings Settings, LabelIds Labels, PolicyElements Elements)
{
    /// <summary>Whether any VPC has a network ACL.</summary>
    public required bool HasNacls { get; init; }

    public static PlanFacts Create(Scenario scenario) =>
        new(PortMap.Create(scenario), scenario.Settings, LabelIds.Create(scenario), PolicyElements.Create(scenario))
        {
            HasNacls = scenario.Topology.Vpcs.Any(vpc => vpc.HasNacl),
        };
}
