using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of a droplet's stages.</summary>
internal static class StageKeys
{
    public static readonly (string Word, int Slot)[] Slots =
        [("tx", StageSlot.Tx), ("pass", StageSlot.Pass), ("redirect", StageSlot.Redirect), ("drop", StageSlot.Drop), ("scaled_endpoint", StageSlot.ScaledEndpoint), ("aborted", StageSlot.Aborted)];

    public static readonly ChoiceShape<StageProgram> Program = new(
        "a stage program", [.. Enum.GetValues<StageProgram>().Where(p => p != StageProgram.Function).Select(p => (TableText.Word(p), p))]);

    private static readonly ImmutableArray<(int Slot, Key<StageProgram> Key)> SlotKeys =
        [.. Slots.Select(s => (s.Slot, Key.May(s.Word, Program, $"The program in the slot of {s.Word.Replace('_', ' ')}.")))];

    public static readonly RecordShape Shape = new("stages", "Programs transit ends in (spec §3.6), by slot. A bouncer of a network with services has the scaled-endpoint stage anyhow.", [.. SlotKeys.Select(k => (Key)k.Key)]);

    /// <summary>What is loaded, in the order of slots; default when nothing is.</summary>
    public static ImmutableArray<StageUse> Of(Fields fields)
    {
        ImmutableArray<StageUse> uses = [.. SlotKeys.Where(k => fields.Given(k.Key)).Select(k => new StageUse(k.Slot, fields.Get(k.Key)))];
        return uses.IsEmpty ? default : uses;
    }
}
