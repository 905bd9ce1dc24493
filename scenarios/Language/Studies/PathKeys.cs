using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary>The study <c>paths</c>: which bouncer, divider and far bouncer packets between two networks meet.</summary>
internal static class PathKeys
{
    private static readonly IntegerShape Members = new("a list's length", 1, Limits.Roles);

    private static readonly Key<int> Bouncers = Key.Has("bouncers", Members, 4, "Bouncers of the source's network.");
    private static readonly Key<int> Dividers = Key.Has("dividers", Members, 4, "Dividers of the VPC.");
    private static readonly Key<int> FarBouncers = Key.Has("far_bouncers", Members, 4, "Bouncers of the destination's network.");
    private static readonly Key<int> Pairs = Key.Has("pairs", new IntegerShape("a number of pairs", 1, 100_000_000), 100_000, "Pairs of endpoints drawn, evenly among all addresses of the two networks.");

    public static readonly StudyKind Kind = new(
        new RecordShape("paths", "Which ways between two networks are used: a bouncer, a divider, a bouncer of the other network, each chosen as the data plane chooses.", Bouncers, Dividers, FarBouncers, Pairs),
        (fields, context) => new PathStudy(fields.Get(Bouncers), fields.Get(Dividers), fields.Get(FarBouncers), fields.Get(Pairs), context.Settings));
}
