namespace MizarLab.DataPlane;

/// <summary>Program results by name.</summary>
internal static class Answer
{
    public static ProgramResult Aborted(Reason reason) => new(Verdict.Aborted, reason, Devmap.None, -1);

    public static ProgramResult Drop(Reason reason) => new(Verdict.Drop, reason, Devmap.None, -1);

    public static ProgramResult Pass(Reason reason) => new(Verdict.Pass, reason, Devmap.None, -1);

    /// <summary>Out by the NIC it came in by; transit's dispatcher turns it into a redirect.</summary>
    public static ProgramResult Tx(Reason reason) => new(Verdict.Tx, reason, Devmap.None, -1);

    /// <summary>Through a devmap; an empty slot aborts, the frame staying as it was made.</summary>
    public static ProgramResult Redirect(in SlotTable slots, Devmap devmap, int slot, Reason reason, Reason empty) =>
        slots.IsFilled(slot) ? new ProgramResult(Verdict.Redirect, reason, devmap, slot) : Aborted(empty);
}
