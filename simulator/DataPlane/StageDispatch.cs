namespace MizarLab.DataPlane;

/// <summary>
/// Transit's final dispatcher (§3.6): what was decided goes through the stage program of its verdict, if one is loaded, and the stage's answer is
/// final. Stages are rows of <see cref="Tables.Stages"/>: they come and go while traffic runs.
/// </summary>
internal static class StageDispatch
{
    /// <summary>TX becomes a redirect to the NIC's slot, so that it also works when an agent tail-called us.</summary>
    public static ProgramResult ToNic(DropletTables tables, in ProgramResult decided) =>
        decided.Verdict == Verdict.Tx
            ? Answer.Redirect(tables.Slots, Devmap.Transit, tables.Interface.Value.Slot, decided.Reason, Reason.NoNicSlot)
            : decided;

    /// <summary>
    /// Upstream knows TX no more by now: its stage for it is never reached, and ABORTED has none (§8.1 P24). With <see cref="Switches.CompleteStages"/> both
    /// have.
    /// </summary>
    /// <param name="wasTransmit">It was TX before <see cref="ToNic"/>.</param>
    public static ProgramResult Run(DropletTables tables, in ProgramResult result, bool wasTransmit) =>
        tables.HasStages && tables.Stages.TryGet(SlotOf(result.Verdict, wasTransmit, tables.Settings.Has(Switches.CompleteStages)), out StageProgram stage)
            ? Through(stage, in result)
            : result;

    public static bool Has(DropletTables tables, int slot, StageProgram stage) => tables.HasStages && tables.Stages.TryGet(slot, out StageProgram there) && there == stage;

    /// <summary>What a stage answers; the reason stays transit's.</summary>
    /// <exception cref="NotSupportedException">The model runs no user's program.</exception>
    public static ProgramResult Through(StageProgram stage, in ProgramResult before) => stage switch
    {
        StageProgram.Redirect when before.Verdict == Verdict.Redirect => before,
        StageProgram.Redirect => Without(Verdict.Redirect, before.Reason),
        StageProgram.Tx => Without(Verdict.Tx, before.Reason),
        StageProgram.Pass => Without(Verdict.Pass, before.Reason),
        StageProgram.Drop => Without(Verdict.Drop, before.Reason),
        _ => throw new NotSupportedException($"the model runs no program '{stage}' in the stage of a verdict"),
    };

    private static ProgramResult Without(Verdict verdict, Reason reason) => new(verdict, reason, Devmap.None, -1);

    private static int SlotOf(Verdict verdict, bool transmits, bool complete) => verdict switch
    {
        Verdict.Redirect => transmits && complete ? StageSlot.Tx : StageSlot.Redirect,
        Verdict.Pass => StageSlot.Pass,
        Verdict.Drop => StageSlot.Drop,
        _ => complete ? StageSlot.Aborted : StageSlot.None,
    };
}
