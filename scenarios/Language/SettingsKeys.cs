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
    private static readonly Key<ShardingKind> Backends = Key.Has("backends", Sharding, ShardingKind.Modulo, "How a service's backends share its clients.");
    public static readonly Key<Fields> ShardingKey = Key.May(
        "sharding", new RecordShape("sharding", "How hashes choose of a list: modulo as upstream, by a Maglev table, or by rendezvous.", Bouncers, Dividers, Backends), "How hashes choose; without it modulo.");

    public static readonly Key<SimTime> Lifetime = Key.Has("direct_path_lifetime", Standard.PositiveTime, DataPlaneSettings.Lab.DirectPathLifetime, "How long a direct-path entry is used that no frame renews (switch direct_path_lifetime).");

    private static readonly Key<SimTime> Established = Key.Has("established", LongTime, DataPlaneSettings.Lab.EstablishedTimeout, "An open TCP connection.");
    private static readonly Key<SimTime> Transient = Key.Has("transient", LongTime, DataPlaneSettings.Lab.TransientTimeout, "A TCP connection that opens or closes.");
    private static readonly Key<SimTime> Datagram = Key.Has("datagram", LongTime, DataPlaneSettings.Lab.DatagramTimeout, "Everything else.");
    public static readonly Key<Fields> Timeouts = Key.May(
        "connection_timeouts", new RecordShape("connection_timeouts", "How long a connection lives that no frame renews (switch connection_state).", Established, Transient, Datagram), "Idle times of connections.");

    public static readonly Key<int> IcmpErrors = Key.Has("icmp_errors", new PerSecondShape(MostIcmpErrors), DataPlaneSettings.Lab.IcmpErrorsPerSecond, "ICMP errors a droplet sends at most (switch icmp_errors).");

    private static DurationShape LongTime => new(SimTime.FromMilliseconds(2), SimTime.FromSeconds(86_400));

    /// <summary>The settings a file and its caller ask for; the caller's dialect and switches go before the file's.</summary>
    public static DataPlaneSettings Of(Fields file, LoadOptions options)
    {
        DataPlaneSettings settings = DataPlaneSettings.Of(options.Dialect ?? file.Get(DialectKey)) with
        {
            DirectPathLifetime = file.Get(Lifetime),
            IcmpErrorsPerSecond = file.Get(IcmpErrors),
        };
        if (file.Given(SwitchesKey))
        {
            foreach ((Switches one, Key<bool> key) in SwitchKeys)
            {
                settings = file.Get(SwitchesKey).Given(key) ? settings.With(one, file.Get(SwitchesKey).Get(key)) : settings;
            }
        }
        foreach ((Switches one, bool on) in options.Switches)
        {
            settings = settings.With(one, on);
        }
        if (file.Given(ShardingKey))
        {
            Fields sharding = file.Get(ShardingKey);
            settings = settings with { BouncerSharding = sharding.Get(Bouncers), DividerSharding = sharding.Get(Dividers), BackendSharding = sharding.Get(Backends) };
        }
        if (file.Given(Timeouts))
        {
            Fields timeouts = file.Get(Timeouts);
            settings = settings with { EstablishedTimeout = timeouts.Get(Established), TransientTimeout = timeouts.Get(Transient), DatagramTimeout = timeouts.Get(Datagram) };
        }
        return settings;
    }

    private static string Begun(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];
}
