using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Workload.Sampling;

namespace MizarLab.Studies;

/// <summary>Which role the failed droplet has.</summary>
public enum ShardTier : byte
{
    Bouncer,
    Divider,
}

/// <summary>What the management plane does when it notices that a droplet is silent.</summary>
public enum Liveness : byte
{
    /// <summary>It never notices: upstream.</summary>
    None,

    /// <summary>It tells everybody that the droplet is down, and lists leave it out (dialect <c>lab</c>'s host health).</summary>
    Mark,

    /// <summary>It takes the role away from the droplet, as for any change of roles; of gateways, it tells every host of those that are left.</summary>
    Remove,

    /// <summary>A standby with the same rows takes the droplet's address, and nobody else is told (Zeta's way, spec 12 §2.2).</summary>
    Takeover,
}

/// <summary>How a <see cref="ShardFailureStudy"/> notices and mends.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Probe">Between two probes of a droplet; the failure comes at a random time between two.</param>
/// <param name="Misses">Probes missed in a row until it is taken to be down.</param>
/// <param name="Update">One table update.</param>
public readonly record struct LivenessSettings(Liveness Kind, SimTime Probe, int Misses, SimTime Update);

/// <summary>
/// One bouncer or divider, gateway or partition of a controller, of n fails (spec 12 §8 E8, 09 Q14, Q15). Which pairs it hurts is found by sending a packet of every pair both ways through the real programs: 1 − (1 − 1/n)² of them, if
/// the hash tells the directions apart. How long, by taking the management plane's own updates one after another and sending the hurt pairs' packets again after each.
/// </summary>
/// <remarks>Nobody has a direct path here: each direction has a network of its own, in which only that direction sends. Pairs with one are not hurt at all (spec §3.7).</remarks>
/// <param name="architecture">Whose.</param>
/// <param name="tier">Of the Mizars, the failed droplet's role.</param>
/// <param name="holders">n, of that role.</param>
/// <param name="endpoints">On each side; their square is the number of pairs.</param>
/// <param name="liveness">How it is mended.</param>
/// <param name="order">Of the updates.</param>
/// <param name="settings">Of the data plane.</param>
public sealed class ShardFailureStudy(ArchitectureKind architecture, ShardTier tier, int holders, int endpoints, LivenessSettings liveness, ProgrammingOrder order, DataPlaneSettings settings) : IStudy
{
    /// <summary>Hurt pairs whose outage is followed.</summary>
    private const int Followed = 200;

