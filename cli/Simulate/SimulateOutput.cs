using System.Globalization;
using MizarLab.Reports;
using MizarLab.Studies;

namespace MizarLab.Cli;

/// <summary>What <c>simulate</c> prints for people: an experiment's question, its claims with their values, where the report is.</summary>
internal static class SimulateOutput
{
    public static void Print(ExperimentSummary one)
    {
        Console.Out.WriteLine($"{one.Experiment.Question} ({one.Experiment.File}{(one.Experiment.Quick ? ", quick" : "")})");
        foreach (ClaimResult claim in one.Claims)
        {
            Print(claim, claim.Held ? "holds" : "FAILS");
        }
        if (one.Imprecision is { } imprecision)
        {
            Console.Out.WriteLine($"  FAILS     {imprecision}");
        }
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {Count(one.Experiment.Grid.Count, "point")}, {Count(one.Results.Runs, "run")}{(one.Resumed > 0 ? $" ({one.Resumed} of them kept from before)" : "")} in {one.Elapsed.TotalSeconds:0.0} s; fingerprint {one.Results.Fingerprint():x32}; {Path.Combine(one.Folder, "report.html")}"));
    }

    public static void Print(MustFailSummary one)
    {
        Console.Out.WriteLine(one.Skipped ? $"{one.File}: no must_fail" : $"{one.File} with {one.Put}");
        if (one.Trouble.Length > 0 && !one.Skipped)
        {
            Console.Out.WriteLine($"  {one.Trouble}");
        }
        foreach (ClaimResult claim in one.Claims)
        {
            Print(claim, claim.Held ? "HOLDS, and must not" : "fails, as it must");
        }
    }

    private static void Print(ClaimResult claim, string verdict)
    {
        ClaimFinding? telling = claim.Telling;
        string value = telling is null ? "nothing was looked at"
            : telling.Trouble.Length > 0 ? telling.Trouble
            : $"{telling.Value}, {(telling.Bound.StartsWith("steps", StringComparison.Ordinal) ? "least step; asked for " : "against ")}{telling.Bound}";
        string at = telling is { At.Length: > 0 } ? $" at {telling.At}" : "";
        string count = claim.Findings.Length > 1 ? $" ({(claim.Held ? $"all {claim.Findings.Length}" : $"{claim.Failed} of {claim.Findings.Length} do not")})" : "";
        Console.Out.WriteLine($"  {verdict}  {claim.Claim.Number}. {claim.Claim.Says}: {value}{at}{count}");
    }

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
