using MizarLab.DataPlane;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary>Shapes that several studies of hashes share.</summary>
internal static class StudyWords
{
    private const int MostFlows = 100_000_000;

    /// <summary>Holders of a role, as many as a list has room for.</summary>
    public static readonly IntegerShape Holders = new("a number of role holders", 1, AddressList.Limit);

    public static readonly IntegerShape Flows = new("a number", 1, MostFlows);

    public static readonly ChoiceShape<HashKeys> Keys = new("hashes", ("residues", HashKeys.Residues), ("pairs", HashKeys.Pairs));
}
