using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>What is moved, and how others learn of it.</summary>
/// <param name="Architecture">Any.</param>
/// <param name="Peers">Endpoints that send to the moved one; of Achelous, entries of a host.</param>
/// <param name="Life">Of Achelous' entries.</param>
/// <param name="Reverse">So long after the move the moved endpoint itself sends to its peers; null: never.</param>
/// <param name="Period">Between two packets of a peer.</param>
/// <param name="Horizon">Peers send so long.</param>
public sealed record Migration(ArchitectureKind Architecture, int Peers, EntryLife Life, SimTime? Reverse, SimTime Period, SimTime Horizon)
{
    /// <summary>Bytes of a request for a batch of entries and its answer together; Achelous: a mean request has 200 B (spec 12 §2.1), and the answer is taken to be as long.</summary>
    public int LearningBytes { get; init; } = 400;

    /// <summary>What a host's endpoints send, in bits a second: what learning is compared with.</summary>
    public double TrafficBitsPerSecond { get; init; } = 1e9;

    /// <summary>So many of Mizar's peers live on bouncers of the network, which learn no direct path to its endpoints (spec §3.7).</summary>
    public int OnBouncers { get; init; }

    /// <summary>The network's hosts, gateways, reflectors and controller, where these are told of a move; one endpoint, whose row its peers' hosts hold.</summary>
    public ControlShape Network { get; init; } = new(1, 1_000);

    /// <summary>Flood-and-learn: an address not heard from for so long is forgotten.</summary>
    public SimTime Ageing { get; init; } = SimTime.FromSeconds(300);
}

