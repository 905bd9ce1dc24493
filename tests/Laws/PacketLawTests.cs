using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Studies;
using MizarLab.Tests.Studies;

namespace MizarLab.Tests.Laws;

/// <summary>What packets through the model data plane come to (spec 12 §0.6, §6.2, §8 E5, E16, E21; spec 09 Q20, Q23, Q38, Q39) under ten seeds.</summary>
public sealed class PacketLawTests
{
    private const int Packets = 5_000, Waits = 20_000;

    /// <summary>Horizon 0 is a server without a queue: ρ/(1+ρ) are lost. Between two that pass Poisson(ρ) are lost, so that the share's variance is ρ/(1+ρ)³ a packet.</summary>
    [Theory]
    [InlineData(0.5, 1 / 3.0)]
    [InlineData(1, 0.5)]
    [InlineData(2.5, 2.5 / 3.5)]
    public void A_limiter_without_a_horizon_loses_as_a_server_without_a_queue(double load, double loss)
    {
        Lost(load, SimTime.Zero).Holds();
        Lost(load * 1.1, SimTime.Zero).Fails();
        Lost(load, SimTime.FromMilliseconds(1)).Fails();

        Law Lost(double ran, SimTime horizon) =>
            Law.Statistical(loss, Math.Sqrt(load / Math.Pow(1 + load, 3) / Packets), new PolicerStudy(ran, horizon, ServiceClass.BestEffort, Packets, Ran.Mizar), "loss");
    }

    /// <summary>A horizon that nobody reaches makes it M/D/1: packets of 100 µs wait ρD/2(1−ρ).</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void With_a_long_horizon_packets_wait_as_in_MD1(double load)
    {
        const double service = 100_000;
        TenRuns right = Runs(load, 2_000_000), loaded = Runs(load * 1.05, 2_000_000), hasty = Runs(load, 200);
        Wait(right).Holds();
        Wait(loaded).Fails();
        Lost(right).Holds();
        Lost(hasty).Fails();

        Law Wait(TenRuns runs) => Law.Statistical(service * Formulas.Wait(load, 1), service * Formulas.WaitDeviation(load, 1, 1, 1, Waits), runs, "wait");

        static Law Lost(TenRuns runs) => Law.Exact(seed => (0, runs[seed, "loss"]));

        static TenRuns Runs(double ran, int microseconds) => new(new PolicerStudy(ran, SimTime.FromMicroseconds(microseconds), ServiceClass.BestEffort, Waits, Ran.Mizar));
    }

    /// <summary>The dialect lab's limiter has saved up a burst and passes what the limit allows: 1 − 1/ρ are lost beyond it, premium nothing.</summary>
    [Fact]
    public void Lab_loses_what_is_beyond_the_limit()
    {
        Lost(2, Ran.Lab, ServiceClass.BestEffort).Holds();
        Lost(2.2, Ran.Lab, ServiceClass.BestEffort).Fails();
        Lost(2, Ran.Mizar, ServiceClass.BestEffort).Fails();
        Law.Exact(seed => (0, Ran.Value(new PolicerStudy(3, SimTime.Zero, ServiceClass.Premium, 500, Ran.Lab), "loss", seed))).Holds();
        Law.Exact(seed => (0, Ran.Value(new PolicerStudy(3, SimTime.Zero, ServiceClass.BestEffort, 500, Ran.Lab), "loss", seed))).Fails();

        // What passes is the time's, a sum of as many exponential gaps of 1/ρ.
        static Law Lost(double load, DataPlaneSettings settings, ServiceClass @class) =>
            Law.Statistical(1 - (1 / 2.0), 1 / (2 * Math.Sqrt(Packets)), new PolicerStudy(load, SimTime.Zero, @class, Packets, settings), "loss");
    }

    /// <summary>A packet of TTL t to nobody crosses the underlay t times upstream, whatever bouncers and dividers there are; flooding makes h − 1 copies of it.</summary>
    [Fact]
    public void A_packet_to_nobody_is_amplified_by_its_TTL()
    {
        Extra(ArchitectureKind.Mizar, (ttl, _) => ttl - 1).Holds();
        Extra(ArchitectureKind.Mizar, (ttl, _) => ttl).Fails();
        Extra(ArchitectureKind.Lab, (ttl, _) => ttl - 1).Fails();
        Extra(ArchitectureKind.FloodAndLearn, (_, hosts) => hosts - 2).Holds();
        Extra(ArchitectureKind.FloodAndLearn, (_, hosts) => hosts - 1).Fails();
        Extra(ArchitectureKind.OnDemand, (_, _) => 1).Holds();
        Extra(ArchitectureKind.Hoverboard, (_, _) => 0).Holds();
        Assert.All(Enumerable.Range(1, Law.Seeds), seed => Assert.InRange(Ran.Value(Study(ArchitectureKind.Lab, (ulong)seed, out _, out _), "extra"), 0, 2));

        static Law Extra(ArchitectureKind architecture, Func<int, int, double> says) => Law.Exact(seed =>
        {
            UnknownStudy study = Study(architecture, seed, out int ttl, out int hosts);
            return (says(ttl, hosts), Ran.Value(study, "extra", seed));
        });

        static UnknownStudy Study(ArchitectureKind architecture, ulong seed, out int ttl, out int hosts)
        {
            RandomStream random = Law.DrawsOf(seed, "unknown");
            (ttl, hosts) = (Law.Drawn(random, 5, 255), Law.Drawn(random, 10, 500));
            UnknownTarget target = ((UnknownTarget[])[UnknownTarget.OwnNetwork, UnknownTarget.OtherNetwork, UnknownTarget.Broadcast])[Law.Drawn(random, 0, 2)];
            return new UnknownStudy(architecture, hosts, target, ttl, 4, Law.Drawn(random, 1, 4), Law.Drawn(random, 1, 3), DataPlaneSettings.Lab);
        }
    }

