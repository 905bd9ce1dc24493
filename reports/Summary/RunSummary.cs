using System.Collections.Immutable;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>One judged thing: a scenario on a backend. <see cref="Reason"/> says why, also when it passed.</summary>
public sealed record JudgedRow(string Name, string Backend, Result Result, string Reason);

/// <summary>The word for a whole run.</summary>
public enum RunVerdict : byte
{
    /// <summary>Something was judged, and everything judged held.</summary>
    Passed,

    /// <summary>At least one thing did not hold.</summary>
    Failed,

    /// <summary>Everything was skipped.</summary>
    NothingRan,
}

/// <summary>
/// A run as one row a scenario and backend. Here, and nowhere else, are a backend's own expectations and its comparison with the
/// reference backend folded into one word: a backend that disagrees with the reference has failed, whatever it says of itself.
/// </summary>
public sealed record RunSummary(ImmutableArray<JudgedRow> Rows)
{
    public int Passed => Count(Result.Pass);

    public int Failed => Count(Result.Fail);

    public int Skipped => Rows.Length - Passed - Failed;

    public RunVerdict Verdict => Failed > 0 ? RunVerdict.Failed : Passed > 0 ? RunVerdict.Passed : RunVerdict.NothingRan;

    public static RunSummary Of(RunResult run) =>
        new([.. run.Scenarios.SelectMany(scenario => scenario.Backends.Select(backend => Judge(scenario, backend)))]);

    /// <summary>One backend's row.</summary>
    public static JudgedRow Judge(ScenarioResult scenario, BackendResult backend)
    {
        JudgedRow row = new(scenario.Scenario.Name, backend.Backend, backend.Result, backend.Reason);
        if (backend.Result == Result.Skip)
        {
            return row;
        }
        List<string> against = [];
        if (backend.Result == Result.Fail)
        {
            against.Add(backend.Reason);
        }
        if (backend.Run is { Missed: > 0 } run)
        {
            against.Add($"{Wording.Count(run.Missed, "sighting")} missed: no evidence");
        }
        foreach (Comparison comparison in scenario.Comparisons)
        {
            if (comparison.Right == backend.Backend && !comparison.Differences.IsEmpty)
            {
                against.Add($"{Wording.Count(Wording.Differences(comparison), "difference")} from {comparison.Left}: {comparison.Differences[0].Subject} ({comparison.Differences[0].Aspect})");
            }
        }
        // A reason the runner already built from the comparison is not said twice.
        return against.Count == 0 ? row : row with
        {
            Result = Result.Fail,
            Reason = backend.Result == Result.Fail && backend.Reason.Length > 0 ? backend.Reason : string.Join("; ", against),
        };
    }

    private int Count(Result result) => Rows.Count(row => row.Result == result);
}
