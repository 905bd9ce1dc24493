using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>memory: { pods: 100 }</c>.</summary>
internal static class MemoryKeys
{
    private const int MostPods = 4_095, MostElsewhere = 1_000_000;

    private static readonly Key<int> Pods = Key.Needs("pods", new IntegerShape("a number of endpoints", 0, MostPods), "Endpoints of the host.");
    private static readonly Key<int> Elsewhere = Key.Has("elsewhere", new IntegerShape("a number of endpoints", 0, MostElsewhere), 0, "Endpoints of other hosts that it knows, as a bouncer does.");

    private static readonly Key<bool> Preprogrammed = Key.Has("preprogrammed", Standard.OnOff, false, "A full mesh: a row for every endpoint, on this host or elsewhere, in a table that grows.");

    public static readonly StudyKind Kind = new(
        new RecordShape("memory", "What a host's tables take in the kernel.", Pods, Elsewhere, Preprogrammed),
        (fields, context) => new MemoryStudy(fields.Get(Pods), fields.Get(Elsewhere), fields.Get(Preprogrammed), context.Settings));
}
