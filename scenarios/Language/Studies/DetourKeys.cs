using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>detour: { across: on }</c>.</summary>
internal static class DetourKeys
{
    private static readonly Key<bool> Across = Key.Has("across", Standard.OnOff, false, "Whether service and backend are in another network than the client.");
    private static readonly Key<bool> OnBouncer = Key.Has("on_bouncer", Standard.OnOff, false, "Whether the client lives on its network's bouncer.");

    public static readonly StudyKind Kind = new(
        new RecordShape("detour", "The ways of a service's packets, frame by frame.", Across, OnBouncer),
        (fields, context) => new DetourStudy(fields.Get(Across), fields.Get(OnBouncer), context.Settings));
}
