using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>maglev: { members: 1_000, failed: 10, slots: 65_537 }</c>.</summary>
internal static class MaglevKeys
{
    private const int MostMembers = 10_000, MostSlots = 5_000_011, MostTables = 1_000;

    private static readonly Key<int> Members = Key.Has("members", new IntegerShape("a number of members", 2, MostMembers), 1_000, "Members of the table.");
    private static readonly Key<int> Failed = Key.Has("failed", new IntegerShape("a number of members", 0, MostMembers - 1), 1, "Of them, that fail.");
    private static readonly Key<int> Slots = Key.Has("slots", new PrimeShape("a number of slots", 2, MostSlots), 65_537, "Slots of the table.");
    private static readonly Key<int> Tables = Key.Has("tables", new IntegerShape("a number of tables", 1, MostTables), 20, "Tables, of drawn members each, that the run is the mean of.");
    private static readonly Key<int> ExampleSkip = Key.Has("example_skip", new IntegerShape("a skip", 1, 6), 4, "Of the first member in the paper's example; the paper's is 4.");

    private static readonly ChoiceShape<SlotHashing> Ways = new("a way of hashing", ("table", SlotHashing.Table), ("rendezvous", SlotHashing.Rendezvous), ("bounded", SlotHashing.Bounded));
    private static readonly Key<SlotHashing> Hashing = Key.Has("hashing", Ways, SlotHashing.Table, "Maglev's table; rendezvous hashing of as many keys as it has slots; the same with bounded loads, where a key goes to the first choice that has room.");
    private static readonly Key<double> Slack = Key.Has("slack", new NumberShape("a share", 0, 10), 0.25, "Of bounded loads: how much more than the mean a member may hold.");

    public static readonly StudyKind Kind = new(
        new RecordShape("maglev", "The Maglev table by itself: how evenly members share it, and what changes hands when some fail.", Members, Failed, Slots, Tables, ExampleSkip, Hashing, Slack),
        (fields, context) =>
        {
            (int members, int failed) = (fields.Get(Members), fields.Get(Failed));
            if (failed >= members)
            {
                context.Diagnostics.Report(fields.PlaceOf(Failed), $"{failed} of {members} members fail, and none is left", $"at most {members - 1}");
                return null;
            }
            return new MaglevStudy(members, failed, fields.Get(Slots), fields.Get(Tables), fields.Get(ExampleSkip), fields.Get(Hashing), fields.Get(Slack));
        });
}
