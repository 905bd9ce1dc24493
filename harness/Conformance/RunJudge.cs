using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>Runs one program once, and says what differs from what was to come of it: verdict, reason, redirect target, whole frame, every table's changes.</summary>
internal static class RunJudge
{
    /// <param name="before">The state it begins with; null: table changes are not compared.</param>
    /// <returns>What differs; empty when nothing does.</returns>
    public static string Differences(ProgramRun run, DropletState? before, IDataPlane dataPlane, out ProgramResult result, out Frame frame)
    {
        DropletId droplet = new(run.Droplet);
        frame = Frame.FromBytes(run.FrameIn);
        dataPlane.Now = run.At;
        result = dataPlane.Run(droplet, run.Program, run.Agent, ref frame);
        IEnumerable<string> differences = OfAnswer(dataPlane.TellsReasons ? run : run with { Reason = null }, result).Concat(FrameAccount.Differences(run.FrameOut, frame.ToBytes()));
        if (before is not null && !run.Changes.IsDefault)
        {
            differences = differences.Concat(LearnedTables.Differences(before, run.Changes, dataPlane, droplet));
        }
        return string.Join("; ", differences);
    }

    public static string Text(Verdict verdict) => verdict.ToString().ToUpperInvariant();

    private static IEnumerable<string> OfAnswer(ProgramRun run, ProgramResult result)
    {
        if (result.Verdict != run.Verdict)
        {
            yield return $"verdict: expected {Text(run.Verdict)}, got {Text(result.Verdict)} ({result.Reason})";
        }
        else if (run.Redirect is { } target && (result.Devmap, result.Slot) != (target.Devmap, target.Slot))
        {
            yield return $"redirect: expected slot {target.Slot} of {target.Devmap}, got slot {result.Slot} of {result.Devmap}";
        }
        if (run.Reason is { } reason && reason != result.Reason)
        {
            yield return $"reason: expected {reason}, got {result.Reason}";
        }
    }
}
