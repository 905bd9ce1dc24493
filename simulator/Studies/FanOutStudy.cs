using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;

namespace MizarLab.Studies;

/// <summary>
/// Pods that come at a rate, and what nodes are told of them (spec 12 §8 E13): where every node watches every endpoint, each is told of its creation and of both updates of its status; Mizar's
/// operator tells the bouncers and the host, others whom their architecture says, once. Every event is a message in the simulator.
/// </summary>
/// <param name="architecture">Any; of full_mesh all nodes watch all endpoints.</param>
/// <param name="shape">As many endpoints as pods come, hosts as there are nodes, and events of a pod (<see cref="ControlShape.Updates"/>).</param>
/// <param name="seconds">In which they come.</param>
/// <param name="costs">How long messages take.</param>
/// <param name="settings">Of the Mizars.</param>
public sealed class FanOutStudy(ArchitectureKind architecture, ControlShape shape, int seconds, ControlCosts costs, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("events", "1/s", "Messages a second, over all nodes"),
        new("events_per_node", "1/s", "Messages a second that a node takes, the mean"),
        new("merged", "1/s", "Messages a second spared because two roles are one node's"),
        new("server_time", "", "Share of one sender's time that sending takes; above 1 it falls behind"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        ControlPlane plane = Architectures.ControlPlaneOf(architecture, shape, settings);
        ControlOutcome seen = ControlRun.Execute(plane, costs, 100_000_000, run.Cancel);
        double each = 1.0 / seconds;
        return StudyResult.Of(
            seen.Messages * each, seen.Messages * each / shape.Hosts, plane.Merged * each, seen.MostRowsSent * each * costs.Send.Picoseconds / 1e12);
    }
}
