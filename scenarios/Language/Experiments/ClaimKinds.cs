using System.Collections.Immutable;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Experiments;

/// <summary>A kind of claim: its keys, and how its values become one (null after something was reported). Another kind is one of these and a line in <see cref="ClaimKinds.All"/>.</summary>
internal sealed record ClaimKind(RecordShape Shape, Func<Fields, int, SweepView, Claim?> Make);

/// <summary>The registry of claims.</summary>
internal static class ClaimKinds
{
    public static ImmutableArray<ClaimKind> All { get; } =
    [
        ValueClaims.Exact,
        ValueClaims.Band,
        ValueClaims.That,
        CurveClaims.Slope,
        CurveClaims.Monotonic,
        CurveClaims.Order,
        PairClaims.Ratio,
        PairClaims.Crossover,
    ];
}
