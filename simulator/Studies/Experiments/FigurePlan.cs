using System.Collections.Immutable;

namespace MizarLab.Studies;

/// <summary>An experiment's one figure.</summary>
/// <param name="X">An axis, by index.</param>
/// <param name="Y">Measures, by index; a curve each and each combination of the axes that are neither x nor panels.</param>
/// <param name="Panels">An axis with a panel a value; −1 for one panel.</param>
/// <param name="Points">Those drawn.</param>
/// <param name="XLabel">Null: the axis' name and unit.</param>
/// <param name="YLabel">Null: the measure's meaning and unit.</param>
public sealed record FigurePlan(int X, ImmutableArray<int> Y, int Panels, bool XLog, bool YLog, ImmutableArray<int> Points, string? XLabel, string? YLabel)
{
    /// <summary>Curves of a panel, and panels, that can still be told apart.</summary>
    public const int MostCurves = 12, MostPanels = 6;
}
