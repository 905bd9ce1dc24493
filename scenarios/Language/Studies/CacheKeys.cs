using MizarLab.Baselines;
using MizarLab.Engine;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>host_cache: { endpoints: 10_000, hosted: 4 }</c> and <c>cache_pressure: { destinations: 10_000, capacity: 1_000 }</c>.</summary>
internal static class CacheKeys
{
    private const int Most = 10_000_000;

    private static readonly IntegerShape Entries = new("a number of entries", 1, Most);
    private static readonly Key<int> Endpoints = Key.Needs("endpoints", new IntegerShape("a number of endpoints", 2, Most), "Of the network.");
    private static readonly Key<int> Hosted = Key.Needs("hosted", new IntegerShape("a number of endpoints", 1, 10_000), "Of them on the host.");
    private static readonly Key<double> Active = Key.Has("active", new NumberShape("a share", 0, 1), 0.16, "Ordered pairs that talk at all.");
    private static readonly Key<int> Capacity = Key.Has("capacity", Entries, 50_000, "Rows the table holds at most.");

    private static readonly Key<bool> Preprogrammed = Key.Has("preprogrammed", Standard.OnOff, false, "A full mesh: a row for every endpoint, whoever talks.");

    private static readonly ChoiceShape<AgeingRule> Rules = new(
        "when entries go", ("never", AgeingRule.Never), ("after_learning", AgeingRule.AfterLearning), ("when_idle", AgeingRule.WhenIdle));
    private static readonly Key<AgeingRule> Ageing = Key.Has("ageing", Rules, AgeingRule.Never, "When an entry goes by itself: never; a lifetime after it was learned, as Achelous' before they are learned again; a lifetime after its last packet, as a bridge's.");
    private static readonly Key<SimTime> Lifetime = Key.Has("lifetime", Standard.PositiveTime, SimTime.FromMilliseconds(100), "Of entries that go by themselves.");

    private static readonly Key<int> Destinations = Key.Needs("destinations", Entries, "There are so many.");
    private static readonly Key<double> Exponent = Key.Has("exponent", new NumberShape("an exponent", 0, 3), 0.8, "Of Zipf's law; 0: all destinations alike.");
    private static readonly Key<int> Packets = Key.Has("packets", StudyWords.Flows, 1_000_000, "Packets that are measured; as many go before.");

    public static readonly StudyKind HostCache = new(
        new RecordShape("host_cache", "How many direct-path entries a host holds under the fitted cloud matrix.", Endpoints, Hosted, Active, Capacity, Preprogrammed, Ageing, Lifetime),
        (fields, context) =>
        {
            if (fields.Get(Hosted) >= fields.Get(Endpoints))
            {
                context.Diagnostics.Report(fields.PlaceOf(Hosted), $"{fields.Get(Hosted)} of {fields.Get(Endpoints)} endpoints on one host", "leave it somebody to talk to");
                return null;
            }
            return new HostCacheStudy(fields.Get(Endpoints), fields.Get(Hosted), fields.Get(Active), fields.Get(Capacity), fields.Get(Preprogrammed), new EntryAgeing(fields.Get(Ageing), fields.Get(Lifetime)));
        });

    public static readonly StudyKind Pressure = new(
        new RecordShape("cache_pressure", "The direct-path table under more destinations than it has room for.", Destinations, Capacity, Exponent, Packets),
        (fields, _) => new CachePressureStudy(fields.Get(Destinations), fields.Get(Capacity), fields.Get(Exponent), fields.Get(Packets)));
}
