namespace MizarLab.DataPlane;

/// <summary>Tail calls out of transit (§3.6): what the called program answers is final, and no other stage is reached.</summary>
internal static class Stage
{
    /// <summary>Slot 4, for a frame to a scaled endpoint; it is dropped when the slot is empty.</summary>
    public static ProgramResult Scaled(ref TransitFrame transit)
    {
        if (!transit.Tables.Stages.TryGet(StageSlot.ScaledEndpoint, out StageProgram program))
        {
            return Answer.Drop(Reason.NoScaledStage);
        }
        transit.IsFinal = true;
        return program == StageProgram.ScaledEndpoint ? ScaledEndpoint.Run(ref transit) : Verdict(program, Reason.NoScaledStage);
    }

    /// <summary>A program that answers the verdict it is named for. Nothing before it chose a target.</summary>
    private static ProgramResult Verdict(StageProgram program, Reason reason) => program switch
    {
        StageProgram.Tx => Answer.Tx(reason),
        StageProgram.Pass => Answer.Pass(reason),
        StageProgram.Redirect => new ProgramResult(DataPlane.Verdict.Redirect, reason, Devmap.None, -1),
        StageProgram.Drop => Answer.Drop(reason),
        _ => throw new InvalidOperationException($"the model does not know what a stage '{program}' answers"),
    };
}
