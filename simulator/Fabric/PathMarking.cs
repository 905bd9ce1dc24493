using MizarLab.DataPlane;
using MizarLab.Measure;

namespace MizarLab.Fabric;

/// <summary>What a run of a program says of a packet's way: which roles had it. A transit program is a bouncer where its switch function answered, a divider where its router function did.</summary>
internal static class PathMarking
{
    private static readonly PathMarks[] OfTransit = Table();

    /// <summary>An agent's run is on every way and marks none.</summary>
    public static PathMarks Of(ProgramId program, Reason reason) => program == ProgramId.Transit ? OfTransit[(int)reason] : PathMarks.None;

    private static PathMarks[] Table()
    {
        PathMarks[] table = new PathMarks[256];
        table[(int)Reason.ToHost] = PathMarks.Bouncer;
        table[(int)Reason.ToDivider] = PathMarks.Bouncer;
        table[(int)Reason.NetworkToBouncer] = PathMarks.Divider;
        table[(int)Reason.DirectPath] = PathMarks.Divider;
        table[(int)Reason.ToClientHost] = PathMarks.Scaled | PathMarks.Bouncer;
        table[(int)Reason.Modified] = PathMarks.Scaled;
        return table;
    }
}
