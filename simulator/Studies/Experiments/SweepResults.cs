using System.Collections.Immutable;
using MizarLab.Engine;

namespace MizarLab.Studies;

/// <summary>One run of an experiment: a replication of a point.</summary>
/// <param name="Values">In the order of the experiment's measures.</param>
public sealed record RunOutcome(int Point, int Replication, ulong Seed, ImmutableArray<double> Values, UInt128 Fingerprint);

/// <summary>All runs of an experiment, in the order of points and replications whatever the order they ended in.</summary>
public sealed class SweepResults
{
    private readonly ImmutableArray<RunOutcome>[] runs;
    private readonly PointStatistics?[] statistics;

    public SweepResults(Experiment experiment, IEnumerable<RunOutcome> outcomes)
    {
        Experiment = experiment;
        List<RunOutcome>[] byPoint = new List<RunOutcome>[experiment.Grid.Count];
        foreach (RunOutcome outcome in outcomes)
        {
            (byPoint[outcome.Point] ??= []).Add(outcome);
        }
        runs = [.. byPoint.Select(p => p is null ? [] : p.OrderBy(r => r.Replication).ToImmutableArray())];
        statistics = new PointStatistics?[runs.Length * experiment.Measures.Length];
    }

    public Experiment Experiment { get; }

    public int Runs => runs.Sum(r => r.Length);

    /// <summary>By replication.</summary>
    public ImmutableArray<RunOutcome> Of(int point) => runs[point];

    public PointStatistics Of(int point, int measure) =>
        statistics[(point * Experiment.Measures.Length) + measure] ??= PointStatistics.Of(runs[point].Select(r => r.Values[measure]));

    /// <summary>What names mean in a formula about a point.</summary>
    public NameLookup NamesAt(int point) => Experiment.NamesAt(point, measure => Of(point, measure).Mean);

    /// <summary>Points whose precision was asked for and not met within the replications allowed.</summary>
    public ImmutableArray<int> Imprecise => Experiment.Replication.Precision is not { } precision
        ? []
        : [.. Enumerable.Range(0, runs.Length).Where(p => !Experiment.Exact[p] && !precision.IsMet(m => Of(p, m)))];

    /// <summary>Of all runs: equal for any number of threads, machines and resumptions.</summary>
    public UInt128 Fingerprint()
    {
        StableHash hash = default;
        foreach (RunOutcome run in runs.SelectMany(r => r))
        {
            hash.Add(run.Point);
            hash.Add(run.Replication);
            hash.Add((long)(ulong)(run.Fingerprint >> 64));
            hash.Add((long)(ulong)run.Fingerprint);
            foreach (double value in run.Values)
            {
                // A database keeps neither the sign of zero nor which NaN it was.
                hash.Add(BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value + 0.0));
            }
        }
        return hash.Finish();
    }
}