    /// <summary>A first packet takes the sum of its way's services and links: directly 2H + L, each relay R + L more, a controller two of its links and its answer, flooding H for every copy.</summary>
    [Fact]
    public void A_first_packet_takes_the_sum_of_its_way()
    {
        foreach (bool crosses in (bool[])[false, true])
        {
            int relays = crosses ? 3 : 1;
            First(ArchitectureKind.FullMesh, crosses, (t, _) => Direct(t)).Holds();
            First(ArchitectureKind.Evpn, crosses, (t, _) => Direct(t)).Holds();
            First(ArchitectureKind.Hoverboard, crosses, (t, _) => Direct(t) + Relay(t)).Holds();
            First(ArchitectureKind.Achelous, crosses, (t, _) => Direct(t) + Relay(t)).Holds();
            First(ArchitectureKind.OnDemand, crosses, (t, _) => Direct(t) + (2 * t.ControllerLink.Picoseconds) + t.Controller.Picoseconds).Holds();
            First(ArchitectureKind.FloodAndLearn, crosses, (t, h) => Direct(t) + ((h - 2) * t.Host.Picoseconds)).Holds();
            First(ArchitectureKind.Mizar, crosses, (t, _) => Direct(t) + (relays * Relay(t))).Holds();
            First(ArchitectureKind.Lab, crosses, (t, _) => Direct(t) + (relays * Relay(t))).Holds();
            First(ArchitectureKind.Lab, !crosses, (t, _) => Direct(t) + (relays * Relay(t))).Fails();
            First(ArchitectureKind.Hoverboard, crosses, (t, _) => Direct(t)).Fails();
        }

        static long Direct(FirstPacketTimes t) => (2 * t.Host.Picoseconds) + t.Link.Picoseconds;
        static long Relay(FirstPacketTimes t) => t.Relay.Picoseconds + t.Link.Picoseconds;

        static Law First(ArchitectureKind architecture, bool crosses, Func<FirstPacketTimes, int, long> says) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "first packet");
            int hosts = Law.Drawn(random, 3, 300);
            SimTime Some(int most) => SimTime.FromNanoseconds(Law.Drawn(random, 1, most));
            FirstPacketTimes times = new(Some(5_000), Some(5_000), Some(200_000), Some(50_000), Some(1_000_000));
            return (says(times, hosts) / 1e12, Ran.Value(new FirstPacketStudy(architecture, crosses, hosts, times, DataPlaneSettings.Lab), "first", seed));
        });
    }

    /// <summary>N connections, k denied packets, C rows: min(N, max(0, N + k − C)) are cut upstream, and all for one row too few when the oldest is answered first.</summary>
    [Fact]
    public void A_scan_cuts_what_the_table_has_no_room_for()
    {
        Cut(false, Ran.Mizar, over => over).Holds();
        Cut(false, Ran.Mizar, over => Math.Max(0, over - 1)).Fails();
        Cut(true, Ran.Mizar, over => over > 0 ? int.MaxValue : 0).Holds();
        Cut(false, Ran.Lab, over => over).Fails();
        Cut(false, Ran.Lab, _ => 0).Holds();

        static Law Cut(bool oldestFirst, DataPlaneSettings settings, Func<int, int> says) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "connections");
            (int connections, int knocks) = (Law.Drawn(random, 10, 60), Law.Drawn(random, 0, 120));
            int capacity = Law.Drawn(random, connections, 120);
            int cut = Math.Min(connections, says(Math.Max(0, connections + knocks - capacity)));
            return ((double)cut / connections, Ran.Value(new ConnectionsStudy(capacity, connections, knocks, oldestFirst, settings), "cut", seed));
        });
    }

    /// <summary>Tunnels add 114 bytes; t tenants with the same addresses: upstream serves one; senders that got a forged return option are diverted.</summary>
    [Fact]
    public void Overhead_tenants_and_forgers_are_counted_exactly()
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            Bytes(114, settings).Holds();
            Bytes(110, settings).Fails();
        }
        Unserved(Ran.Mizar, t => 1 - (1.0 / t)).Holds();
        Unserved(Ran.Lab, _ => 0).Holds();
        Unserved(Ran.Mizar, _ => 0).Fails();
        Diverted(Ran.Mizar, share => share).Holds();
        Diverted(Ran.Lab, _ => 0).Holds();
        Diverted(Ran.Lab, share => share).Fails();

        static Law Bytes(int tunnel, DataPlaneSettings settings) => Law.Exact(seed =>
        {
            int payload = Law.Drawn(Law.DrawsOf(seed, "overhead"), 18, 1_344);
            return (payload + 42 + tunnel, Ran.Value(new OverheadStudy(payload, false, TunnelKind.Mizar, settings), "bytes", seed));
        });

        static Law Unserved(DataPlaneSettings settings, Func<int, double> says) => Law.Exact(seed =>
        {
            int tenants = Law.Drawn(Law.DrawsOf(seed, "tenants"), 2, 9);
            return (says(tenants), Ran.Value(new IsolationStudy(tenants, 5, tenants, settings), "lost_service", seed));
        });

        static Law Diverted(DataPlaneSettings settings, Func<double, double> says) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "spoof");
            int senders = Law.Drawn(random, 2, 20), forged = Law.Drawn(random, 1, senders);
            SpoofPlace place = Law.Drawn(random, 0, 1) == 0 ? SpoofPlace.Endpoint : SpoofPlace.Underlay;
            return (says((double)forged / senders), Ran.Value(new SpoofStudy(place, senders, forged, settings), "diverted", seed));
        });
    }
}
