using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>evenness: { bouncers: 8, set: zipf, exponent: 0.9 }</c>.</summary>
internal static class EvennessKeys
{
    private const int MostPairs = 8_000_000;
    private const double LargestExponent = 4;

    private static readonly Key<int> Bouncers = Key.Needs("bouncers", StudyWords.Holders, "Bouncers of the network.");
    private static readonly Key<PairSet> Set = Key.Has(
        "set",
        new ChoiceShape<PairSet>("who sends to whom", ("uniform", PairSet.Uniform), ("zipf", PairSet.Zipf), ("star", PairSet.Star), ("single", PairSet.Single)),
        PairSet.Uniform,
        "Who sends to whom: uniform, the worst case of caches; zipf, some pairs have most of it; star, all to one; single, one pair alone.");
    private static readonly Key<int> Pairs = Key.Has("pairs", new IntegerShape("a number of pairs", 1, MostPairs), 65_280, "Pairs that talk.");
    private static readonly Key<int> Packets = Key.Has("packets", StudyWords.Flows, 1_000_000, "Packets they send.");
    private static readonly Key<double> Exponent = Key.Has("exponent", new NumberShape("an exponent", 0, LargestExponent), 0.9, "Of Zipf's law.");

    public static readonly StudyKind Kind = new(
        new RecordShape("evenness", "How evenly a hash spreads packets over bouncers.", Bouncers, Set, Pairs, Packets, Exponent),
        (fields, context) => new EvennessStudy(fields.Get(Bouncers), fields.Get(Set), fields.Get(Pairs), fields.Get(Packets), fields.Get(Exponent), context.Settings));
}
