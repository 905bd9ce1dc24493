using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Theory;

/// <summary>Systems that turn customers away, and one that never makes them wait (spec 12 §6.2).</summary>
public sealed class LossAnchorTests
{
    public static TheoryData<string, IDistribution> Services => new()
    {
        { "exponential", QueueingNet.Exponential(1) },
        { "constant", QueueingNet.Constant(1) },
        { "bimodal", new TwoPoint(0.5 * QueueingNet.Unit, 0.9, 5.5 * QueueingNet.Unit) },
    };

    [Theory]
    [MemberData(nameof(Services))]
    public void Erlang_B_does_not_ask_for_the_law_of_service(string name, IDistribution service)
    {
        Assert.Equal(0.018385, Formulas.ErlangB(10, 5), 1e-6);
        Replications.AssertNear(0.018385, 0.02, Replications.Of(seed => Loss(seed, name, new Station(10, 10), 5, service)));
    }

    [Fact]
    public void MM1K_turns_away_what_theory_says()
    {
        Assert.Equal(0.023493, Formulas.FiniteQueueLoss(0.8, 10), 1e-6);
        Replications.AssertNear(0.023493, 0.03, Replications.Of(seed => Loss(seed, "finite", new Station(1, 10), 0.8, QueueingNet.Exponential(1))));
    }

    /// <summary>With a server for everybody (never more than 80 of them busy at 20 erlangs) the number present is Poisson: mean and variance are both 20.</summary>
    [Theory]
    [MemberData(nameof(Services))]
    public void Occupancy_without_waiting_is_Poisson(string name, IDistribution service)
    {
        const double erlangs = 20;
        Moments means = default;
        Moments variances = default;
        for (ulong seed = 1; seed <= (ulong)Replications.Count; seed++)
        {
            QueueingNet net = new(seed);
            QueueingNet.Stage stage = net.AddStage(name, new Station(120), service);
            net.AddSource(name, QueueingNet.Exponential(1 / erlangs), stage, 40_000);
            // Looked at every three units, from the hundredth on: arrivals end after about 2 000.
            Moments seen = default;
            long next = 100 * QueueingNet.Unit;
            stage.OnArrival = (before, _) => Look(before);
            stage.OnDeparture = _ => Look(stage.Present + 1);
            net.Run();
            means.Add(seen.Mean);
            variances.Add(seen.Variance);
            Assert.Equal(0, stage.Station.Refused);

            void Look(int present)
            {
                for (; next <= net.Simulation.Now.Picoseconds && next < 1_900 * QueueingNet.Unit; next += 3 * QueueingNet.Unit)
                {
                    seen.Add(present);
                }
            }
        }
        Replications.AssertNear(erlangs, 0.01, means);
        Replications.AssertNear(erlangs, 0.02, variances);
    }

    /// <summary>
    /// The limiter of upstream's best-effort class, with the horizon of 0 that upstream programs, has one place and no queue: equal frames at
    /// ρ times the limit lose ρ/(1+ρ), half of them at the limit itself. This is the product's own limiter.
    /// </summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void The_best_effort_limiter_is_a_server_without_a_queue(double load)
    {
        const int frames = 20_000;
        const int length = 1_000;
        BandwidthLimit limit = new(BytesPerSecond: 125_000_000, HorizonNanoseconds: 0);
        byte[] head = BestEffortHead();
        Replications.AssertNear(load / (1 + load), 0.01, Replications.Of(seed =>
        {
            EgressPacer pacer = new();
            pacer.Put(Ipv4Address.Parse("10.0.0.1"), limit);
            RandomStream random = new(seed, "policer");
            // 1 000 bytes take 8 000 ns at the limit.
            Exponential gaps = new(8_000 / load);
            (double now, int dropped) = (1e6, 0);
            for (int i = 0; i < frames; i++)
            {
                now += gaps.Next(random);
                dropped += pacer.Ask(head, length, DataPlaneSettings.Mizar, (ulong)now, 0).Verdict == EgressVerdict.Drop ? 1 : 0;
            }
            return (double)dropped / frames;
        }));
    }

    private static double Loss(ulong seed, string name, Station station, double rate, IDistribution service)
    {
        QueueingNet net = new(seed);
        QueueingNet.Stage stage = net.AddStage(name, station, service);
        const int customers = 60_000;
        const int warmUp = 5_000;
        int refused = 0;
        net.AddSource(name, QueueingNet.Exponential(1 / rate), stage, customers + warmUp);
        stage.OnArrival = (_, sojourn) => refused += net.Sent > warmUp && sojourn == SimTime.Never ? 1 : 0;
        net.Run();
        return (double)refused / customers;
    }

    /// <summary>Ethernet, IPv4 with DSCP 8, UDP to Geneve's port.</summary>
    private static byte[] BestEffortHead()
    {
        byte[] head = new byte[14 + 20 + 8 + 8];
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(12), (ushort)EtherType.Ipv4);
        head[14 + 1] = 0x20;
        head[14 + 9] = (byte)IpProtocol.Udp;
        Ipv4Address.Parse("10.0.0.1").Write(head.AsSpan(14 + 12));
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(34 + 2), GeneveView.UdpPort);
        return head;
    }
}
