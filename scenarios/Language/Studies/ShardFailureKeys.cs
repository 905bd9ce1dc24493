using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using W = MizarLab.Scenarios.Language.ArchitectureWords;

namespace MizarLab.Scenarios.Language;

/// <summary><c>shard_failure: { architecture: lab, tier: bouncer, holders: 4, liveness: none }</c>.</summary>
internal static class ShardFailureKeys
{
    private static readonly Key<ShardTier> Tier = Key.Has("tier", new ChoiceShape<ShardTier>("a tier", ("bouncer", ShardTier.Bouncer), ("divider", ShardTier.Divider)), ShardTier.Bouncer, "Of the Mizars, the failed droplet's role.");
    private static readonly Key<int> Holders = Key.Needs("holders", W.Holders, "Droplets with that role, gateways, or partitions of a controller; one of them fails.");
    private static readonly Key<int> Endpoints = Key.Has("endpoints", new IntegerShape("a number of endpoints", 1, 2_000), 200, "On each side; each talks with each on the other.");
    private static readonly Key<Liveness> Mending = Key.Has(
        "liveness",
        new ChoiceShape<Liveness>("a liveness", ("none", Liveness.None), ("mark", Liveness.Mark), ("remove", Liveness.Remove), ("takeover", Liveness.Takeover)),
        Liveness.None,
        "Whether the management plane notices (upstream's does not), and then marks the droplet down, takes its role away, or has a standby with the same rows take its address.");
    private static readonly Key<SimTime> Probe = Key.Has("probe", Standard.PositiveTime, SimTime.FromSeconds(1), "Between two probes of a droplet.");
    private static readonly Key<int> Misses = Key.Has("misses", new IntegerShape("a number of probes", 1, 100), 3, "Missed in a row until it is taken to be down.");
    private static readonly Key<SimTime> Update = Key.Has("update", Standard.Time, SimTime.FromMilliseconds(1), "One table update.");
    private static readonly Key<ProgrammingOrder> Order = Key.Has(
        "order", new ChoiceShape<ProgrammingOrder>("an order", ("safe", ProgrammingOrder.Safe), ("upstream", ProgrammingOrder.Upstream)), ProgrammingOrder.Safe, "Of the updates.");

    public static readonly StudyKind Kind = new(
        new RecordShape("shard_failure", "Whom the failure of one bouncer, divider or gateway hurts, and how long.", W.Architecture, Tier, Holders, Endpoints, Mending, Probe, Misses, Update, Order),
        (fields, context) => new ShardFailureStudy(
            fields.Get(W.Architecture), fields.Get(Tier), fields.Get(Holders), fields.Get(Endpoints),
            new LivenessSettings(fields.Get(Mending), fields.Get(Probe), fields.Get(Misses), fields.Get(Update)), fields.Get(Order), context.Settings));
}
