using System.Collections.Immutable;
using MizarLab.Studies;

namespace MizarLab.Reports;

/// <summary>An experiment that has run, as reports see it.</summary>
/// <param name="Folder">Of the run, for people; empty when there is none.</param>
/// <param name="Command">That runs it again.</param>
public sealed record ExperimentSummary(SweepResults Results, ImmutableArray<ClaimResult> Claims, TimeSpan Elapsed, int Threads, string RunId, string Folder, string Command)
{
    public Experiment Experiment => Results.Experiment;

    /// <summary>Runs that an earlier command had made, which this one went on from.</summary>
    public int Resumed { get; init; }

    public int Passed => Claims.Count(c => c.Held);

    /// <summary>A precision that was not met counts as a claim that failed.</summary>
    public int Failed => Claims.Count(c => !c.Held) + (Results.Imprecise.IsEmpty ? 0 : 1);

    public bool Held => Failed == 0;

    /// <summary>Said of a precision that was not met; null when it was.</summary>
    public string? Imprecision
    {
        get
        {
            if (Results.Imprecise is not { IsEmpty: false } points || Experiment.Replication.Precision is not { } precision)
            {
                return null;
            }
            int measure = precision.Of.First(m => !precision.IsMet(Results.Of(points[0], m)));
            PointStatistics worst = Results.Of(points[0], measure);
            string wanted = precision.Relative ? $"{Claim.Shown(precision.Within * 100)} %" : Claim.Shown(precision.Within);
            string at = Experiment.Grid.Describe(points[0]);
            return $"precision of {wanted} not met within {precision.Most} replications at {points.Length} of {Experiment.Grid.Count} points"
                + $"{(at.Length > 0 ? $", first at {at}" : "")}: {Experiment.Measures[measure].Name} {Estimate.Text(worst.Mean, worst.HalfWidth)}";
        }
    }
}
