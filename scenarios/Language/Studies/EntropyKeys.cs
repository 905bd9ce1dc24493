using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>entropy: { bouncers: 3, pairs: 1_000, flows: 8 }</c>.</summary>
internal static class EntropyKeys
{
    private const int MostFlowsOfAPair = 10_000;

    private static readonly Key<int> Bouncers = Key.Has("bouncers", StudyWords.Holders, 4, "Bouncers of the network.");
    private static readonly Key<HashKeys> Keys = Key.Has("keys", StudyWords.Keys, HashKeys.Pairs, "Which pairs: residues are every hash up to the least common multiple of bouncers and 5529, pairs are drawn addresses.");
    private static readonly Key<int> Pairs = Key.Has("pairs", StudyWords.Flows, 1_000, "Pairs of endpoints that talk; of residues at least so many.");
    private static readonly Key<int> Flows = Key.Has("flows", new IntegerShape("a number of flows", 1, MostFlowsOfAPair), 1, "UDP flows of each pair, from drawn ports.");

    public static readonly StudyKind Kind = new(
        new RecordShape("entropy", "How many outer source ports the underlay can spread tunnels by.", Bouncers, Keys, Pairs, Flows),
        (fields, context) => new EntropyStudy(fields.Get(Bouncers), fields.Get(Keys), fields.Get(Pairs), fields.Get(Flows), context.Settings));
}
