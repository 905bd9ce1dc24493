using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Sampling;

namespace MizarLab.Studies;

/// <summary>
/// A gateway or bouncer under load (spec 12 §8 E15): an M/G/1 queue of the packets that pass it. All of them on a gateway that offloads nothing; of Mizar's, those that the real programs send by a
/// relay, so that the knee moves by one over their share.
/// </summary>
/// <remarks>Packets come Poisson; one in ten takes 5.5 µs and the others 0.5 µs, 1 µs in the mean (E[S²] = 3.25 µs², the anchor of spec 12 §6.2). The knee is the load at which they wait 6.5 µs in the mean, what P–K says of a load of 0.8.</remarks>
/// <param name="architecture">hoverboard (nothing offloaded yet), achelous (each host asks after its first packet to an address), mizar or lab.</param>
/// <param name="load">Packets of all flows a microsecond: the gateway's load if it saw them all.</param>
/// <param name="flowPackets">Packets of a flow one way; each is answered.</param>
/// <param name="packets">Measured at the relay; as many go before.</param>
/// <param name="settings">Of the Mizars.</param>
public sealed class GatewayOverloadStudy(ArchitectureKind architecture, double load, int flowPackets, int packets, DataPlaneSettings settings) : IStudy
{
    private const double SecondMoment = 3.25, KneeWait = 6.5;
    private const int Bisections = 16, KneePackets = 50_000;

    private static readonly SimTime Fast = SimTime.FromNanoseconds(500), Slow = SimTime.FromNanoseconds(5_500);

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("share", "", "Packets that pass the relay, over all"),
        new("relay_load", "", "The relay's own load; at 1 and above it is lost"),
        new("wait", "s", "In the relay's queue, the mean; nothing when it is overloaded"),
        new("pollaczek_khinchine", "s", "The same by the formula"),
        new("knee", "", "Load of all packets at which those at the relay wait 6.5 us in the mean"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        double share = architecture switch
        {
            ArchitectureKind.Hoverboard => 1,
            ArchitectureKind.Achelous => LearnedShare(),
            _ => RelayedShare(run.Seed),
        };
        double own = load * share;
        double wait = own < 1 ? Wait(own, packets, run.Seed, run.Cancel) / 1e12 : double.NaN;
        double expected = own < 1 ? own * SecondMoment / (2 * (1 - own)) / 1e6 : double.NaN;
        return StudyResult.Of(share, own, wait, expected, Knee(share, run.Seed, run.Cancel));
    }

    /// <summary>By the same random numbers at every load, so that waits rise with it.</summary>
    private double Knee(double share, ulong seed, CancellationToken cancel)
    {
        double low = 0.1 / share, high = 0.99 / share;
        for (int i = 0; i < Bisections; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Wait(middle * share, KneePackets, seed, cancel) < KneeWait * 1e6 ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }

    /// <summary>Mean wait in picoseconds.</summary>
    private static double Wait(double own, int measured, ulong seed, CancellationToken cancel)
    {
        RandomStream random = new(seed, "gateway");
        Exponential gaps = new(1e6 / own);
        Station relay = new();
        Moments waits = default;
        SimTime now = SimTime.Zero;
        for (int i = -measured; i < measured; i++)
        {
            now += gaps.NextTime(random);
            SimTime service = random.NextUnit() <= 0.1 ? Slow : Fast;
            relay.TryEnter(now, service, out SimTime departure);
            if (i >= 0)
            {
                waits.Add((departure - now - service).Picoseconds);
            }
            if ((i & 0xFFFF) == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }
        }
        return waits.Mean;
    }

    /// <summary>Of a flow's packets and their answers, those that find no entry at their own host: a gateway teaches the host that asks, not the other.</summary>
    private double LearnedShare()
    {
        LruTable<EndpointKey, CachedHost> near = new(1), far = new(1);
        int relayed = 0;
        for (int i = 0; i < 2 * flowPackets; i++)
        {
            LruTable<EndpointKey, CachedHost> own = i % 2 == 0 ? near : far;
            EndpointKey other = new(new Vni(1), new Ipv4Address(1u + (uint)(i % 2)));
            if (!own.TryUse(in other, out _))
            {
                relayed++;
                own.Put(in other, default, out _);
            }
        }
        return relayed / (2.0 * flowPackets);
    }

    /// <summary>Of a flow's packets and their answers, how many pass another droplet than the two hosts.</summary>
    private double RelayedShare(ulong seed)
    {
        StudyNet net = new();
        DropletId near = net.Droplet(), far = net.Droplet();
        NetworkId network = net.Network(net.Vpc(net.Droplet()), net.Droplet());
        EndpointId a = net.Endpoint(network, near), b = net.Endpoint(network, far);
        Walk walk = new(net.Begin(Architectures.SettingsOf(architecture, settings), seed));
        int relayed = 0;
        for (int i = 0; i < flowPackets; i++)
        {
            walk.Send(a, b);
            relayed += walk.Way.Count > 2 ? 1 : 0;
            walk.Send(b, a);
            relayed += walk.Way.Count > 2 ? 1 : 0;
        }
        return relayed / (2.0 * flowPackets);
    }
}
