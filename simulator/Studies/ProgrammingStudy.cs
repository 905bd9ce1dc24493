using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;

namespace MizarLab.Studies;

/// <summary>
/// What it takes to tell a network of its endpoints (spec 12 §8 E1, §3.1): messages, rows, time and state of an architecture when all endpoints come up at once. Every message is sent and
/// applied in the simulator; nothing is drawn.
/// </summary>
public sealed class ProgrammingStudy(ArchitectureKind architecture, ControlShape shape, ControlCosts costs, long mostOneByOne, DataPlaneSettings settings) : IStudy
{
    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("messages", "messages", "Control messages about endpoints, over all receivers"),
        new("messages_per_endpoint", "messages", "The same for each endpoint"),
        new("set_up_messages", "messages", "Control messages about networks: to Mizar's dividers and bouncers"),
        new("rows", "rows", "Table rows that all messages wrote"),
        new("time", "s", "From all endpoints' coming up at once until the last message is applied; others' constants, compare its shape alone"),
        new("state", "rows", "Rows about endpoints that the fullest host was told or has of its own"),
        new("mean_state", "rows", "The same, the mean over all hosts"),
        new("base_rows", "rows", "Rows the fullest host holds whatever endpoints there are"),
        new("sessions", "sessions", "Sessions or tunnels that are open all the time"),
        new("sender_memory", "B", "Rows that the busiest sender sent, at the memory a row takes"),
        new("hosts", "hosts", "Hosts of the network"),
        new("networks", "networks", "Networks told apart"),
        new("merged", "messages", "Messages spared because an endpoint's host is one of its bouncers"),
        new("merged_set_ups", "messages", "The same, because a bouncer is one of the dividers"),
        new("one_by_one", "", "1 if every message was an event of its own, 0 if hosts' came in batches"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        ControlPlane plane = Architectures.ControlPlaneOf(architecture, shape, settings);
        ControlOutcome outcome = ControlRun.Execute(plane, costs, mostOneByOne, run.Cancel);
        return StudyResult.Of(
            outcome.Messages,
            (double)outcome.Messages / shape.Endpoints,
            outcome.SetUpMessages,
            outcome.Rows,
            outcome.LastApplied.Picoseconds / 1e12,
            outcome.MostState,
            outcome.MeanState,
            outcome.MostBaseRows,
            plane.Sessions,
            (double)outcome.MostRowsSent * costs.RowBytes,
            shape.Hosts,
            plane.Networks,
            plane.Merged,
            plane.MergedSetUps,
            outcome.OneByOne ? 1 : 0);
    }
}
