using MizarLab.Baselines;
using MizarLab.Engine;
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

    private static readonly DurationShape Cost = new(SimTime.FromNanoseconds(1), SimTime.FromSeconds(1));

    public static readonly Key<int> Partitions = Key.Has("partitions", new IntegerShape("a number of partitions", 1, 1_000), 30, "Parts of the controller that work side by side.");
    public static readonly Key<SimTime> Send = Key.Has("send", Cost, new ControlCosts().Send, "A sender's time for a row. Default: 219 000 rows a second, as a partition of Andromeda's.");
    public static readonly Key<SimTime> Apply = Key.Has("apply", Cost, new ControlCosts().Apply, "A receiver's time for a row. Default: 77 000 rows a second, as an OVS host agent.");
}
