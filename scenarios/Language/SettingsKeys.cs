using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys that say which data plane a scenario runs on: dialect, single switches, sharding, lifetimes.</summary>
internal static class SettingsKeys
{
    private const int MostIcmpErrors = 1_000_000;

    /// <summary>More than a list has members (128), or some would never be chosen; and what a program's setting has room for.</summary>
    private const int LeastSlots = 131, MostSlots = 65_521;

    private static readonly ChoiceShape<ShardingKind> Sharding = new(
        "a way of sharding", ("modulo", ShardingKind.Modulo), ("maglev", ShardingKind.Maglev), ("rendezvous", ShardingKind.Rendezvous));

    public static readonly Key<Dialect> DialectKey = Key.Has(
        "dialect",
        new ChoiceShape<Dialect>("a dialect", ("mizar", Dialect.Mizar), ("lab", Dialect.Lab)),
        DataPlaneSettings.Default.Dialect,
        "The data plane it is about: mizar as upstream, lab corrected.");

    private static readonly ImmutableArray<(Switches Switch, Key<bool> Key)> SwitchKeys =
        [.. SwitchTable.All.Select(e => (e.Switch, Key.May(e.Name, Standard.OnOff, $"Off: {Begun(e.Upstream)} On: {Begun(e.Ours)}")))];

    public static readonly RecordShape Switches = new("switches", "Single corrections of upstream's data plane, on or off whatever the dialect says (mizarlab list dialects).", [.. SwitchKeys.Select(k => (Key)k.Key)]);
    public static readonly Key<Fields> SwitchesKey = Key.May("switches", Switches, "Single switches that are otherwise than in the dialect.");

    private static readonly Key<ShardingKind> Bouncers = Key.Has("bouncers", Sharding, ShardingKind.Modulo, "How a network's bouncers share its flows.");
    private static readonly Key<ShardingKind> Dividers = Key.Has("dividers", Sharding, ShardingKind.Modulo, "How a VPC's dividers share them.");
    private static readonly Key<int> Slots = Key.Has(
        "maglev_slots", new PrimeShape("a number of slots", LeastSlots, MostSlots), DataPlaneSettings.Lab.MaglevSlots, "Slots of each Maglev table: the more, the more evenly its members share, and the more of the droplet's 262 144 words for lists it takes.");
    private static readonly Key<ShardingKind> Backends = Key.Has("backends", Sharding, ShardingKind.Modulo, "How a service's backends share its clients.");
    public static readonly Key<Fields> ShardingKey = Key.May(
        "sharding", new RecordShape("sharding", "How hashes choose of a list: modulo as upstream, by a Maglev table, or by rendezvous.", Bouncers, Dividers, Backends, Slots), "How hashes choose; without it modulo.");

    public static readonly Key<SimTime> Lifetime = Key.Has("direct_path_lifetime", Standard.PositiveTime, DataPlaneSettings.Lab.DirectPathLifetime, "How long a direct-path entry is used that no frame renews (switch direct_path_lifetime).");

    private static readonly Key<SimTime> Established = Key.Has("established", LongTime, DataPlaneSettings.Lab.EstablishedTimeout, "An open TCP connection.");
    private static readonly Key<SimTime> Transient = Key.Has("transient", LongTime, DataPlaneSettings.Lab.TransientTimeout, "A TCP connection that opens or closes.");
    private static readonly Key<SimTime> Datagram = Key.Has("datagram", LongTime, DataPlaneSettings.Lab.DatagramTimeout, "Everything else.");
    public static readonly Key<Fields> Timeouts = Key.May(
        "connection_timeouts", new RecordShape("connection_timeouts", "How long a connection lives that no frame renews (switch connection_state).", Established, Transient, Datagram), "Idle times of connections.");

    public static readonly Key<int> IcmpErrors = Key.Has("icmp_errors", new PerSecondShape(MostIcmpErrors), DataPlaneSettings.Lab.IcmpErrorsPerSecond, "ICMP errors a droplet sends at most (switch icmp_errors).");

    private static DurationShape LongTime => new(SimTime.FromMilliseconds(2), SimTime.FromSeconds(86_400));

    /// <summary>All of them, in the order of the reference.</summary>
    public static ImmutableArray<Key> All { get; } = [DialectKey, SwitchesKey, ShardingKey, Lifetime, Timeouts, IcmpErrors];

    /// <summary>The settings a file, one of its variants (or null) and its caller ask for; each goes before the one named first.</summary>
    public static DataPlaneSettings Of(Fields file, Fields? variant, LoadOptions options)
    {
        Dialect dialect = variant is not null && variant.Given(DialectKey) ? variant.Get(DialectKey) : file.Get(DialectKey);
        DataPlaneSettings settings = DataPlaneSettings.Of(options.Dialect ?? dialect);
        settings = Over(settings, file);
        settings = variant is null ? settings : Over(settings, variant);
        foreach ((Switches one, bool on) in options.Switches)
        {
            settings = settings.With(one, on);
        }
        return settings;
    }

    private static DataPlaneSettings Over(DataPlaneSettings settings, Fields given)
    {
        if (given.Given(SwitchesKey))
        {
            foreach ((Switches one, Key<bool> key) in SwitchKeys)
            {
                settings = given.Get(SwitchesKey).Given(key) ? settings.With(one, given.Get(SwitchesKey).Get(key)) : settings;
            }
        }
        if (given.Given(ShardingKey) && given.Get(ShardingKey) is { } sharding)
        {
            settings = settings with { BouncerSharding = sharding.Get(Bouncers), DividerSharding = sharding.Get(Dividers), BackendSharding = sharding.Get(Backends), MaglevSlots = sharding.Get(Slots) };
        }
        if (given.Given(Timeouts) && given.Get(Timeouts) is { } timeouts)
        {
            settings = settings with { EstablishedTimeout = timeouts.Get(Established), TransientTimeout = timeouts.Get(Transient), DatagramTimeout = timeouts.Get(Datagram) };
        }
        return settings with
        {
            DirectPathLifetime = given.Given(Lifetime) ? given.Get(Lifetime) : settings.DirectPathLifetime,
            IcmpErrorsPerSecond = given.Given(IcmpErrors) ? given.Get(IcmpErrors) : settings.IcmpErrorsPerSecond,
        };
    }

    private static string Begun(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];
}
