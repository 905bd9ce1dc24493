using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary>What the making of a study may use besides its own keys.</summary>
/// <param name="Settings">The data plane of the point: dialect, switches, sharding as the experiment says.</param>
/// <param name="Inputs">Files it may name.</param>
/// <param name="Diagnostics">Where what is wrong with the parameters together is reported.</param>
internal sealed record StudyContext(DataPlaneSettings Settings, IInputFiles Inputs, Diagnostics Diagnostics);

/// <summary>A kind of study: its keys, and how its values become one. Another kind is one of these and a line in <see cref="StudyKinds.All"/>.</summary>
/// <param name="Make">Null after something was reported.</param>
internal sealed record StudyKind(RecordShape Shape, Func<Fields, StudyContext, IStudy?> Make);

/// <summary>The registry of studies.</summary>
internal static class StudyKinds
{
    public static ImmutableArray<StudyKind> All { get; } =
    [
        PathKeys.Kind,
        RemapKeys.Kind,
        EntropyKeys.Kind,
        EvennessKeys.Kind,
        PolicerKeys.Kind,
        UnknownKeys.Kind,
        BackendsKeys.Kind,
        MaglevKeys.Kind,
        PlacementKeys.Kind,
        LiveChangeKeys.Kind,
        PolicyChangeKeys.Kind,
        ConnectionsKeys.Kind,
        DetourKeys.Kind,
        SpoofKeys.Kind,
        OverheadKeys.Kind,
        IsolationKeys.Kind,
        MemoryKeys.Kind,
        TrafficKeys.Kind,
        ProgrammingKeys.Kind,
        ChurnProgrammingKeys.Kind,
        RoleChangeKeys.Kind,
        OffloadKeys.Kind,
        CacheKeys.HostCache,
        CacheKeys.Pressure,
        FirstPacketKeys.Kind,
        ShardFailureKeys.Kind,
        MigrationKeys.Kind,
        LoadKeys.FanOut,
        LoadKeys.GatewayOverload,
    ];
}
