using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>A kind of timeline step: its keys, and how its values become steps. Another kind is one of these and a line in <see cref="StepKinds.All"/>.</summary>
internal sealed record StepKind(RecordShape Shape, Action<Fields, TimelineBuilder> Build);

/// <summary>The registry of steps.</summary>
internal static class StepKinds
{
    public static readonly Key<string> Name = Key.May("name", NameShape.Instance, "Name for expectations; without it the kind and the step's number: ping-3.");
    public static readonly Key<SimTime> At = Key.May("at", Standard.Time, "Not before this time since the timeline began.");
    public static readonly Key<bool> Background = Key.Has("background", BooleanShape.Instance, false, "Later steps begin while this one runs.");

    public static ImmutableArray<StepKind> All { get; } =
    [
        ExchangeSteps.Ping,
        ExchangeSteps.Udp,
        ExchangeSteps.Tcp,
        ExchangeSteps.Common,
        TrafficSteps.Traffic,
        ExchangeSteps.Frame,
        ExchangeSteps.UnderlayFrame,
        ChangeSteps.CreateEndpoint,
        ChangeSteps.DeleteEndpoint,
        ChangeSteps.MoveEndpoint,
        TrafficSteps.Churn,
        ChangeSteps.AddBouncer,
        ChangeSteps.RemoveBouncer,
        ChangeSteps.AddDivider,
        ChangeSteps.RemoveDivider,
        ChangeSteps.Fail,
        ChangeSteps.Restore,
        FabricSteps.FailSwitch,
        FabricSteps.RestoreSwitch,
        FabricSteps.FailLink,
        FabricSteps.RestoreLink,
        HealthSteps.Unhealthy,
        HealthSteps.Healthy,
        ServiceSteps.AddBackend,
        ServiceSteps.RemoveBackend,
        PolicySteps.AddPolicy,
        PolicySteps.DeletePolicy,
        PolicySteps.ReplacePolicy,
        LabelSteps.SetLabels,
        StageSteps.LoadStage,
        StageSteps.UnloadStage,
        ChangeSteps.Wait,
    ];
}
