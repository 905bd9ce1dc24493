using MizarLab.DataPlane;

namespace MizarLab.Harness.Bench;

/// <summary>A measured row.</summary>
/// <param name="NetNanoseconds">Of the program alone; null when <paramref name="Discarded"/> says why there is no figure.</param>
/// <param name="Lookups">The same as a multiple of one warm lookup.</param>
/// <param name="TableLookups">Searches in hashes and prefix tables on the way.</param>
/// <param name="SpreadNanoseconds">Between the quartiles of the rounds.</param>
/// <param name="UpstreamNanoseconds">Spec 11's figure of upstream's program.</param>
/// <param name="Goal">In words; null: none.</param>
/// <param name="Met">Whether it is; null without goal or figure.</param>
public sealed record BenchRow(
    string Name,
    Dialect Dialect,
    double? NetNanoseconds,
    double? Lookups,
    int TableLookups,
    double? SpreadNanoseconds,
    double? UpstreamNanoseconds,
    string? Goal,
    bool? Met,
    string? Discarded)
{
    /// <summary>Every round's figure in ns, as they came; for those who compare two runs.</summary>
    public IReadOnlyList<double> Rounds { get; init; } = [];
}

/// <summary>A whole bench.</summary>
/// <param name="LookupNanoseconds">One warm lookup in a hash, 12 bytes of key and 16 of value: the unit.</param>
/// <param name="BareRotation">The same lookup rotating over so many endpoints, in ns.</param>
public sealed record BenchResult(double LookupNanoseconds, IReadOnlyList<(int Endpoints, double Nanoseconds)> BareRotation, IReadOnlyList<BenchRow> Rows);
