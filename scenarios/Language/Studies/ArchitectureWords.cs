using MizarLab.Baselines;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Keys and shapes that studies of several architectures share.</summary>
internal static class ArchitectureWords
{
    private const int MostHolders = 64;

    public static readonly ChoiceShape<ArchitectureKind> Any = new("an architecture", [.. Architectures.Words]);

    public static readonly IntegerShape Holders = new("a number of role holders", 1, MostHolders);

    public static readonly IntegerShape HoldersOrNone = new("a number of role holders", 0, MostHolders);

    public static readonly Key<ArchitectureKind> Architecture = Key.Needs("architecture", Any, "Who does it; the Mizars bring their own dialect.");

    public static readonly Key<int> Bouncers = Key.Has("bouncers", Holders, 2, "Of each of Mizar's networks.");
    public static readonly Key<int> Dividers = Key.Has("dividers", Holders, 2, "Of Mizar's VPC.");
    public static readonly Key<int> Gateways = Key.Has("gateways", Holders, 2, "Of Hoverboard and Achelous.");
    public static readonly Key<int> Reflectors = Key.Has("reflectors", HoldersOrNone, 2, "Of EVPN; 0 for sessions between all hosts.");
}
