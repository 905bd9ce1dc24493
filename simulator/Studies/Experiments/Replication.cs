using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>How often each point is run: independent replications, replication r of every point with the same seed (common random numbers).</summary>
/// <param name="First">Replications of every point before anything is decided.</param>
/// <param name="Precision">Null: no more than those.</param>
public sealed record Replication(int First, Precision? Precision)
{
    /// <summary>Replications a point has at most.</summary>
    public int Most => Precision?.Most ?? First;

    /// <summary>
    /// How many replications a point has in all after so many: the same number when it is done. Each round doubles, and is decided by the point's own finished
    /// round alone, so that neither threads nor a resumption change which runs there are.
    /// </summary>
    /// <param name="done">A round's end: all replications below it are in <paramref name="statistics"/>.</param>
    /// <param name="statistics">Of a measure, by its index.</param>
    public int Next(int done, Func<int, PointStatistics> statistics) =>
        Precision is null || done >= Precision.Most || Precision.IsMet(statistics) ? done : Math.Min(2 * done, Precision.Most);
}

/// <summary>Replications go on until the 95 % interval (Student t) of each of some measures' means is this tight.</summary>
/// <param name="Of">The measures, by index.</param>
/// <param name="Relative">Whether <paramref name="Within"/> is a share of the mean, else in the measure's unit.</param>
/// <param name="Within">Half the interval's width at most.</param>
/// <param name="Most">Replications after which a point is left as it is, and the experiment has failed.</param>
public sealed record Precision(ImmutableArray<int> Of, bool Relative, double Within, int Most)
{
    /// <summary>Where the file asks for it.</summary>
    public SourcePlace Where { get; init; }

    public bool IsMet(Func<int, PointStatistics> statistics) => Of.All(measure => IsMet(statistics(measure)));

    public bool IsMet(PointStatistics one) => one.Count >= 2 && one.HalfWidth <= (Relative ? Within * Math.Abs(one.Mean) : Within);
}
