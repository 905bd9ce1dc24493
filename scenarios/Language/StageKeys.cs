using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Stages of a droplet's transit: in the topology, and loaded and unloaded by steps.</summary>
internal static class StageKeys
{
    private static readonly (string Word, int Slot)[] Slots =
        [("tx", StageSlot.Tx), ("pass", StageSlot.Pass), ("redirect", StageSlot.Redirect), ("drop", StageSlot.Drop), ("scaled_endpoint", StageSlot.ScaledEndpoint)];

    private static readonly ChoiceShape<StageProgram> Program = new(
        "a stage program", [.. Enum.GetValues<StageProgram>().Where(p => p != StageProgram.Function).Select(p => (TableText.Word(p), p))]);

    private static readonly ImmutableArray<(int Slot, Key<StageProgram> Key)> SlotKeys =
        [.. Slots.Select(s => (s.Slot, Key.May(s.Word, Program, $"The program in the slot of {s.Word.Replace('_', ' ')}.")))];

    public static readonly RecordShape Shape = new("stages", "Programs transit ends in (spec §3.6), by slot. A bouncer of a network with services has the scaled-endpoint stage anyhow.", [.. SlotKeys.Select(k => (Key)k.Key)]);

    private static readonly Key<DropletId> Droplet = Key.Needs("droplet", References.Droplet, "On whose transit.");
    private static readonly Key<int> Slot = Key.Needs("slot", new ChoiceShape<int>("a slot", Slots), "Which slot.");
    private static readonly Key<StageProgram> Loaded = Key.Needs("program", Program, "What is loaded.");

    public static readonly StepKind LoadStage = new(
        new RecordShape("load_stage", "A stage program is loaded while traffic runs.", Droplet, Slot, Loaded, StepKinds.Name, StepKinds.At),
        static (f, t) => t.Add(f, new LoadStageStep(f.Get(Droplet), new StageUse(f.Get(Slot), f.Get(Loaded))) { Name = "", Where = f.Where }));

    public static readonly StepKind UnloadStage = new(
        new RecordShape("unload_stage", "A slot is emptied.", Droplet, Slot, StepKinds.Name, StepKinds.At),
        static (f, t) => t.Add(f, new UnloadStageStep(f.Get(Droplet), f.Get(Slot)) { Name = "", Where = f.Where }));

    /// <summary>What is loaded, in the order of slots; default when nothing is.</summary>
    public static ImmutableArray<StageUse> Of(Fields fields)
    {
        ImmutableArray<StageUse> uses = [.. SlotKeys.Where(k => fields.Given(k.Key)).Select(k => new StageUse(k.Slot, fields.Get(k.Key)))];
        return uses.IsEmpty ? default : uses;
    }
}
