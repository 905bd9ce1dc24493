using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The agent's last step (§3.2 row 7): upstream hands each verdict to a statistics program by tail call, which counts and answers; where none is loaded
/// the verdict is returned. What transit took over by tail call comes by none of them.
/// </summary>
internal static class AgentExit
{
    public static ProgramResult Run(ref AgentFrame run, in ProgramResult result)
    {
        if (!run.TailCalled)
        {
            run.Tables.CountDrop(in result);
        }
        if (run.Settings.Has(Switches.CompleteStages))
        {
            if (run.IsProgrammed && !run.TailCalled)
            {
                TransmitCounting.Count(run.Tables, run.Frame, result.Verdict);
            }
            return result;
        }
        return run.TailCalled ? result : ThroughStatistics(ref run, in result);
    }

    private static ProgramResult ThroughStatistics(ref AgentFrame run, in ProgramResult result)
    {
        AgentLinks links = run.Config.Links;
        (AgentLinks slot, Verdict answer) = result.Verdict switch
        {
            Verdict.Redirect => (AgentLinks.RedirectStatistics, Verdict.Redirect),
            Verdict.Pass => (AgentLinks.PassStatistics, Verdict.Pass),
            Verdict.Drop => (AgentLinks.DropStatistics, Verdict.Drop),
            _ when (links & AgentLinks.AbortedToPass) != 0 => (AgentLinks.AbortedToPass, Verdict.Pass),
            _ => (AgentLinks.AbortedToDrop, Verdict.Drop),
        };
        if ((links & slot) == 0)
        {
            return result;
        }
        TransmitCounting.Count(run.Tables, run.Frame, answer);
        return result with { Verdict = answer };
    }
}
