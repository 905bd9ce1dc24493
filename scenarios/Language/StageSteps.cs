using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Steps that load and unload stages of a droplet's transit.</summary>
internal static class StageSteps
{
    private static readonly Key<DropletId> Droplet = Key.Needs("droplet", References.Droplet, "On whose transit.");
    private static readonly Key<int> Slot = Key.Needs("slot", new ChoiceShape<int>("a slot", StageKeys.Slots), "Which slot.");
    private static readonly Key<StageProgram> Loaded = Key.Needs("program", StageKeys.Program, "What is loaded.");

    public static readonly StepKind LoadStage = new(
        new RecordShape("load_stage", "A stage program is loaded while traffic runs.", Droplet, Slot, Loaded, StepKinds.Name, StepKinds.At),
        static (f, t) => t.Add(f, new LoadStageStep(f.Get(Droplet), new StageUse(f.Get(Slot), f.Get(Loaded))) { Name = "", Where = f.Where }));

    public static readonly StepKind UnloadStage = new(
        new RecordShape("unload_stage", "A slot is emptied.", Droplet, Slot, StepKinds.Name, StepKinds.At),
        static (f, t) => t.Add(f, new UnloadStageStep(f.Get(Droplet), f.Get(Slot)) { Name = "", Where = f.Where }));
}
