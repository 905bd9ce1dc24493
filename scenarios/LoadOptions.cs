using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Scenarios;

/// <summary>What a caller wants otherwise than the file says.</summary>
/// <param name="Dialect">Null: the file's.</param>
/// <param name="Switches">Positions of single switches, whatever dialect and file say.</param>
public sealed record LoadOptions(Dialect? Dialect, ImmutableArray<(Switches Switch, bool On)> Switches)
{
    public static readonly LoadOptions None = new(null, []);
}
