using MizarLab.Reports;

namespace MizarLab.Cli;

/// <summary>How a judging command ends: its rows printed, for a machine or for people, and its exit code.</summary>
internal static class Judging
{
    public static int ExitCodeOf(RunSummary summary) => summary.Verdict switch
    {
        RunVerdict.Passed => ExitCode.Held,
        RunVerdict.Failed => ExitCode.Broken,
        _ => ExitCode.Nothing,
    };

    public static void PrintJson(RunSummary summary)
    {
        using Stream output = Console.OpenStandardOutput();
        JsonSummary.Write(summary, output);
    }

    public static void PrintJson(MizarLab.Observation.RunResult run)
    {
        using Stream output = Console.OpenStandardOutput();
        JsonSummary.Write(run, output);
    }

    /// <summary>The line every judging command closes with.</summary>
    public static string Counts(RunSummary summary) => $"{summary.Passed} passed, {summary.Failed} failed, {summary.Skipped} skipped";
}
