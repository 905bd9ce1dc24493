using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>remap: { before: 4, after: 5 }</c>.</summary>
internal static class RemapKeys
{
    private static readonly Key<int> Before = Key.Needs("before", StudyWords.Holders, "Bouncers of the network.");
    private static readonly Key<int> After = Key.Needs("after", StudyWords.Holders, "Bouncers then; the last leave, new ones come last.");
    private static readonly Key<HashKeys> Keys = Key.Has("keys", StudyWords.Keys, HashKeys.Residues, "Which flows: residues are every hash of a full residue system, so that the count is exact; pairs are hashes of drawn addresses.");
    private static readonly Key<int> Flows = Key.Has("flows", StudyWords.Flows, 100_000, "Flows at least.");

    public static readonly StudyKind Kind = new(
        new RecordShape("remap", "Which flows keep their bouncer when a network gets more of them, or has fewer.", Before, After, Keys, Flows),
        (fields, context) => new RemapStudy(fields.Get(Before), fields.Get(After), fields.Get(Keys), fields.Get(Flows), context.Settings));
}
