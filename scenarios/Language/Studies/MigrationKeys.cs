using MizarLab.Baselines;
using MizarLab.Engine;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using W = MizarLab.Scenarios.Language.ArchitectureWords;

namespace MizarLab.Scenarios.Language;

/// <summary><c>migration: { architecture: achelous, lifetime: 100ms }</c>.</summary>
internal static class MigrationKeys
{
    private static readonly Key<int> Peers = Key.Has("peers", new IntegerShape("a number of peers", 1, 10_000), 8, "Endpoints that send to the moved one; of Achelous, entries of each of 20 hosts.");
    private static readonly Key<int> OnBouncers = Key.Has("on_bouncers", new IntegerShape("a number of peers", 0, 10_000), 0, "Of Mizar's peers, those that live on bouncers of the network, which learn no direct path to its endpoints.");
    private static readonly Key<SimTime> Lifetime = Key.Has("lifetime", Standard.PositiveTime, SimTime.FromMilliseconds(100), "Achelous: an entry so old is reconciled.");
    private static readonly Key<SimTime> Sweep = Key.Has("sweep", Standard.PositiveTime, SimTime.FromMilliseconds(50), "Achelous: so often entries are looked through.");
    private static readonly Key<SimTime> Link = Key.Has("link", Standard.PositiveTime, SimTime.FromMicroseconds(50), "One way from a droplet to another.");
    private static readonly Key<int> Batch = Key.Has("batch", new IntegerShape("a number of entries", 1, 1_000), 10, "Achelous: entries a request asks for.");
    private static readonly Key<SimTime> Reverse = Key.May("reverse", Standard.Time, "So long after the move the moved endpoint sends to its peers; without it, never.");
    private static readonly Key<SimTime> Period = Key.Has("period", Standard.PositiveTime, SimTime.FromMilliseconds(10), "Between two packets of a peer.");
    private static readonly Key<SimTime> Horizon = Key.Has("horizon", Standard.PositiveTime, SimTime.FromSeconds(10), "Peers send so long.");
    private static readonly Key<DataRate> Traffic = Key.Has("traffic", new RateShape(), new DataRate(1_000_000_000), "What a host's endpoints send, which learning is compared with.");
    private static readonly Key<int> Hosts = Key.Has("hosts", new IntegerShape("a number of hosts", 2, 50_000), 1_000, "Hosts of the network: who is told in a full mesh or by reflectors, and who a packet is flooded to.");

    private static readonly Key<SimTime> Ageing = Key.Has("ageing", Standard.PositiveTime, SimTime.FromSeconds(300), "Flooding: an address not heard from for so long is forgotten.");

    public static readonly StudyKind Kind = new(
        new RecordShape(
            "migration", "How long others send to where an endpoint no longer is.",
            W.Architecture, Peers, OnBouncers, Lifetime, Sweep, Link, Batch, Ageing, Reverse, Period, Horizon, Traffic, Hosts, W.Gateways, W.Reflectors, W.Partitions, W.Send, W.Apply),
        (fields, context) => new MigrationStudy(
            new Migration(
                fields.Get(W.Architecture), fields.Get(Peers), new EntryLife(fields.Get(Lifetime), fields.Get(Sweep), fields.Get(Link)) { Batch = fields.Get(Batch) },
                fields.Given(Reverse) ? fields.Get(Reverse) : null, fields.Get(Period), fields.Get(Horizon))
            {
                TrafficBitsPerSecond = fields.Get(Traffic).BitsPerSecond,
                Ageing = fields.Get(Ageing),
                Network = new ControlShape(1, fields.Get(Hosts))
                {
                    Gateways = fields.Get(W.Gateways),
                    Reflectors = fields.Get(W.Reflectors),
                    Partitions = fields.Get(W.Partitions),
                    RowHolders = Math.Min(fields.Get(Peers), fields.Get(Hosts) - 1),
                },
                OnBouncers = Math.Min(fields.Get(OnBouncers), fields.Get(Peers)),
            },
            new ControlCosts { Send = fields.Get(W.Send), Apply = fields.Get(W.Apply), Link = fields.Get(Link) }, context.Settings));
}