    /// <summary>Upstream's droplets have room for 127 endpoints.</summary>
    private const int EndpointsPerHost = 100;
    private const int LeastHosts = 4;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("pairs", "pairs", "Pairs that talk both ways"),
        new("hurt", "", "Pairs one or both of whose directions pass the failed droplet, over pairs"),
        new("one_way", "", "The same of single directions"),
        new("detection", "s", "From the failure until it is noticed; nothing when it never is"),
        new("outage", "s", "From the failure until a direction's packets arrive again, the mean over those that do"),
        new("longest_outage", "s", "The longest of them"),
        new("unended", "", "Hurt directions that never recover, over those followed"),
        new("updates", "updates", "Table updates the management plane sends for it"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => liveness.Kind == Liveness.None && architecture is not (ArchitectureKind.Hoverboard or ArchitectureKind.Achelous);

    public StudyResult Run(in StudyRun run)
    {
        ShardSide there = SideOf(false, run.Seed), back = SideOf(true, run.Seed);
        long pairs = (long)endpoints * endpoints, hurt = 0, oneWay = 0;
        List<(int, int)> lost = [];
        for (int a = 0; a < endpoints; a++)
        {
            run.Cancel.ThrowIfCancellationRequested();
            for (int b = 0; b < endpoints; b++)
            {
                bool forth = there.IsLost(a, b), home = back.IsLost(b, a);
                hurt += forth || home ? 1 : 0;
                oneWay += (forth ? 1 : 0) + (home ? 1 : 0);
                if (forth)
                {
                    lost.Add((a, b));
                }
            }
        }
        Thin(lost);
        double detection = liveness.Kind == Liveness.None ? double.NaN : Detection(run.Seed);
        (Moments outage, double longest, int unended, int updates) = there.Mend(lost, detection, liveness.Update.Picoseconds / 1e12);
        return StudyResult.Of(
            pairs,
            (double)hurt / pairs,
            (double)oneWay / (2 * pairs),
            detection,
            outage.Count == 0 ? double.NaN : outage.Mean,
            outage.Count == 0 ? double.NaN : longest,
            lost.Count == 0 ? 0 : (double)unended / lost.Count,
            updates);
    }

    private ShardSide SideOf(bool reversed, ulong seed) => Architectures.IsMizar(architecture)
        ? new Side(tier, holders, endpoints, reversed, liveness.Kind, order, Architectures.SettingsOf(architecture, settings))
        : new ShardedGateways(architecture, holders, endpoints, HostsOf(endpoints), reversed, liveness.Kind, seed);

    private static int HostsOf(int endpoints) => Math.Max(LeastHosts, (endpoints + EndpointsPerHost - 1) / EndpointsPerHost);

    /// <summary>The failure comes within the time between two probes; the next so many are missed.</summary>
    private double Detection(ulong seed)
    {
        long probe = liveness.Probe.Picoseconds;
        long since = (long)(probe * new RandomStream(seed, "failure").NextUnit());
        return (((long)liveness.Misses * probe) - since) / 1e12;
    }

    /// <summary>Leaves so many, evenly over all.</summary>
    private static void Thin(List<(int, int)> lost)
    {
        if (lost.Count > Followed)
        {
            (int, int)[] all = [.. lost];
            lost.Clear();
            for (int i = 0; i < Followed; i++)
            {
                lost.Add(all[(long)i * all.Length / Followed]);
            }
        }
    }

    /// <summary>A network in which one of the two sides sends.</summary>
    private sealed class Side : ShardSide
    {
        private readonly RunningNet running;
        private readonly Walk walk;
        private readonly EndpointId[] left;
        private readonly EndpointId[] right;
        private readonly bool reversed;
        private readonly DropletId failed;
        private readonly bool isTakenOver;
        private readonly IReadOnlyList<TableUpdate> updates;

        public Side(ShardTier tier, int holders, int endpoints, bool reversed, Liveness liveness, ProgrammingOrder order, DataPlaneSettings settings)
        {
            this.reversed = reversed;
            StudyNet net = new() { Order = order };
            int hosts = HostsOf(endpoints);
            DropletId[] leftHosts = net.Droplets(hosts), rightHosts = net.Droplets(hosts);
            DropletId[] bouncers = net.Droplets(tier == ShardTier.Bouncer ? holders : 2);
            DropletId[] dividers = net.Droplets(tier == ShardTier.Divider ? holders : 2);
            DropletId[] far = tier == ShardTier.Divider ? net.Droplets(2) : [];
            VpcId vpc = net.Vpc(dividers);
            NetworkId own = net.Network(vpc, bouncers);
            NetworkId other = tier == ShardTier.Divider ? net.Network(vpc, far) : own;
            left = [.. Enumerable.Range(0, endpoints).Select(i => net.Endpoint(own, leftHosts[i % hosts]))];
            right = [.. Enumerable.Range(0, endpoints).Select(i => net.Endpoint(other, rightHosts[i % hosts]))];
            failed = tier == ShardTier.Bouncer ? bouncers[0] : dividers[0];
            int step = liveness switch
            {
                Liveness.Mark => net.Step((name, where) => new MarkUnhealthyStep(failed) { Name = name, Where = where }),
                Liveness.Remove when tier == ShardTier.Bouncer => net.Step((name, where) => new RemoveBouncerStep(own, failed) { Name = name, Where = where }),
                Liveness.Remove => net.Step((name, where) => new RemoveDividerStep(vpc, failed) { Name = name, Where = where }),
                _ => -1,
            };
            running = net.Begin(settings);
            walk = new Walk(running);
            walk.SetDown(failed, true);
            isTakenOver = liveness == Liveness.Takeover;
            updates = step < 0 ? [] : running.UpdatesOf(step);
        }

        protected override int Updates => isTakenOver ? 1 : updates.Count;

        public override bool IsLost(int from, int to)
        {
            (EndpointId source, EndpointId destination) = reversed ? (right[from], left[to]) : (left[from], right[to]);
            return walk.Send(source, destination) != WalkEnd.Delivered;
        }

        protected override void Apply(int update)
        {
            if (isTakenOver)
            {
                walk.SetDown(failed, false);
                return;
            }
            updates[update].ApplyTo(running.Model);
        }
    }
}