/// <summary>
/// An endpoint moves to another host (spec 12 §8 E9, 09 Q16): who still sends to the old one, and for how long. Mizar and lab send real packets through their data planes with the real
/// updates of a move; Achelous' caches sweep and ask, and flooding hosts forget, in the simulator; full mesh, EVPN, Hoverboard and an on-demand controller tell whoever holds a row.
/// </summary>
/// <param name="migration">What moves, and who is to learn of it.</param>
/// <param name="costs">Of the control planes that tell hosts.</param>
/// <param name="settings">Of the Mizars.</param>
public sealed class MigrationStudy(Migration migration, ControlCosts costs, DataPlaneSettings settings) : IStudy
{
    private const int Hosts = 20;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("stale", "", "Peers whose host holds an entry that names the old host, right after the move"),
        new("lost", "packets", "Packets a peer loses, the mean over all"),
        new("outage", "s", "From the move until a peer's packets arrive again, the mean over those that do"),
        new("longest_outage", "s", "The longest of them"),
        new("unended", "", "Peers whose packets never arrive again within the horizon"),
        new("detour", "s", "What the first packet that arrives takes longer than one on the direct path"),
        new("first_refresh_age", "s", "Age at which an entry is reconciled for the first time, the mean"),
        new("least_refresh_age", "s", "The least of these ages"),
        new("most_refresh_age", "s", "The most of them"),
        new("later_refresh_age", "s", "The mean age of all refreshes together"),
        new("learning_share", "", "Bytes of requests and answers over what a host's endpoints send"),
        new("messages", "messages", "Droplets, gateways or hosts that the control plane tells of the move, once each time"),
        new("copies", "frames", "Frames sent for a peer's first packet after its host forgot the endpoint"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => migration.Architecture != ArchitectureKind.Achelous;

    public StudyResult Run(in StudyRun run) => migration.Architecture switch
    {
        ArchitectureKind.Achelous => Learned(run),
        ArchitectureKind.FloodAndLearn => Forgotten(run.Cancel),
        ArchitectureKind.Mizar or ArchitectureKind.Lab => Sent(run),
        _ => Told(run.Cancel),
    };

    private StudyResult Learned(in StudyRun run)
    {
        EntryOutcome seen = LearnedEntries.Run(Hosts, migration.Peers, migration.Life, migration.Horizon, run.Seed, run.Cancel);
        double seconds = Hosts * migration.Horizon.Picoseconds / 1e12;
        return StudyResult.Of(
            1, double.NaN,
            seen.Outage.Moments.Mean, seen.Outage.Most, 1 - ((double)seen.Outage.Moments.Count / (Hosts * migration.Peers)), double.NaN,
            seen.FirstAge.Moments.Mean, seen.FirstAge.Least, seen.FirstAge.Most, seen.Age.Moments.Mean,
            seen.Requests * migration.LearningBytes * 8.0 / (seconds * migration.TrafficBitsPerSecond), Tell(run.Cancel).Messages, 0);
    }

    /// <summary>The control plane tells whoever holds a row; one endpoint, so the last to apply it ends the outage.</summary>
    private StudyResult Told(CancellationToken cancel)
    {
        ControlOutcome told = Tell(cancel);
        double last = told.LastApplied.Picoseconds / 1e12;
        double lost = Math.Ceiling(told.LastApplied.Picoseconds / (double)migration.Period.Picoseconds);
        return StudyResult.Of(1, lost, double.NaN, last, 0, 0, double.NaN, double.NaN, double.NaN, double.NaN, 0, told.Messages, 0);
    }

    private ControlOutcome Tell(CancellationToken cancel) =>
        ControlRun.Execute(Architectures.MovePlaneOf(migration.Architecture, migration.Network), costs, long.MaxValue, cancel);

    /// <summary>Nobody is told; hosts hear the endpoint again, or forget it and flood.</summary>
    private StudyResult Forgotten(CancellationToken cancel)
    {
        Ageing ageing = new(migration.Ageing, migration.Life.Link, migration.Network.Hosts);
        AgedOutcome seen = AgedEntries.Run(migration.Peers, ageing, migration.Period, migration.Reverse, migration.Horizon, cancel);
        bool some = seen.Outage.Moments.Count > 0;
        return StudyResult.Of(
            1, (double)seen.Lost / migration.Peers,
            some ? seen.Outage.Moments.Mean : double.NaN, some ? seen.Outage.Most : double.NaN, 1 - ((double)seen.Outage.Moments.Count / migration.Peers), 0,
            double.NaN, double.NaN, double.NaN, double.NaN, 0, 0, (double)seen.Copies / migration.Peers);
    }

    private StudyResult Sent(in StudyRun run)
    {
        StudyNet net = new();
        DropletId[] bouncers = net.Droplets(2);
        DropletId[] hosts = [.. Enumerable.Range(0, migration.Peers).Select(i => i < migration.OnBouncers ? bouncers[i % bouncers.Length] : net.Droplet())];
        DropletId old = net.Droplet(), target = net.Droplet();
        NetworkId network = net.Network(net.Vpc(net.Droplet()), bouncers);
        EndpointId moved = net.Endpoint(network, old);
        EndpointId[] peers = [.. hosts.Select(host => net.Endpoint(network, host))];
        int move = net.Step((name, where) => new MoveEndpointStep(moved, target) { Name = name, Where = where });
        RunningNet running = net.Begin(Architectures.SettingsOf(migration.Architecture, settings), run.Seed);
        Walk walk = new(running);

        foreach (EndpointId peer in peers)
        {
            walk.Send(peer, moved);
            walk.Send(moved, peer);
        }
        running.Tell(move);
        int stale = hosts.Count(host => running.Model.Rows(host, Tables.DirectPath).Any(row => row.Value.Host.Address == net.AddressOf(old)));
        int told = running.UpdatesOf(move).Select(update => update.Droplet.Index).Distinct().Count();
        return Outages(running.Model, walk, peers, moved, target, stale, told, run.Cancel);
    }

    /// <summary>All peers send every period, until each got through once.</summary>
    private StudyResult Outages(ModelDataPlane model, Walk walk, EndpointId[] peers, EndpointId moved, DropletId target, int stale, int told, CancellationToken cancel)
    {
        Extremes outage = default;
        Moments detour = default;
        List<EndpointId> waiting = [.. peers];
        long lost = 0;
        bool spoke = false;
        for (SimTime since = SimTime.Zero; waiting.Count > 0 && since < migration.Horizon; since += migration.Period)
        {
            cancel.ThrowIfCancellationRequested();
            model.Now = since;
            if (!spoke && migration.Reverse is { } reverse && since >= reverse)
            {
                spoke = true;
                foreach (EndpointId peer in peers)
                {
                    walk.Send(moved, target, walk.Datagram(moved, peer));
                }
            }
            foreach (EndpointId peer in waiting.ToArray())
            {
                if (walk.Send(peer, moved) == WalkEnd.Delivered && walk.Way[^1] == target)
                {
                    waiting.Remove(peer);
                    outage.Add(since.Picoseconds / 1e12);
                    detour.Add((walk.Way.Count - 2) * migration.Life.Link.Picoseconds / 1e12);
                }
                else
                {
                    lost++;
                }
            }
        }
        bool some = outage.Moments.Count > 0;
        return StudyResult.Of(
            (double)stale / peers.Length, (double)lost / peers.Length,
            some ? outage.Moments.Mean : double.NaN, some ? outage.Most : double.NaN, (double)waiting.Count / peers.Length, some ? detour.Mean : double.NaN,
            double.NaN, double.NaN, double.NaN, double.NaN, 0, told, 0);
    }
}
